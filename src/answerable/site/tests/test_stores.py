"""What the pages say they store on the person's device is what they store: held to the Set-Cookie headers."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import Morsel

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from answerable.cases.person import session as person_session
from answerable.cases.portal import cookie as portal_cookie
from answerable.cases.portal.tests.walk import answers, walk
from answerable.cases.services import drafts
from answerable.site.promises import STORED

FORMS = settings.CSRF_COOKIE_NAME
LANGUAGE = settings.LANGUAGE_COOKIE_NAME
#: The cookies that a person's pages may set, in the order in which /rights lists them.
COOKIES = (LANGUAGE, FORMS, portal_cookie.NAME, person_session.NAME)


def ends_with_the_browser(cookie: Morsel[str]) -> bool:
    return cookie["max-age"] == "" and cookie["expires"] == ""


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "stores one cookie on your device"), ("zh-hans", "在您的设备上只存一个 Cookie")],
)
@pytest.mark.parametrize("name", ["site:home", "site:rights", "site:channels"])
def test_a_visit_stores_the_one_cookie_that_the_footer_names(cast, name, language, says):
    response = Client().get(reverse(name), headers={"accept-language": language})
    assert set(response.cookies) == {FORMS}
    assert ends_with_the_browser(response.cookies[FORMS])
    assert says in response.content.decode()


def test_the_language_is_stored_when_it_is_chosen_and_ends_with_the_browser(cast):
    response = Client().post(reverse("set_language"), {"language": "en", "next": "/"})
    assert set(response.cookies) == {LANGUAGE}
    assert ends_with_the_browser(response.cookies[LANGUAGE])


def test_a_form_stores_one_key_more_and_it_ends_with_the_browser(cast):
    client = Client()
    walk(client, answers(cast), until="story")
    assert set(client.cookies) <= {FORMS, portal_cookie.NAME}
    assert ends_with_the_browser(client.cookies[portal_cookie.NAME])
    start = client.get("/new/", headers={"accept-language": "en"}).content.decode()
    assert "in any browser" in start  # the cookie is not the only key of a form that was saved


def test_rights_lists_each_cookie_and_how_long_a_form_is_kept():
    on_device = [str(what) for what, _long, _why in STORED if "Cookie" in str(what) or "cookie" in str(what)]
    assert len(on_device) == len(COOKIES)
    assert (timedelta(days=1), timedelta(days=30)) == (drafts.LIVE_FOR, drafts.SAVED_FOR)
    assert timedelta(minutes=20) == person_session.IDLE
