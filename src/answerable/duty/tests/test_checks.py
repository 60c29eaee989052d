"""`answerable check` names what would leave a line uncovered, and what would not let anybody ring it up."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from answerable.core import clock
from answerable.duty import checks
from answerable.duty.models import (
    Absence,
    Assignment,
    DutyPerson,
    HandOver,
    Line,
    LogEntry,
    Pattern,
    PatternNeed,
    Qualification,
    Shift,
    StandbyItem,
    Wish,
)
from answerable.duty.tests.rooms import make_line, make_room
from answerable.duty.upkeep import forget_past
from answerable.orgs.models import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast):
    found = make_room(cast, stood=False)
    found.line.horizon_days = 2
    found.line.save()
    return found


def _codes(check) -> list[str]:
    faults = list(check())
    assert all("%(" not in fault.sentence + fault.remedy for fault in faults)
    return [fault.code for fault in faults]


def test_a_line_that_is_uncovered_within_its_horizon(room):
    assert _codes(checks.check_coverage) == ["duty_uncovered"]
    Line.objects.update(closed_on=date(2020, 1, 1))
    assert _codes(checks.check_coverage) == []


def test_patterns_with_holes_or_overlaps_and_a_line_without_any(room):
    assert _codes(checks.check_patterns) == []
    Pattern.objects.update(ends=time(6))
    assert _codes(checks.check_patterns) == ["duty_patterns"]
    Pattern.objects.update(ends=time(8))
    extra = Pattern.objects.create(
        line=room.line, code="late", name_en="Late", starts=time(20), ends=time(22), ends_days_later=0,
        from_on=date(2026, 1, 1),
    )  # fmt: skip
    PatternNeed.objects.create(pattern=extra, role=room.lead, count=1)
    (fault,) = checks.check_patterns()
    assert "overlap" in fault.sentence or "重叠" in fault.sentence
    extra.delete()
    make_line(room.cast, "empty")
    assert _codes(checks.check_patterns) == ["duty_no_pattern"]


def test_a_role_that_nobody_may_fill_and_too_few_people(room):
    assert _codes(checks.check_people) == []
    room.staff.qualifications = ["driving"]
    room.staff.save()
    assert _codes(checks.check_people) == ["duty_role_empty"]
    room.staff.qualifications = []
    room.staff.save()
    DutyPerson.objects.filter(staff__in=[one.pk for one in room.watch[2:]]).delete()
    assert _codes(checks.check_people) == ["duty_pool_small"], "21 turns a week, five people at three each"


def test_a_qualification_that_runs_out_and_a_line_without_telephone(room):
    room.staff.qualifications = ["driving"]
    room.staff.save()
    soon = (clock.now() + timedelta(days=10)).date()
    Qualification.objects.create(staff=room.watch[0], code="driving", from_on=date(2020, 1, 1), until_on=soon)
    Qualification.objects.create(
        staff=room.watch[1], code="swimming", from_on=date(2020, 1, 1), until_on=soon
    )
    assert _codes(checks.check_qualifications) == ["duty_qualification"]
    Staff.objects.filter(pk=room.watch[0].pk).update(is_active=False)
    assert _codes(checks.check_qualifications) == []
    assert _codes(checks.check_telephones) == []
    make_line(room.cast, "silent", phone=" ")
    assert _codes(checks.check_telephones) == ["duty_no_telephone"]


def test_what_stands_by_and_is_not_looked_at(room):
    item = StandbyItem.objects.create(unit=room.cast.town_root, code="pump", name_en="Pump")
    assert _codes(checks.check_standby) == ["duty_standby"]
    item.checked_at = clock.now()
    item.save()
    assert _codes(checks.check_standby) == []


def test_past_duty_data_goes_in_time(room):
    now = clock.now()
    long_ago, recent = now - timedelta(days=800), now - timedelta(days=30)
    for start in (long_ago, recent):
        until = start + timedelta(hours=1)
        Absence.objects.create(staff=room.watch[0], from_at=start, until_at=until, told_at=start)
        Wish.objects.create(line=room.line, staff=room.watch[0], on=start.date())
        shift = Shift.objects.create(line=room.line, from_at=start, until_at=until, on=start.date())
        Assignment.objects.create(
            shift=shift, role=room.staff, staff=room.watch[0], from_at=start, until_at=until, made_at=start
        )
    assert forget_past(now) == 3
    assert [model.objects.count() for model in (Absence, Wish, Assignment)] == [1, 1, 1]
    assert forget_past(now) == 0


def test_the_log_book_goes_after_the_time_that_is_set_and_what_is_open_stays(room, settings):
    settings.DUTY_LOG_DAYS = 400
    now = clock.now()
    old, recent = now - timedelta(days=401), now - timedelta(days=399)
    who = room.watch[0]

    def write(at, kind="entry", **more):
        return LogEntry.objects.create(line=room.line, kind=kind, text="雨势减弱。", at=at, by=who, **more)

    past = Shift.objects.create(
        line=room.line, from_at=old - timedelta(hours=9), until_at=old - timedelta(hours=1), on=old.date()
    )
    HandOver.objects.create(shift=past, left_by=who, left_at=old, taken_by=who, taken_at=old)
    wrong, plain = write(old), write(old)
    write(old, strikes=wrong)
    struck_late = write(old)
    strike = write(recent, strikes=struck_late)
    still_open, settled = write(old, "open_item"), write(old, "open_item", settled_at=recent, settled_by=who)
    kept = write(recent)
    assert forget_past(now) == 5
    assert set(LogEntry.objects.all()) == {struck_late, strike, still_open, kept}, (
        "never one without the other"
    )
    assert not HandOver.objects.exists()
    assert forget_past(now) == 0
    assert {wrong.pk, plain.pk, settled.pk}.isdisjoint(LogEntry.objects.values_list("pk", flat=True))
