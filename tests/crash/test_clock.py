"""A clock that jumps. Only the database's is asked, so that is the one that jumps here; the others are shown not to matter."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from answerable.cases.portal.tests.walk import CLAIM, answers, walk
from answerable.cases.services import handling
from answerable.core import clock
from tests.cast import registered
from tests.crash.browser import Browser
from tests.crash.town import Town, until
from tests.crash.whole import assert_whole

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


def test_stamps_never_run_backwards(town: Town) -> None:
    case = registered(town.cast, clock.now()).case
    late_from = town.ask("SELECT id, late_from FROM cases_deadline ORDER BY id")
    town.set_clock(timedelta(hours=-1))
    web = town.web()
    clerk = town.desk(town.cast.clerk, web.port)
    clerk.get(f"/desk/case/{case.pk}/do/note")
    sent = clerk.post(
        f"/desk/case/{case.pk}/do/note", {"text": "现场看过。", "seen_version": 1, "seen_seq": 1}
    )
    assert sent.status_code == 303, sent.text
    first, second = town.ask("SELECT recorded_at FROM record_act WHERE matter_id = %s ORDER BY seq", case.pk)
    assert first == second, "not before the last one"
    assert town.ask("SELECT id, late_from FROM cases_deadline ORDER BY id") == late_from
    assert_whole()


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(days=1)])
def test_a_case_under_a_jumped_clock_is_whole(town: Town, ahead: timedelta) -> None:
    """A form begun before the jump is sent after it, or its words are kept for the next try."""
    web = town.web()
    person = Browser(web.port, headers={"Accept-Language": "en"})
    walk(person, answers(town.cast), until="check")  # type: ignore[arg-type]
    town.set_clock(ahead)
    town.work_once("upkeep")
    sent = person.post("/new/check", {})
    if sent["Location"] != "/new/receipt":
        town.set_clock(timedelta())  # the clock is put right: what was typed is still there
        assert CLAIM in person.get("/new/story").text
        sent = person.post("/new/check", {})
    assert (sent.status_code, sent["Location"]) == (303, "/new/receipt")
    case_at = town.one("SELECT registered_at FROM cases_case")
    assert town.one("SELECT count(*) FROM cases_deadline WHERE started_at = %s", case_at) > 0
    assert_whole()


def test_a_clock_put_back_does_not_silence_a_late_case_or_a_message(town: Town) -> None:
    """What waits for an instant waits as long again at most, and nothing is lifted or sent twice."""
    case = registered(town.cast, clock.now()).case
    by = town.cast.actor(town.cast.clerk)
    handling.accept_case(case_id=case.pk, by=by, seen_version=case.version, now=clock.now())
    for days in (200, -1, 200, 0, 200):
        town.set_clock(timedelta(days=days))
        town.work_once()
    lifted = town.one(
        "SELECT count(*) FROM cases_deadline WHERE lifted_at IS NOT NULL AND NOT is_supervising"
    )
    acts = town.one("SELECT count(DISTINCT seq) FROM record_act WHERE kind = 'case.lifted'")
    assert lifted > 0
    assert acts >= lifted
    assert_whole()


def test_a_leap_ahead_lifts_and_reminds_of_nothing_before_it_is_put_right(town: Town) -> None:
    """A running worker, and a clock that shows another year for some seconds."""
    case = registered(town.cast, clock.now()).case
    by = town.cast.actor(town.cast.clerk)
    handling.accept_case(case_id=case.pk, by=by, seen_version=case.version, now=clock.now())
    town.worker()
    until(lambda: town.one("SELECT count(*) FROM ops_heartbeat WHERE name = 'worker'") == 1, 30)
    until(lambda: town.one("SELECT count(*) FROM record_outbox") == 0, 30)
    before = town.one("SELECT count(*) FROM record_act")
    for days in (400, 0):
        town.set_clock(timedelta(days=days))
        beaten = "SELECT abs(extract(epoch FROM beat_at - clock_timestamp())) < 6 FROM ops_heartbeat"
        until(lambda: town.one(f"{beaten} WHERE name = 'worker'"), 30)  # noqa: B023
        time.sleep(6)  # more than a turn of what lifts
    assert town.one("SELECT count(*) FROM record_act WHERE kind IN ('case.lifted', 'case.reminded')") == 0
    assert town.one("SELECT count(*) FROM record_act") == before
    assert_whole()


def test_the_machines_own_clock_is_not_asked(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every instant in a case comes from the database: a day's difference to this process changes none."""
    from django.utils import timezone

    wrong = datetime(2001, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    registered(town.cast, clock.now())
    (row,) = town.ask(
        "SELECT c.registered_at, a.recorded_at, min(d.started_at) FROM cases_case c"
        " JOIN record_act a ON a.matter_id = c.id JOIN cases_deadline d ON d.case_id = c.id GROUP BY 1, 2"
    )
    assert len(set(row)) == 1
    assert abs(row[0] - clock.now()) < timedelta(minutes=1)
