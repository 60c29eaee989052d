"""Surprise roll calls are made when they come, once, through the alarms, and never on top of each other."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from answerable.alerts.models import Alert, RollCall
from answerable.alerts.services import rollcalls
from answerable.duty.tests.rooms import at, make_room
from answerable.parties import keys
from answerable.readiness.periods import calling, running, surprise
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.models import Demand, SurpriseCall
from answerable.readiness.periods.tests.scenes import announced

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def calls_of(room, count: int = 7) -> Ask:
    return Ask(
        Demand.Kind.ROLL_CALLS, line_id=room.line.pk, count=count, between_from=time(9), between_until=time(21),
        answer_within_min=10,
    )  # fmt: skip


def coming(row: Demand, day: int) -> datetime:
    """When the call of a local day comes; with seven a week there is one every day."""
    on = at(day, 4).astimezone(ZoneInfo("Asia/Shanghai")).date()
    found = surprise.instant_on(calling.wish_of(row), on, keys.derived(calling.PURPOSE))
    assert found is not None
    return found


def test_a_call_is_made_at_its_minute_once_and_what_came_of_it_is_kept(cast):
    room = make_room(cast)
    announced(cast, calls_of(room))
    row = Demand.objects.get()
    minute = coming(row, 1)
    running.turn(coming(row, 0) + surprise.STILL_CALLED)
    SurpriseCall.objects.all().delete()
    assert [one for one in calling.due(minute - MINUTE) if one[2] == minute] == []
    running.turn(minute)
    running.turn(minute + MINUTE)
    call = RollCall.objects.get()
    made = SurpriseCall.objects.get(roll_call=call)
    assert (made.asked, made.in_time) == (None, None)
    assert Alert.objects.filter(code="roll_call").count() == 1
    rollcalls.close_due(minute + 20 * MINUTE)
    running.turn(minute + 20 * MINUTE)
    made.refresh_from_db()
    call.refresh_from_db()
    assert (made.asked, made.in_time) == (call.result["asked"], 0)
    assert made.asked
    # The alarm expires (rights, rule 12); that so many were asked and so many answered stays.
    Alert.objects.filter(code="roll_call").delete()
    made.refresh_from_db()
    assert (made.roll_call, made.asked) == (None, call.result["asked"])


def test_a_call_that_was_missed_is_not_made_up_for_and_says_so(cast):
    room = make_room(cast)
    announced(cast, calls_of(room))
    running.turn(coming(Demand.objects.get(), 0) + surprise.STILL_CALLED)
    assert SurpriseCall.objects.get().passed_over == "missed"
    assert not RollCall.objects.exists()


def test_a_line_that_was_called_lately_is_left_in_peace(cast):
    room = make_room(cast)
    announced(cast, calls_of(room))
    # Of the second day: on the first, somebody is on duty only from the change of shift.
    minute = coming(Demand.objects.get(), 1)
    rollcalls.call_roll(
        line=room.line, answer_within_min=10, by=cast.actor(cast.mayor), now=minute - surprise.PEACE + MINUTE
    )
    running.turn(minute)
    assert SurpriseCall.objects.get(on=minute.date()).passed_over == "called_lately"
    assert RollCall.objects.count() == 1


def test_where_nobody_is_on_duty_nobody_is_called(cast):
    room = make_room(cast, stood=False)
    announced(cast, calls_of(room))
    running.turn(coming(Demand.objects.get(), 0))
    assert SurpriseCall.objects.get().passed_over == "nobody_on_duty"


def test_of_two_periods_the_one_that_calls_oftener_calls_and_they_are_not_added_up(cast):
    room = make_room(cast)
    announced(cast, calls_of(room, 1))
    often = announced(cast, calls_of(room, 7), kind="typhoon")
    found = {pk for pk, _on, _at in calling.due(at(3))}
    assert found == {Demand.objects.get(period=often).pk}


def test_no_call_before_it_begins_or_after_it_ended(cast):
    room = make_room(cast)
    period = announced(cast, calls_of(room), from_at=at(1, 4), until_at=at(2, 4))
    assert calling.due(at(1, 3)) == []
    assert all(period.from_at <= when < period.until_at for _pk, _on, when in calling.due(at(2, 20)))
