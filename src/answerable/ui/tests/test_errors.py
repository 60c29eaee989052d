"""Error pages: without a database, in both languages, with what was typed."""

from __future__ import annotations

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation
from django.views.decorators.http import require_POST

from answerable.core.sentences import Said
from answerable.ui import errors
from answerable.ui.not_allowed import NotAllowedPage

# No test here asks for a database: pytest-django fails any that touches one.

TYPED = {"words": "The street lamp has been dark <since> spring.", "secret": "XK4M-22PQ", "place": "a"}


def failed(call, error: Exception):
    """The response of `call` while `error` is being handled, as Django calls handler500."""
    try:
        raise error
    except type(error):
        return call()


def away(code: str | None = None) -> OperationalError:
    """As Django wraps it: the driver's own error is the cause."""

    class Lost(psycopg.OperationalError):
        sqlstate = code

    wrapped = OperationalError("gone")
    wrapped.__cause__ = Lost()
    return wrapped


@pytest.mark.parametrize("error", [away(), away("08006"), away("57P01"), InterfaceError("closed")])
def test_a_lost_database_is_said_so_and_what_was_typed_is_given_back(error):
    request = RequestFactory().post("/new/words?x=1", TYPED)
    with translation.override("en"):
        response = failed(lambda: errors.server_error(request), error)
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert 'action="/new/words?x=1"' in page
    assert 'name="words" value="The street lamp has been dark &lt;since&gt; spring."' in page
    assert 'name="place" value="a"' in page
    assert "csrfmiddlewaretoken" in page


def test_two_who_waited_for_each_other_are_no_fault_of_the_program():
    request = RequestFactory().post("/desk/case/x/do/reply", TYPED)
    with translation.override("en"):
        response = failed(lambda: errors.server_error(request), away("40P01"))
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert "at the same instant" in page
    assert "The street lamp has been dark" in page


class KeyIsMissing(Said):
    is_outage = True
    sentences = {"missing": "%(path)s is not there."}


def test_a_key_that_is_missing_is_said_so_and_what_was_typed_is_given_back():
    request = RequestFactory().post("/case/write", TYPED)
    with translation.override("en"):
        response = failed(
            lambda: errors.server_error(request), KeyIsMissing("missing", path="/a/secret/place")
        )
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "a key of the office is missing" in page
    assert "The street lamp has been dark" in page
    assert "secret/place" not in page


def test_secrets_and_files_are_not_written_into_the_page():
    request = RequestFactory().post("/case/", {**TYPED, "photo": SimpleUploadedFile("a.jpg", b"x")})
    with translation.override("en"):
        page = errors.database_away(request).content.decode()
    assert "XK4M-22PQ" not in page
    assert "A password or secret has to be typed again." in page
    assert "Files have to be chosen again." in page


@pytest.mark.parametrize("error", [away("40001"), away("57014"), ValueError("x")])
def test_what_is_our_own_fault_is_a_500(error):
    response = failed(lambda: errors.server_error(RequestFactory().get("/")), error)
    assert response.status_code == 500
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Something went wrong on our side"), ("zh-hans", "我们这边出了问题")]
)
def test_the_500_page_speaks_both_languages(language, sentence):
    with translation.override(language):
        page = failed(lambda: errors.server_error(RequestFactory().get("/")), ValueError()).content.decode()
    assert sentence in page
    assert f'lang="{language}"' in page


def test_an_unreadable_body_does_not_break_the_error_page():
    request = RequestFactory().post("/", b"--nonsense", content_type="multipart/form-data; boundary=")
    assert failed(lambda: errors.server_error(request), ValueError()).status_code == 500


def test_a_form_we_do_not_trust_is_shown_but_cannot_be_sent_on():
    response = errors.csrf_failure(RequestFactory().post("/", TYPED))
    page = response.content.decode()
    assert response.status_code == 403
    assert "The street lamp has been dark &lt;since&gt; spring." in page
    assert "<form" not in page


@pytest.mark.parametrize(
    ("seconds", "said"), [(20, "in a minute"), (61, "in 2 minutes"), (600, "in 10 minutes")]
)
def test_too_many_tries_says_how_long(seconds, said):
    with translation.override("en"):
        response = errors.too_many(RequestFactory().get("/"), retry_after=seconds)
    assert response.status_code == 429
    assert response["Retry-After"] == str(seconds)
    assert said in response.content.decode()


@pytest.mark.parametrize("view", [errors.bad_request, errors.forbidden, errors.not_found])
def test_the_other_pages_need_no_database_either(view):
    assert view(RequestFactory().get("/"), Exception()).status_code in (400, 403, 404)


def test_a_form_that_ran_out_gives_back_what_was_written_and_no_word_of_the_program():
    form = {"story": "The lamp is out.", "do": "continue", "privacy": "confidential"}
    with translation.override("en"):
        page = errors.csrf_failure(RequestFactory().post("/new/story", form)).content.decode()
    assert "The lamp is out." in page
    assert "continue" not in page
    assert "confidential" not in page


def test_the_address_of_a_form_opened_by_reloading_is_a_page_that_leads_on():
    forms_only = NotAllowedPage(require_POST(lambda request: HttpResponse("done")))
    with translation.override("en"):
        page = forms_only(RequestFactory().get("/desk/x", headers={"Accept": "text/html"}))
        machine = forms_only(RequestFactory().get("/desk/x", headers={"Accept": "application/json"}))
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "To the lists" in page.content.decode()
    assert (machine.status_code, machine.content) == (405, b"")


@pytest.mark.parametrize(("path", "is_staffs"), [("/desk/case/1", True), ("/case/nothing", False)])
def test_what_is_not_there_speaks_to_whoever_asked(path, is_staffs):
    with translation.override("en"):
        page = errors.not_found(RequestFactory().get(path)).content.decode()
    assert ("To the lists" in page) is is_staffs
    assert ("your receipt" in page) is not is_staffs
