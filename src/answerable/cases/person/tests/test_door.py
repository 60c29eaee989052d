"""Looking at one's case must be safe: code and secret by POST alone, one answer to every wrong try, soon shut."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from answerable.cases.models import IntakeDraft, Message
from answerable.cases.person import limits, session
from answerable.core import clock, codes
from answerable.record.models import Act
from tests.cast import registered

from .conftest import person_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def someone(cast):
    return person_of(registered(cast, now=clock.now()))


def test_code_and_secret_open_the_page_and_stand_in_no_address(someone):
    response = someone.enter()
    assert response.status_code == 303
    assert response["Location"] == "/case/now"
    cookie = response.cookies[session.NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    html = someone.page()
    assert someone.code in html
    assert someone.secret not in html
    assert "no-store" in someone.client.get("/case/now")["Cache-Control"]


def test_nothing_is_read_from_an_address(someone):
    someone.client.get("/case/", {"code": someone.code, "secret": someone.secret})
    assert someone.client.get("/case/now").status_code == 303


def test_wrong_code_wrong_secret_and_unknown_get_one_answer(someone, django_assert_num_queries):
    other_code, other_secret = codes.new_code(), codes.new_secret()
    bodies = []
    for typed in (
        {"secret": other_secret},
        {"code": other_code},
        {"code": other_code, "secret": other_secret},
    ):
        response = someone.enter(**typed)
        assert response.status_code == 422
        html = response.content.decode()
        assert "do not belong together" in html
        html = html[html.index("error-summary") : html.index("<form class")]
        bodies.append(html)
    assert len(set(bodies)) == 1


def test_wrong_tries_cost_the_same_statements(someone, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for typed in ({"secret": codes.new_secret()}, {"code": codes.new_code()}):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            someone.enter(**typed)
        counts.append([query["sql"].split("WHERE")[0][:60] for query in seen])
    assert counts[0] == counts[1]


def test_a_mistyped_code_is_pointed_at_without_a_look(someone, django_assert_num_queries):
    wrong = someone.code[:-1] + ("2" if someone.code[-1] != "2" else "3")
    response = someone.enter(code=wrong)
    assert response.status_code == 422
    assert (
        "characters seem to be off" in response.content.decode() or "character" in response.content.decode()
    )


@pytest.mark.usefixtures("one_window")
def test_tries_from_one_source_are_limited_and_told_when_to_come_back(someone, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "person follow", (2, 600, 0))
    for _ in range(2):
        assert someone.enter(secret=codes.new_secret()).status_code == 422
    response = someone.enter()
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert someone.client.get("/case/now").status_code == 303


@pytest.mark.usefixtures("one_window")
def test_all_sources_together_are_limited(someone, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "person follow", (100, 600, 2))
    for n in range(2):
        someone.client.post(
            "/case/", {"code": someone.code, "secret": codes.new_secret()}, REMOTE_ADDR=f"192.0.2.{n}"
        )
    assert (
        someone.client.post(
            "/case/", {"code": someone.code, "secret": someone.secret}, REMOTE_ADDR="192.0.2.9"
        ).status_code
        == 429
    )


def test_it_shuts_after_twenty_idle_minutes_and_after_four_hours(cast, someone):
    now = clock.now()
    token = session.begin(someone.case, now)
    request = _request(token)
    assert session.visit_in(request, now + timedelta(minutes=19)) is not None
    assert session.visit_in(request, now + timedelta(minutes=38)) is not None
    assert session.visit_in(request, now + timedelta(minutes=59)) is None
    token = session.begin(someone.case, now)
    at = now
    while (visit := session.visit_in(_request(token), at)) is not None:
        at += timedelta(minutes=15)
        assert at < now + timedelta(hours=5)
    assert visit is None
    assert at >= now + session.LONGEST


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1)])
def test_opened_while_the_clock_ran_ahead_it_is_shut_when_the_clock_is_put_right(someone, ahead):
    now = clock.now()
    token = session.begin(someone.case, now + ahead)
    assert session.visit_in(_request(token), now) is None
    assert session.visit_in(_request(token), now + ahead) is None, "and stays shut"


@pytest.fixture
def two(cast, someone):
    """A page of the first matter stands in one tab; the second was opened in another one since."""
    someone.enter()
    html = someone.page()
    mark = re.search(r'name="matter" value="([0-9a-f]+)"', html)
    assert mark
    forms = re.findall(r"<form\b.*?</form>", html, re.DOTALL)
    assert [
        one for one in forms if 'action="/case/' in one and "/leave" not in one and mark[1] not in one
    ] == []
    other = registered(cast, now=clock.now())
    someone.client.post("/case/", {"code": other.code, "secret": other.secret})
    return someone, other.case, mark[1]


@pytest.mark.parametrize(
    "path",
    [
        "write", "raise", "withdraw", "erase", "solved", "mediation", "reach", "share", "review", "decision", "take", "hearing",
    ],
)  # fmt: skip
def test_a_form_of_one_matter_is_never_taken_for_another_that_was_opened_since(two, path):
    person, other, mark = two
    before = list(Act.objects.values_list("pk", flat=True))
    sent = {
        "matter": mark,
        "text": "电工来过了，还是不亮。",
        "once": "1",
        "sure": "on",
        "solved": "yes",
        "kind": "none",
    }
    response = person.client.post(f"/case/{path}", sent)
    html = response.content.decode()
    assert response.status_code == 409, html
    assert "Another matter was opened in this browser meanwhile" in html
    assert list(Act.objects.values_list("pk", flat=True)) == before
    assert other.code in person.page(), "that one stays open"


def test_what_was_typed_for_the_other_matter_goes_where_it_belongs(two):
    person, other, mark = two
    words = "电工来过了，还是不亮。"
    html = person.client.post("/case/write", {"matter": mark, "text": words, "once": "1"}).content.decode()
    kept = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', html))
    assert kept["kept:text"] == words
    wrong = person.client.post("/case/", kept | {"code": person.code, "secret": codes.new_secret()})
    assert "Another matter" in wrong.content.decode()
    html = person.enter(**kept).content.decode()
    again = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', html[html.index("<form class") :]))
    assert person.client.post("/case/write", again).status_code == 303
    written = Message.objects.get(body=words)
    assert written.case == person.case != other


def _request(token: str):
    from django.test import RequestFactory

    request = RequestFactory().get("/case/now")
    request.COOKIES[session.NAME] = token
    return request


def test_leaving_shuts_it_for_whoever_kept_the_cookie(someone):
    someone.enter()
    kept = someone.client.cookies[session.NAME].value
    assert someone.client.post("/case/leave").status_code == 303
    assert someone.client.get("/case/now").status_code == 303
    thief = Client()
    thief.cookies[session.NAME] = kept
    assert thief.get("/case/now").status_code in (200, 303)
    assert someone.code not in thief.get("/case/now").content.decode()


def test_leave_now_shuts_it_too(someone):
    someone.enter()
    kept = someone.client.cookies[session.NAME].value
    someone.client.post("/leave")
    thief = Client()
    thief.cookies[session.NAME] = kept
    assert someone.code not in thief.get("/case/now").content.decode()


def test_two_cases_are_never_open_side_by_side(cast, someone):
    other = person_of(registered(cast, now=clock.now(), claim="Another matter altogether."))
    someone.enter()
    first = someone.client.cookies[session.NAME].value
    assert someone.enter(code=other.code, secret=other.secret).status_code == 303
    html = someone.page()
    assert other.code in html
    assert someone.code not in html
    thief = Client()
    thief.cookies[session.NAME] = first
    assert someone.code not in thief.get("/case/now").content.decode()


def test_nothing_tells_that_somebody_came(cast, someone):
    before = set(Act.objects.values_list("pk", flat=True))
    someone.enter()
    someone.page()
    assert set(Act.objects.values_list("pk", flat=True)) == before
    row = IntakeDraft.objects.get()
    assert someone.case.pk.bytes not in bytes(row.sealed)


def test_words_typed_on_a_shut_page_are_kept_and_sent_once(someone):
    someone.enter()
    IntakeDraft.objects.all().delete()
    typed = {"text": "The lamp at the school is out too.", "once": "abc"}
    response = someone.client.post("/case/write", typed)
    assert response.status_code == 403
    html = response.content.decode()
    assert "kept:text" in html
    assert typed["text"] in html
    kept = {"kept-action": "/case/write", "kept:text": typed["text"], "kept:once": "abc"}
    wrong = someone.enter(secret=codes.new_secret(), **kept)
    assert typed["text"] in wrong.content.decode()
    again = someone.enter(**kept)
    assert again.status_code == 200
    assert typed["text"] in again.content.decode()
    assert someone.case.messages.count() == 0
    for _ in range(2):
        assert someone.client.post("/case/write", typed).status_code == 303
    assert someone.case.messages.count() == 1


def test_kept_words_lead_nowhere_else(someone):
    response = someone.enter(**{"kept-action": "https://example.org/", "kept:text": "words " * 9})
    assert response.status_code == 303
