"""Two engines, and an answer at the same instant: each step is taken once, and nobody is asked about what somebody has.

Seen to fail without `select_for_update` in `engine._due` (steps taken twice, alarms set aside), and without it in
`steps.lock_alert` (a step taken, or its message queued, after somebody had it).
"""

from __future__ import annotations

from functools import partial

import pytest

from answerable.alerts import engine
from answerable.alerts.models import Alert, Asked, Delivery
from answerable.alerts.services import acknowledge, raise_alert
from answerable.alerts.tests.climbers import after, alarm, asked, reached_by, steps
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from tests.cast import MONDAY
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MANY = 30


def ladder(cast):
    reached_by(cast.leader, cast.mayor)
    return steps({"post": cast.post(cast.leader).pk}, {"post": cast.post(cast.mayor).pk})


def test_two_engines_take_each_step_once(cast, caplog):
    climb = ladder(cast)
    alarms = [alarm(cast, climb, key=f"a{n}") for n in range(MANY)]
    done = at_once(*[partial(engine.turn, after(300))] * 2)
    assert sum(done) == MANY, done
    assert "cannot be climbed" not in caplog.text
    assert "a batch of alarms failed" not in caplog.text
    for one in alarms:
        assert asked(one) == [(0, 0, "roads-head"), (0, 1, "town-mayor")]
        assert [act.kind for act in acts_of(one.pk)] == [
            "alert.raised",
            "alert.step_taken",
            "alert.step_taken",
        ]
    assert Delivery.objects.count() == 2 * MANY


def test_the_same_alarm_raised_at_once_is_one(cast):
    for n in range(6):
        raising = partial(
            raise_alert, "danger", authority_id=cast.town.pk, key=f"k{n}", now=MONDAY, by=Actor.system()
        )
        first, second = at_once(raising, raising)
        assert first.pk == second.pk
    assert Alert.objects.count() == 6


def test_an_answer_against_the_engine(cast):
    """Either the next were asked before, or they are not asked; what waits to be sent never outlives an answer."""
    climb = ladder(cast)
    for n in range(10):
        one = alarm(cast, climb, key=f"r{n}")
        answer = partial(acknowledge, alert_id=one.pk, by=cast.actor(cast.leader), now=after(300))
        at_once(answer, partial(engine.turn, after(300)))
        one.refresh_from_db()
        assert (one.state, one.next_at) == ("acknowledged", None)
        assert not Delivery.objects.filter(asked__alert=one, state="queued").exists()
        assert Asked.objects.filter(alert=one).count() in (1, 2)
        assert engine.turn(after(10**6)) == 0
