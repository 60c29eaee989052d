"""Gaps and hand-overs raise alarms in time, once, and end by themselves when they are put right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Alert
from answerable.alerts.services import resolve
from answerable.alerts.watching_duty import watch
from answerable.duty import queries as duty
from answerable.duty.models import Assignment, HandOver
from answerable.duty.tests.rooms import at, make_room, put
from answerable.record.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)


def alarms(code: str = "uncovered") -> list[Alert]:
    return list(Alert.objects.filter(code=code).order_by("opened_at", "pk"))


def covered(cast):
    """A room whose shifts are stood for a month, and which signs no hand-overs."""
    room = make_room(cast, days=30)
    room.line.has_hand_over = False
    room.line.save()
    return room


def leave(room, day: int) -> Assignment:
    """The leader of a day is not there."""
    row = Assignment.objects.get(shift=room.shift(day), role=room.lead)
    row.voided_at = at(0)
    row.save()
    return row


def test_a_covered_line_is_quiet(cast):
    covered(cast)
    assert watch(at(1, 6)) == 0
    assert alarms() == []


def test_a_line_that_is_being_set_up_wakes_nobody(cast):
    make_room(cast, days=0)
    assert duty.gaps_ahead(at(1, 6)), "coverage and check say it"
    assert watch(at(1, 6)) == 0
    assert alarms() == []


def test_an_absence_on_short_notice_alarms_once_while_there_is_time(cast):
    room = covered(cast)
    leave(room, 3)
    watch(at(1, 6))
    (alert,) = alarms()
    assert (alert.facts["role_en"], alert.facts["missing"], alert.is_urgent) == ("Leader", 1, False)
    watch(at(1, 7))
    assert len(alarms()) == 1
    watch(at(2, 6))
    (alert,) = alarms()
    assert alert.is_urgent, "a day before, quiet hours count no more"


def test_a_gap_that_has_begun_is_still_the_same_alarm(cast):
    room = covered(cast)
    leave(room, 3)
    for hour in (0, 12, 24, 30, 36, 47):
        watch(at(2, hour))
    assert len(alarms()) == 1


def test_a_gap_that_is_far_away_is_not_an_alarm_yet(cast):
    room = covered(cast)
    leave(room, 9)
    assert watch(at(1, 6)) == 0


def test_filled_again_it_ends_by_itself(cast):
    room = covered(cast)
    leave(room, 3)
    watch(at(1, 6))
    put(room.shift(3), room.lead, cast.mayor)
    watch(at(1, 7))
    assert [alert.state for alert in alarms()] == ["resolved"]


def test_called_over_by_hand_it_comes_again_after_hours_as_long_as_the_gap_is_there(cast):
    room = covered(cast)
    leave(room, 3)
    watch(at(1, 6))
    resolve(alert_id=alarms()[0].pk, by=Actor.system(), now=at(1, 7))
    watch(at(1, 8))
    assert len(alarms()) == 1
    watch(at(1, 14))
    assert [alert.state for alert in alarms()] == ["resolved", "open"]


def test_an_unsigned_hand_over_alarms_once_and_ends_when_both_have_signed(cast):
    room = make_room(cast, days=30)
    due = at(1) + timedelta(minutes=room.line.unsigned_after_min)
    watch(due - timedelta(seconds=1))
    assert alarms("unsigned_hand_over") == []
    watch(due)
    watch(due + timedelta(minutes=1))
    (alert,) = alarms("unsigned_hand_over")
    assert alert.context["shift"] == room.shift(0).pk
    HandOver.objects.create(
        shift=room.shift(0),
        left_by=room.leaders[0],
        left_at=due,
        taken_by=room.leaders[1],
        taken_at=due + timedelta(minutes=2),
    )
    watch(due + timedelta(minutes=3))
    alert.refresh_from_db()
    assert alert.state == "resolved"
