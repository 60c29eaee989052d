"""What is kept how long stands in one place; each run is noted, a month is reported once, a fault raises an alarm."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from answerable.alerts.models import Alert
from answerable.core import clock
from answerable.core.keeping import counting, gone
from answerable.duty.models import LogEntry
from answerable.ops import worker
from answerable.ops.models import Destroyed, KeepingReport, KeepingRun
from answerable.ops.retention import overview, reporting, running
from answerable.orgs.models import Appointment, Staff
from answerable.record.models import Act
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def fails() -> int:
    gone("duty.log", 3)
    raise RuntimeError("words that may hold a name")


def test_every_model_about_people_says_for_how_long():
    assert overview.without_time() == []


def test_every_kind_that_is_destroyed_names_a_loop_that_is_noted():
    loops = {loop.name for loop in worker.LOOPS if loop.is_destroying}
    assert {kind.run for kind in overview.kinds()} - {""} == loops
    codes = [kind.code for kind in overview.kinds()]
    assert len(codes) == len(set(codes))


def test_a_run_is_noted_with_what_it_destroyed(cast):
    assert running.noted("duty upkeep", lambda: gone("duty.log", 5)) == 5
    assert running.noted("duty upkeep", lambda: gone("duty.log", 2)) == 2
    assert Destroyed.objects.get().number == 7
    run = KeepingRun.objects.get()
    assert (run.name, run.failing_since, run.failure) == ("duty upkeep", None, "")
    with counting() as counts:
        gone("duty.log", 0)
    assert not counts


def test_a_fault_is_noted_without_its_words_alarms_after_an_hour_and_ends_when_mended(cast):
    with pytest.raises(RuntimeError):
        running.noted("duty upkeep", fails)
    run = KeepingRun.objects.get()
    assert run.failure == "RuntimeError"
    assert Destroyed.objects.get().number == 3, "what went before the fault is counted"
    now = clock.now()
    reporting.turn(now)
    assert not Alert.objects.exists()
    reporting.turn(now + timedelta(hours=2))
    alert = Alert.objects.get(code="keeping_failed")
    assert (alert.authority, alert.is_urgent) == (cast.town, False)
    assert alert.context["owner_post"] == cast.post(cast.administrator).pk
    reporting.turn(now + timedelta(hours=3))
    assert Alert.objects.count() == 1
    running.noted("duty upkeep", lambda: 0)
    reporting.turn(now + timedelta(hours=4))
    alert.refresh_from_db()
    assert alert.state == Alert.State.RESOLVED


def test_a_month_is_reported_once_as_an_act_of_every_body_and_printed(cast, client, settings):
    settings.DEMO = True
    Destroyed.objects.create(kind="cases.case", month=date(2026, 2, 1), number=4)
    KeepingRun.objects.create(name="upkeep", since=MONDAY, ran_at=MONDAY)
    assert reporting.turn(MONDAY) == 0, "of the time before it began there is nothing to report"
    KeepingRun.objects.update(since=MONDAY - timedelta(days=9))
    assert (reporting.turn(MONDAY), reporting.turn(MONDAY)) == (1, 0)
    report = KeepingReport.objects.get()
    assert report.month == date(2026, 2, 1)
    assert report.body["destroyed"] == {"cases.case": 4}
    assert Act.objects.filter(kind="retention.reported").count() == 2
    client.force_login(cast.auditor)
    page = client.get(reverse("retention:report", args=[2026, 2]), headers={"accept-language": "en"})
    assert ">4<" in page.content.decode()
    assert "2026-02" in client.get(reverse("retention:home")).content.decode()
    assert client.get(reverse("retention:report", args=[2026, 13])).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("administrator", 200), ("leader", 200), ("clerk", 403)])
def test_the_page_is_for_those_who_answer_for_it_and_names_nobody(cast, client, settings, who, status):
    settings.DEMO = True
    client.force_login(getattr(cast, who))
    answer = client.get(reverse("retention:home"), headers={"accept-language": "en"})
    assert answer.status_code == status
    if status == 200:
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        assert "has not run yet" in main
        assert 'class="num">0<' in main, "nothing is overdue, and that is said"
        assert not any(staff.name_en in main for staff in Staff.objects.all())


def test_sign_ins_that_ran_out_go(cast, client):
    client.force_login(cast.clerk)
    now = clock.now()
    assert running.forget_sessions(now) == 0
    assert running.forget_sessions(now + timedelta(days=1)) == Session.objects.count() + 1


def test_what_somebody_could_stand_goes_when_they_left(cast):
    from answerable.duty.models import DutyPerson, Qualification
    from answerable.duty.tests.rooms import make_room
    from answerable.duty.upkeep import forget_past

    room = make_room(cast)
    now = clock.now()
    leaver = room.watch[0]
    Qualification.objects.create(staff=leaver, code="driving", from_on=date(2020, 1, 1))
    before = DutyPerson.objects.count()
    forget_past(now)
    assert DutyPerson.objects.count() == before
    Appointment.objects.filter(staff=leaver).update(until_at=now - timedelta(days=91))
    forget_past(now)
    assert not DutyPerson.objects.filter(staff=leaver).exists()
    assert not Qualification.objects.filter(staff=leaver).exists()


def test_what_is_overdue_is_counted(cast, settings):
    from answerable.duty.tests.rooms import make_room

    room = make_room(cast)
    now = clock.now()
    old = now - timedelta(days=settings.DUTY_LOG_DAYS + 3)
    LogEntry.objects.create(line=room.line, at=old, kind=LogEntry.Kind.ENTRY, text="x", by=room.watch[0])
    row = next(row for row in overview.rows(now, running.month_of(now)) if row.kind.code == "duty.log")
    assert row.overdue == 1
    worker.destroy_due()
    rows = overview.rows(clock.now(), running.month_of(now))
    done = next(row for row in rows if row.kind.code == "duty.log")
    assert (done.overdue, done.destroyed, done.state) == (0, 1, "ok")
    assert KeepingRun.objects.filter(failing_since=None).count() == len(
        [loop for loop in worker.LOOPS if loop.is_destroying]
    )
