"""Duty by the month: what was covered, who answered as a number, how soon; and that it outlives what it is made from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from answerable.alerts import upkeep
from answerable.alerts.models import Alert, Asked, RollCall
from answerable.alerts.services import answer
from answerable.alerts.services.rollcalls import call_roll, close_due
from answerable.alerts.tests.climbers import reached_by
from answerable.duty.tests.rooms import at, make_room
from answerable.figures import duty
from answerable.figures.duty import Measure as M
from answerable.figures.models import DutyMonth
from answerable.figures.periods import month

pytestmark = pytest.mark.django_db(transaction=True)
NOON = at(2, 4)
DECEMBER = month(date(2026, 12, 1))


@pytest.fixture
def room(cast):
    room = make_room(cast)
    room.line.has_hand_over = False  # nobody stays on for want of a relief
    room.line.save()
    reached_by(*room.leaders, *room.watch)
    call = call_roll(line=room.line, answer_within_min=10, by=cast.actor(cast.mayor), now=NOON)
    for staff in (room.leaders[2], room.watch[4]):
        row = Asked.objects.get(alert=call.alert, staff=staff)
        answer(asked_id=row.pk, has_it=True, now=NOON + timedelta(minutes=2), way="sms")
    close_due(NOON + timedelta(minutes=10))
    for number, minutes in enumerate((1, 3, 40)):
        Alert.objects.create(
            authority=cast.town,
            code="danger",
            key=f"alarm {number}",
            opened_at=NOON,
            answered_at=NOON + timedelta(minutes=minutes),
            state=Alert.State.ACKNOWLEDGED,
        )
    Alert.objects.create(
        authority=cast.town, code="danger", key="nobody", opened_at=NOON, state=Alert.State.UNANSWERED
    )
    return room


def test_a_month_of_duty_is_covered_by_the_minute_and_answered_by_the_head(room):
    duty.keep(NOON + timedelta(hours=1))
    found = duty.of_period(room.cast.town.pk, DECEMBER)
    line, body = found[room.line.pk], found[None]
    # Nothing is published before the 7th at eight: six days and eight hours of three people are missing.
    assert line.n[M.MISSING] == 3 * 60 * (6 * 24 + 8)
    assert line.n[M.NEEDED] == line.n[M.MISSING] + 3 * 60 * (2 * 24 + 5)
    assert (line.n[M.CALLS], line.n[M.CALLED], line.n[M.THERE]) == (1, 3, 2)
    assert (body.n[M.ACKNOWLEDGED], body.n[M.UNANSWERED], body.half_within) == (3, 1, 4)


def test_what_was_counted_stays_when_the_calls_are_forgotten(room):
    duty.keep(NOON + timedelta(hours=1))
    long_after = NOON + timedelta(days=120)
    upkeep.tidy(long_after)
    assert not RollCall.objects.exists()
    duty.keep(long_after)
    assert duty.of_period(room.cast.town.pk, DECEMBER)[room.line.pk].n[M.THERE] == 2


def test_counting_again_changes_nothing_and_names_nobody(room):
    duty.keep(NOON + timedelta(hours=1))
    rows = list(
        DutyMonth.objects.order_by("line", "on", "measure", "bucket").values_list("on", "measure", "n")
    )
    duty.keep(NOON + timedelta(hours=1))
    assert (
        list(DutyMonth.objects.order_by("line", "on", "measure", "bucket").values_list("on", "measure", "n"))
        == rows
    )
    assert not any("staff" in field.name for field in DutyMonth._meta.get_fields())
