"""Half a form: sealed, found again with its code alone, gone in time; what was typed is never lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from answerable.cases.models import Case, IntakeDraft
from answerable.cases.portal import cookie
from answerable.cases.portal import draft as forms
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.limits import LIMITS
from answerable.cases.portal.tests.walk import CLAIM, answers, step_of, walk
from answerable.cases.services import drafts
from answerable.core.models import RateCount
from answerable.core.source import source_of
from answerable.parties.keyfile import KeyRing
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


def save(client: Client, step: str = "story", **typed: str) -> str:
    """Save on a page; gives the return code that is shown."""
    assert step_of(client.post(f"/new/{step}", {**typed, "do": "save"})) == "saved"
    page = client.get("/new/saved").content.decode()
    return re.findall(r'class="receipt-code">([^<]+)<', page)[0]


def test_a_draft_is_sealed_and_only_its_token_opens_it():
    token = drafts.new_token()
    drafts.keep(token, {"story": CLAIM}, expires_at=MONDAY + timedelta(hours=1))
    row = IntakeDraft.objects.get()
    assert CLAIM.encode() not in bytes(row.sealed)
    assert token.encode() not in bytes(row.sealed) + bytes(row.finder)
    assert drafts.read(token, MONDAY) == {"story": CLAIM}
    assert drafts.read(drafts.new_token(), MONDAY) is None


def test_a_copied_database_opens_nothing_without_the_key_file(settings, tmp_path):
    token = drafts.new_token()
    drafts.keep(token, {"story": CLAIM}, expires_at=MONDAY + timedelta(hours=1))
    settings.ANSWERABLE_KEY_FILE = str(tmp_path / "another")
    KeyRing.create(tmp_path / "another")
    assert drafts.read(token, MONDAY) is None


def test_a_draft_ends_at_its_time():
    token = drafts.new_token()
    drafts.keep(token, {}, expires_at=MONDAY + timedelta(hours=1))
    assert drafts.read(token, MONDAY + timedelta(minutes=59)) == {}
    assert drafts.read(token, MONDAY + timedelta(hours=1)) is None


def test_files_live_as_long_as_their_form():
    draft = Draft(drafts.new_token())
    file = forms.KeptFile("ab", "a.txt", "text/plain", 1, "00")
    forms.add_file(draft, file, b"x", MONDAY)
    forms.keep(draft, MONDAY)
    forms.save(draft, MONDAY)
    ends = set(IntakeDraft.objects.values_list("expires_at", flat=True))
    assert ends == {MONDAY + drafts.SAVED_FOR}
    again = forms.load(draft.token, MONDAY + timedelta(days=29))
    assert forms.contents(again) == [(file, b"x")]
    assert IntakeDraft.objects.values("finder").distinct().count() == 2


def test_saved_on_one_browser_and_taken_up_in_another(cast, client):
    walk(client, answers(cast), until="story")
    code = save(client, story=CLAIM)
    other = Client()
    assert step_of(other.post("/new/continue", {"code": code.lower().replace("-", " ")})) == "danger"
    assert CLAIM in other.get("/new/story").content.decode()
    walked = answers(cast)
    step = "danger"
    while step != "check":
        step = step_of(other.post(f"/new/{step}", walked[step]))
    assert step_of(other.post("/new/check", {})) == "receipt"
    assert Case.objects.count() == 1


def test_saving_twice_keeps_the_code_and_the_old_cookie_opens_nothing(cast, client):
    walk(client, answers(cast), until="story")
    old = client.cookies[cookie.NAME].value
    code = save(client, story=CLAIM)
    assert save(client, "danger") == code
    stranger = Client()
    stranger.cookies[cookie.NAME] = old
    assert step_of(stranger.get("/new/story")) == "new"
    assert IntakeDraft.objects.count() == 1


def test_saving_an_empty_page_is_no_mistake_but_typed_faults_are_said(cast, client):
    walk(client, answers(cast, privacy={"privacy": "open"}), until="name")
    assert client.post("/new/name", {"name": "", "address": "渡新路", "do": "save"}).status_code == 422
    assert step_of(client.post("/new/name", {"name": "", "address": "", "do": "save"})) == "saved"


def test_a_wrong_code_and_one_that_is_over_get_the_same_answer(cast, client):
    walk(client, answers(cast), until="story")
    code = save(client, story=CLAIM)
    IntakeDraft.objects.update(expires_at=MONDAY)
    over = Client().post("/new/continue", {"code": code})
    wrong = Client().post("/new/continue", {"code": drafts.new_return_code()})
    assert over.status_code == wrong.status_code == 422
    plain = [
        re.sub(r'value="[^"]*"', "", response.content.decode()).split("<main")[1].split("</main>")[0]
        for response in (over, wrong)
    ]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("typed", ["", "4K7T", "hello world", "\x00\u202e", "４Ｋ７Ｔ" * 30])
def test_what_is_no_code_is_said_without_a_look(cast, client, typed):
    response = client.post("/new/continue", {"code": typed})
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()


def test_put_away_leaves_the_form_to_its_code(cast, client):
    walk(client, answers(cast), until="story")
    code = save(client, story=CLAIM)
    client.post("/new/put-away")
    assert step_of(client.get("/new/danger")) == "new"
    assert step_of(client.post("/new/continue", {"code": code})) == "danger"


def test_a_tab_of_one_form_never_writes_into_another_that_was_begun_since(cast, client):
    """Who helps two people keeps the first one's tab open: their words and presses are not put into the second's form."""
    walk(client, answers(cast), until="story")
    mark = client.get("/new/story").content.decode().split('name="form_mark" value="')[1].split('"')[0]
    code = save(client, story=CLAIM)
    client.post("/new/put-away")
    walk(client, answers(cast, story={"story": "第二个人说的话。"}), until="files")
    before = list(IntakeDraft.objects.order_by("pk").values_list("pk", "sealed", "expires_at"))
    words = "第一个人后来补充的话。"
    for path, sent in (
        ("story", {"story": words}),
        ("story", {"story": words, "do": "save"}),
        ("story", {"story": words, "language": "en"}),
        ("files", {"do": "continue"}),
        ("check", {}),
        ("throw-away", {}),
        ("receipt/done", {}),
    ):
        response = client.post(f"/new/{path}", sent | {"form_mark": mark})
        assert response.status_code == 409, path
        assert (words in response.content.decode()) is ("story" in sent)
    assert list(IntakeDraft.objects.order_by("pk").values_list("pk", "sealed", "expires_at")) == before
    client.post("/new/throw-away")
    client.post("/new/continue", {"code": code})
    assert step_of(client.post("/new/story", {"story": words, "form_mark": mark})) == "danger", (
        "its own tab again"
    )


def test_taking_up_a_saved_form_does_not_lose_the_one_that_is_open(cast, client):
    """Its only key is the cookie, which would be another one's."""
    walk(client, answers(cast), until="story")
    code = save(client, story=CLAIM)
    assert step_of(client.post("/new/continue", {"code": code})) == "danger", "the same one"
    client.post("/new/put-away")
    walk(client, answers(cast, story={"story": "第二个人说的话。"}), until="danger")
    refused = client.post("/new/continue", {"code": code})
    assert refused.status_code == 409
    assert "去那份没有保存的表" in refused.content.decode()
    assert "第二个人说的话。" in client.get("/new/story").content.decode()
    client.post("/new/throw-away")
    assert step_of(client.post("/new/continue", {"code": code})) == "danger"


def test_thrown_away_is_gone_with_its_files(cast, client):
    walk(client, answers(cast), until="files")
    client.post("/new/files", {"files": [SimpleUploadedFile("a.txt", b"text")], "do": "add"})
    assert IntakeDraft.objects.count() == 2
    client.post("/new/throw-away")
    assert not IntakeDraft.objects.exists()


def test_what_is_typed_into_a_form_that_is_over_is_kept(cast, client):
    walk(client, answers(cast), until="story")
    IntakeDraft.objects.update(expires_at=MONDAY)
    response = client.post("/new/story", {"story": CLAIM, "wants": ""}, follow=True)
    assert "刚才写的已经保留" in response.content.decode()
    assert step_of(client.post("/new/who", {"who": "self"})) == "danger"
    assert CLAIM in client.get("/new/story").content.decode()


def test_a_page_of_a_form_that_is_over_says_so(cast, client):
    walk(client, answers(cast), until="privacy")
    IntakeDraft.objects.all().delete()
    response = client.get("/new/privacy", follow=True)
    assert response.redirect_chain[-1][0] == "/new/"
    assert "已经不在了" in response.content.decode()


def test_the_database_is_away_for_a_minute(cast, monkeypatch):
    client = Client(raise_request_exception=False)
    client.get("/new/who")
    client.post("/new/who", {"who": "self"})

    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patched:
        patched.setattr("answerable.cases.portal.views.clock.now", away)
        response = client.post("/new/story", {"story": CLAIM, "wants": ""})
        page = response.content.decode()
    assert response.status_code == 503
    assert f'value="{CLAIM}"' in page
    assert 'action="/new/story"' in page
    assert step_of(client.post("/new/story", {"story": CLAIM, "wants": ""})) == "danger"


def test_a_form_token_that_is_over_shows_what_was_typed(cast):
    client = Client(enforce_csrf_checks=True)
    client.get("/new/who")
    response = client.post("/new/story", {"story": CLAIM * 2, "csrfmiddlewaretoken": "x" * 64})
    assert response.status_code == 403
    assert CLAIM * 2 in response.content.decode()


def over_the_limit(monkeypatch: pytest.MonkeyPatch, purpose: str) -> None:
    monkeypatch.setitem(LIMITS, purpose, (1, 3600, 0))


@pytest.mark.usefixtures("one_window")
def test_rule_03_over_the_limit_one_waits_and_keeps_what_was_typed(cast, client, monkeypatch):
    over_the_limit(monkeypatch, "portal form")
    assert Client().post("/new/who", {"who": "self"}).status_code == 303
    response = client.post("/new/who", {"who": "self", "note": CLAIM})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert CLAIM in response.content.decode()


def test_rule_03_sending_over_the_limit_loses_nothing(cast, client, monkeypatch):
    monkeypatch.setitem(LIMITS, "portal send", (0, 3600, 0))
    walk(client, answers(cast))
    assert client.post("/new/check", {}).status_code == 429
    monkeypatch.setitem(LIMITS, "portal send", (9, 3600, 0))
    assert step_of(client.post("/new/check", {})) == "receipt"


@pytest.mark.usefixtures("one_window")
def test_codes_cannot_be_guessed_at_will(cast, client, monkeypatch):
    over_the_limit(monkeypatch, "portal return code")
    assert client.post("/new/continue", {"code": drafts.new_return_code()}).status_code == 422
    assert client.post("/new/continue", {"code": drafts.new_return_code()}).status_code == 429


def test_rule_02_no_network_address_is_stored(cast, client):
    client.get("/new/who", REMOTE_ADDR="203.0.113.77")
    walk(client, answers(cast))
    client.post("/new/check", {}, REMOTE_ADDR="203.0.113.77")
    assert RateCount.objects.exists()
    assert all(b"203.0.113" not in bytes(row.digest) for row in RateCount.objects.all())


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "9.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "9.9.9.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        # It came through one of the two alone: whoever wrote the entry was ours, and the peer is a proxy.
        (2, "198.51.100.1", "198.51.100.1"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(rf, settings, proxies, forwarded, seen):
    settings.PROXIES = proxies
    assert source_of(rf.get("/new/", headers={"x-forwarded-for": forwarded})) == seen
