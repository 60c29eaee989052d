"""For any ladder and any sequence of turns, crashes, jumps of the clock and answers: exactly those are asked whom the
pure rules name, each once a step, and the alarm stands where they say.

The engine runs on a real database; a crash is a turn whose transaction never commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from answerable.alerts import engine, rules
from answerable.alerts.models import Alert, Asked
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.rules import HAVE_IT, PASSED, Found, Ladder, Place, Said
from answerable.alerts.services import acknowledge, decline
from answerable.alerts.tests.climbers import alarm, reached_by
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db

PEOPLE = range(4)
#: The last one has no way to be reached.
LOST = 3

groups = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True)
ladders = st.fixed_dictionaries(
    {
        "steps": st.lists(st.tuples(st.integers(0, 400), groups, groups), min_size=1, max_size=4),
        "mode": st.sampled_from(["one", "all"]),
        "repeat_after_s": st.integers(10, 500),
        "rounds": st.integers(0, 3),
    }
)
waits = st.integers(0, 900)
events = st.lists(
    st.one_of(
        st.tuples(st.just("turn"), waits),
        st.tuples(st.just("crash"), waits),
        st.tuples(st.just("back"), st.integers(10, 5000)),
        st.tuples(st.just("have"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("pass"), st.sampled_from(PEOPLE)),
    ),
    max_size=10,
)


@dataclass
class Model:
    """The same alarm by the pure rules alone, without a database, and without crashes."""

    ladder: Ladder
    find: object
    place: Place
    said: list[Said] = field(default_factory=list)
    is_over: bool = False

    def turn(self, now: datetime) -> None:
        self.place = rules.put_right(self.place, now) if self.place.next_at else self.place
        self.climb(now)

    def climb(self, now: datetime) -> None:
        done = rules.climb(self.ladder, self.place, self.said, self.find, now)
        for one in done.taken:
            self.said += [
                Said(who, one.step, one.round, is_unreachable=who in one.unreachable) for who in one.asked
            ]
            self.said += [Said(who, one.step, one.round, is_told_only=True) for who in one.told]
        self.place = done.place

    def answers(self, who: int, what: str, at: Said | None) -> None:
        assert at is not None
        place = self.said.index(at)
        self.said[place] = Said(who, at.step, at.round, what, at.is_told_only, at.is_unreachable)


def asked_of(model: Model) -> list[tuple[int, int, int, bool]]:
    return sorted((one.round, one.step, one.staff, one.is_told_only) for one in model.said)


@given(wanted=ladders, happens=events)
@settings(
    max_examples=30,
    # Each example is a climb on a database: what fails is printed as it was found.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
def test_whom_the_engine_asks_is_whom_the_rules_name(cast, wanted, happens):
    people = [cast.leader, cast.handler, cast.mayor, cast.clerk]
    if not people[0].contacts.exists():
        reached_by(*people[:LOST])
    kept = wanted | {
        "steps": [
            {
                "after_s": after,
                "targets": [
                    *({"staff": people[one].pk} for one in group),
                    *({"staff": people[one].pk, "told": True} for one in told),
                ],
            }
            for after, group, told in wanted["steps"]
        ]
    }
    key = f"case {Alert.objects.count()}"
    alert = alarm(cast, kept, key=key)
    model = _model_of(wanted)
    model.turn(MONDAY)
    now = MONDAY
    for what, number in happens:
        if what in ("turn", "crash"):
            now += timedelta(seconds=number)
        if what == "turn":
            engine.turn(now)
            model.turn(now)
        elif what == "crash":
            with transaction.atomic():
                engine.turn(now)
                transaction.set_rollback(True)
        elif what == "back":
            now -= timedelta(seconds=number)
            engine.turn(now)
            model.turn(now)
        elif not model.is_over:  # what is given back has tests of its own
            _say(cast, alert, model, people, number, what, now)
    _compare(alert, model, people)
    Alert.objects.update(next_at=None)


def _model_of(wanted) -> Model:
    def find(step: int) -> Found:
        _after, group, told = wanted["steps"][step]
        only_told = tuple(one for one in told if one not in group)
        return Found(tuple(group), only_told, frozenset({LOST}).intersection(group))

    ladder = Ladder(
        tuple(after for after, _group, _told in wanted["steps"]),
        ((),) * len(wanted["steps"]),
        rules.Mode(wanted["mode"]),
        wanted["repeat_after_s"],
        wanted["rounds"],
    )
    return Model(ladder, find, rules.first_place(ladder, MONDAY))


def _say(cast, alert, model: Model, people, who: int, what: str, now: datetime) -> None:
    """The same answer to both: of who has it nobody else is asked; passed by all goes on at once."""
    mine = [one for one in model.said if one.staff == who]
    is_asked = [one for one in mine if not one.is_told_only and one.round == model.place.round]
    try:
        doing = acknowledge if what == "have" else decline
        doing(alert_id=alert.pk, by=cast.actor(people[who]), now=now)
    except CannotAnswer:
        assert what == "pass"
        assert not is_asked
        return
    if what == "have":
        if not mine:
            model.said.append(
                Said(who, max(model.place.step, 0), model.place.round, HAVE_IT, is_told_only=True)
            )
        elif mine[-1].answer != HAVE_IT:
            model.answers(who, HAVE_IT, mine[-1])
        if rules.is_answered(model.ladder, model.said):
            model.is_over = True
            model.place = Place(model.place.step, model.place.round, None, model.place.taken_at)
    elif is_asked[-1].answer != PASSED:
        model.answers(who, PASSED, is_asked[-1])
        model.place = rules.hurried(model.ladder, model.place, model.said, now)
        model.climb(now)


def _compare(alert: Alert, model: Model, people) -> None:
    numbers = {person.pk: n for n, person in enumerate(people)}
    rows = Asked.objects.filter(alert=alert).values_list("round", "step", "staff", "is_told_only")
    assert sorted((r, s, numbers[who], told) for r, s, who, told in rows) == asked_of(model)
    alert.refresh_from_db()
    assert (alert.state == "acknowledged") == model.is_over
    if not model.is_over:
        assert (alert.step, alert.round, alert.next_at) == (
            model.place.step,
            model.place.round,
            model.place.next_at,
        )
