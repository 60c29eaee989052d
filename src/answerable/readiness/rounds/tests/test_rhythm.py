"""When rounds are due, what downtime leaves, and rhythms that contradict (pure)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.readiness.rounds import rhythm
from answerable.readiness.rounds.rhythm import Asking, CannotKeepRhythm, Due, Rhythm, rhythm_of

ZONE = "Asia/Shanghai"
MONDAY = date(2026, 3, 2)


def at(day: int, hour: int, month: int = 3) -> datetime:
    """Local time of Shanghai in 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


def dues(one: Rhythm, after: datetime, until: datetime, **more) -> list[datetime]:
    base = {"asking": {}, "normal": one, "starts_on": date(2026, 1, 1), "ends_on": None, "zone": ZONE}
    return [due.at for due in rhythm.due_between(**base | more, after=after, until=until)]


@pytest.mark.parametrize(
    ("kept", "days"),
    [
        ({"every": "day"}, [2, 3, 4, 5, 6, 7, 8]),
        ({"every": "week", "weekdays": [0, 4]}, [2, 6]),
        ({"every": "month", "month_days": [5, -1]}, [5]),
        ({"every": "days", "n": 3}, [2, 5, 8]),
    ],
)
def test_due_on_the_days_of_its_rhythm_at_the_end_of_the_local_day(kept, days):
    found = dues(rhythm_of(kept), at(1, 23), at(8, 23), starts_on=MONDAY)
    assert found == [at(day, 18) for day in days]


def test_the_last_day_of_a_month_is_whichever_it_is():
    one = rhythm_of({"every": "month", "month_days": [-1]})
    assert [at_.date() for at_ in dues(one, at(1, 0, 1), at(30, 23, 4))] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_a_plan_ends_with_its_last_day():
    assert dues(Rhythm("day"), at(1, 0), at(9, 0), ends_on=date(2026, 3, 3)) == [at(n, 18) for n in (1, 2, 3)]


def test_on_days_on_which_a_period_asks_for_more_it_comes_more_often():
    weekly = rhythm_of({"every": "week", "weekdays": [0]})
    daily = Asking(Rhythm("day"), in_period=True)
    asking = {date(2026, 3, n): daily for n in (4, 5)}
    found = rhythm.due_between(
        asking,
        normal=weekly,
        starts_on=MONDAY,
        ends_on=None,
        after=at(2, 1),
        until=at(9, 23),
        zone=ZONE,
    )
    assert [(due.on.day, due.in_period) for due in found] == [(2, False), (4, True), (5, True), (9, False)]


def test_downtime_leaves_one_late_round_and_no_heap():
    week = [Due(at(n, 18), date(2026, 3, n), False) for n in range(2, 10)]
    todo = rhythm.to_make(week, at(8, 20))
    assert [due.on.day for due in todo.rounds] == [8, 9]
    assert todo.passed_over == 6


kinds = st.one_of(
    st.just({"every": "day"}),
    st.builds(lambda days: {"every": "week", "weekdays": days}, st.lists(st.integers(0, 6), min_size=1)),
    st.builds(
        lambda days: {"every": "month", "month_days": days},
        st.lists(st.sampled_from([-1, *range(1, 29)]), min_size=1, unique=True),
    ),
    st.builds(lambda n: {"every": "days", "n": n}, st.integers(2, 40)),
)


@given(kinds, st.integers(0, 60), st.integers(1, 40))
def test_in_pieces_or_at_once_the_same_rounds_are_due(kept, first, length):
    """Whatever the worker's turns: nothing twice, nothing left out."""
    one, start = rhythm_of(kept), at(1, 3)
    a, b, c = (start + timedelta(hours=7 * n) for n in (0, first, first + length))
    assert dues(one, a, b) + dues(one, b, c) == dues(one, a, c)
    assert rhythm_of(one.as_json()) == one


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ({}, "unknown"),
        ({"every": "hour"}, "unknown"),
        ({"every": "week", "weekdays": []}, "no_weekday"),
        ({"every": "month", "month_days": [31]}, "no_month_day"),
        ({"every": "month", "month_days": [0, 5]}, "no_month_day"),
        ({"every": "days", "n": 1}, "days_range"),
        ({"every": "days", "n": True}, "days_range"),
        ({"every": "day", "times": ["25:00"]}, "times"),
        ({"every": "day", "times": ["8:00", "08:00"]}, "times"),
        ({"every": "day", "times": ["08:00", "08:00"]}, "times_twice"),
    ],
)
def test_rhythms_that_nobody_could_keep_are_refused(kept, code):
    with pytest.raises(CannotKeepRhythm) as refused:
        rhythm_of(kept)
    assert refused.value.code == code
    assert str(refused.value)


def wrong(normal, faster=None, hours=12, **more):
    return [one.code for one in rhythm.contradictions(normal, faster, open_hours=hours, **more)]


def test_rhythms_that_contradict_are_named():
    daily, weekly = Rhythm("day"), rhythm_of({"every": "week", "weekdays": [0]})
    twice = Rhythm("day", times=(time(8), time(20)))
    thrice = Rhythm("day", times=(time(8), time(12), time(20)))
    assert wrong(daily) == wrong(weekly, daily) == wrong(twice) == []
    assert wrong(weekly, hours=100) == [], "a round a week may be open for four days"
    assert wrong(daily, weekly) == ["period_slower"]
    assert wrong(thrice, hours=6) == ["too_close"]
    assert wrong(twice, hours=13) == ["too_close"], "over the night too"
    assert wrong(weekly, daily, is_of_matters=True) == ["desk_faster"]


def test_the_stricter_of_two_asks_more_often():
    monthly, weekly = Rhythm("month", month_days=(1,)), Rhythm("week", weekdays=(0,))
    assert rhythm.stricter(monthly, None, weekly) == weekly
    assert rhythm.stricter(weekly, monthly) == weekly
