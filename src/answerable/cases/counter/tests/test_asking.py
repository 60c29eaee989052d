"""At the counter: how far a matter is, by code and secret; a lost receipt. Nothing of the content, nothing revealed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from answerable.cases.counter import limits
from answerable.cases.models import Accused, SteppedAside
from answerable.cases.services import handling
from answerable.core import clock, codes
from answerable.record.models import Act
from tests.cast import registered

from .test_counter import no_second_factor, signed_in  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = "nothing can be told here"


def ask(browser, code: str, secret: str):
    return browser.post("/desk/counter/progress", {"code": code, "secret": secret})


def test_any_counter_tells_how_far_it_is_and_nothing_of_what_it_is_about(cast, client):
    done = registered(cast, now=clock.now() - timedelta(days=2))
    handling.accept_case(case_id=done.case.pk, by=cast.actor(cast.clerk), seen_version=None, now=clock.now())
    version = type(done.case).objects.get(pk=done.case.pk).version
    page = ask(signed_in(cast.water_leader), done.code, done.secret)
    html = page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "Roads office is working on your matter." in html
    assert "Head of roads" in html
    assert "First answer" in html or "working day" in html
    assert "路灯" not in html
    assert "Street lamps" not in html
    act = Act.objects.get(matter_id=done.case.pk, kind="counter.progress_told")
    assert act.post_id == cast.post(cast.water_leader).pk
    assert type(done.case).objects.get(pk=done.case.pk).version == version, (
        "nobody's text becomes stale by it"
    )
    client.post("/case/", {"code": done.code, "secret": done.secret})
    own = client.get("/case/now", headers={"accept-language": "en"}).content.decode()
    told = own[own.index("was told how far it is") :]
    assert "Head of water" in told[:400]


def test_a_wrong_code_and_a_wrong_secret_are_answered_alike_after_the_same_reads(cast):
    done, browser = registered(cast, now=clock.now()), signed_in(cast.clerk)
    answers = []
    for code, secret in (
        (codes.new_code(), done.secret),
        (done.code, codes.new_secret()),
        (codes.new_code(), codes.new_secret()),
    ):
        with CaptureQueriesContext(connection) as seen:
            page = ask(browser, code, secret)
        assert page.status_code == 422
        text = page.content.decode()
        assert NOTHING in text
        answers.append([q["sql"].split("WHERE")[0] for q in seen if "cases_case" in q["sql"]])
    assert answers[0] == answers[1] == answers[2]
    assert not Act.objects.filter(kind="counter.progress_told").exists()


def test_rule_05_a_counter_of_the_accused_learns_nothing_from_code_and_secret(cast):
    done = registered(cast, now=clock.now(), is_conduct=True)
    assert NOTHING in ask(signed_in(cast.water_leader), done.code, done.secret).content.decode()
    plain = registered(cast, now=clock.now())
    Accused.objects.create(case=plain.case, unit=cast.water)
    SteppedAside.objects.create(case=plain.case, staff=cast.clerk, at=clock.now())
    for staff in (cast.water_leader, cast.clerk):
        assert NOTHING in ask(signed_in(staff), plain.code, plain.secret).content.decode()
    assert not Act.objects.filter(kind="counter.progress_told").exists()


@pytest.mark.usefixtures("one_window")
def test_tries_are_bounded_for_each_and_for_all(cast, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "counter progress", (2, 3600, 3))
    done = registered(cast, now=clock.now())
    first, second = signed_in(cast.clerk), signed_in(cast.leader)
    for _ in range(2):
        assert ask(first, done.code, codes.new_secret()).status_code == 422
    assert "Too many codes were tried" in ask(first, done.code, done.secret).content.decode()
    assert ask(second, done.code, done.secret).status_code == 200
    assert "Too many codes were tried" in ask(second, done.code, done.secret).content.decode()


def test_a_lost_receipt_leads_to_the_own_units_page_and_elsewhere_says_one_thing(cast):
    done = registered(cast, now=clock.now())
    lost = signed_in(cast.clerk).post("/desk/counter/lost", {"code": done.code})
    assert lost["Location"] == f"/desk/looks/{done.case.pk}/receipt"
    other = signed_in(cast.water_leader)
    said = [
        other.post("/desk/counter/lost", {"code": code}).content.decode()
        for code in (done.code, codes.new_code())
    ]
    for html in said:
        assert "Not at this counter." in html
        assert "Roads" not in html
    assert (
        len(
            {
                html[html.index("Not at this counter.") : html.index("<form", html.index("Not at"))]
                for html in said
            }
        )
        == 1
    )


def test_the_counter_leads_to_both(cast):
    page = signed_in(cast.clerk).get("/desk/counter").content.decode()
    assert 'href="/desk/counter/progress"' in page
    assert 'href="/desk/counter/lost"' in page
    assert signed_in(cast.auditor).get("/desk/counter/progress").status_code == 403


def test_of_an_erased_matter_it_is_told_that_it_was_erased_and_nothing_is_written_into_it(cast):
    done = registered(cast, now=clock.now())
    type(done.case).objects.filter(pk=done.case.pk).update(erased_at=clock.now())
    html = ask(signed_in(cast.clerk), done.code, done.secret).content.decode()
    assert "were erased here" in html
    assert not Act.objects.filter(matter_id=done.case.pk, kind="counter.progress_told").exists()
