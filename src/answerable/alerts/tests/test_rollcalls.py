"""Roll calls: of those on duty, within minutes, by plan or by surprise; what came of them, and when it goes."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from answerable.alerts import checks, engine, readiness, rollcalls, upkeep
from answerable.alerts.models import Alert, Asked, RollCall, RollCallPlan
from answerable.alerts.refusals import CannotAnswer, CannotCall
from answerable.alerts.services import answer
from answerable.alerts.services.rollcalls import call_planned, call_roll, close_due, end_plan, plan_roll_calls
from answerable.alerts.tests.climbers import reached_by
from answerable.duty.tests.rooms import at, make_room
from answerable.record.actors import Actor
from answerable.record.queries import acts_of

pytestmark = pytest.mark.django_db(transaction=True)
NOON = at(2, 4)


@pytest.fixture
def room(cast):
    room = make_room(cast)
    room.line.has_hand_over = False
    room.line.save()
    reached_by(*room.leaders, *room.watch)
    return room


def called(room, minutes: int = 10) -> RollCall:
    return call_roll(line=room.line, answer_within_min=minutes, by=room.cast.actor(room.cast.mayor), now=NOON)


def say_here(call: RollCall, staff, minute: float) -> None:
    row = Asked.objects.get(alert=call.alert, staff=staff)
    answer(asked_id=row.pk, has_it=True, now=NOON + timedelta(minutes=minute), way="sms")


def test_everyone_on_duty_is_called_and_each_must_answer(room):
    call = called(room)
    assert Asked.objects.filter(alert=call.alert).count() == 3
    for minute, staff in enumerate([room.leaders[2], room.watch[4], room.watch[5]], 1):
        assert close_due(NOON + timedelta(minutes=minute)) == 0
        say_here(call, staff, minute)
    assert close_due(NOON + timedelta(minutes=4)) == 1
    call.refresh_from_db()
    assert call.result == {"asked": 3, "in_time": 3, "missing": 0}
    assert readiness.missed_calls([room.cast.town]) == []


def test_who_did_not_answer_in_time_is_named_and_checked(room):
    call = called(room)
    say_here(call, room.leaders[2], 1)
    over = NOON + timedelta(minutes=10)
    engine.turn(over)
    assert close_due(over) == 1
    assert close_due(over) == 0
    with pytest.raises(CannotAnswer, match="over"):
        say_here(call, room.watch[4], 11)
    (missed,) = readiness.missed_calls([room.cast.town])
    assert {one.pk for one in missed.missing} == {room.watch[4].pk, room.watch[5].pk}
    (fault,) = checks.check_roll_calls()
    assert fault.code == "roll_call_missed"
    closed = acts_of(call.alert_id, kinds=("alert.roll_call_closed",))[0]
    assert closed.body == {"asked": 3, "in_time": 1, "missing": 2}, "the record holds numbers, not who"


def test_a_call_that_cannot_be_made(room):
    with pytest.raises(CannotCall, match="minutes"):
        called(room, 0)
    called(room)
    with pytest.raises(CannotCall, match="called_already"):
        called(room)
    empty = make_room(room.cast, stood=False, code="empty")
    with pytest.raises(CannotCall, match="nobody_on_duty"):
        call_roll(line=empty.line, answer_within_min=5, by=Actor.system(), now=NOON)


def plan(room, **more) -> RollCallPlan:
    wanted = {"weekdays": 127, "at": time(12), "spread_min": 0, "answer_within_min": 10} | more
    return plan_roll_calls(line=room.line, by=room.cast.actor(room.cast.mayor), now=at(0), **wanted)


def test_a_plan_calls_once_at_its_local_time(room):
    mine = plan(room)
    assert call_planned(NOON - timedelta(seconds=1)) == 0
    assert call_planned(NOON) == 1
    assert call_planned(NOON + timedelta(minutes=1)) == 0
    assert call_planned(NOON + timedelta(days=1)) == 1
    end_plan(plan_id=mine.pk, by=Actor.system(), now=NOON + timedelta(days=1, hours=1))
    assert call_planned(NOON + timedelta(days=2)) == 0


def test_what_was_missed_for_hours_is_not_called_later(room):
    plan(room)
    assert call_planned(NOON + rollcalls.STILL_CALLED) == 0


def test_a_surprise_falls_into_its_hours_on_another_minute_each_day(room):
    mine = plan(room, spread_min=120)
    days = [NOON.date() + timedelta(days=n) for n in range(60)]
    minutes = [(rollcalls.instant_of(mine, on, "Asia/Shanghai").hour - 12) * 60
               + rollcalls.instant_of(mine, on, "Asia/Shanghai").minute for on in days]  # fmt: skip
    assert min(minutes) >= 0
    assert max(minutes) <= 120
    assert len(set(minutes)) > 20


def test_days_of_the_week(room):
    mine = plan(room, weekdays=0b0000001)
    assert rollcalls.instant_of(mine, at(0).date(), "Asia/Shanghai") is not None
    assert rollcalls.instant_of(mine, at(1).date(), "Asia/Shanghai") is None


def test_rule_12_who_was_asked_and_who_missed_a_call_goes_in_time(room):
    """The record keeps posts and numbers."""
    call = called(room)
    engine.turn(NOON + timedelta(minutes=10))
    close_due(NOON + timedelta(minutes=10))
    assert upkeep.tidy(NOON + upkeep.ROLL_CALLS_KEPT) == 0
    assert upkeep.tidy(NOON + upkeep.ROLL_CALLS_KEPT + timedelta(minutes=1)) == 1
    assert not Asked.objects.exists()
    assert not Alert.objects.exists()
    assert acts_of(call.alert_id)
