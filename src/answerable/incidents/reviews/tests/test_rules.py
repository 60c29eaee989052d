"""What a response is measured by: arithmetic that anybody can check, and nothing about a person."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.reviews import rules
from answerable.incidents.reviews.rules import Chase, Figures, Had, Outcome

T0 = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def had(due: float | None = 30, ended: float | None = 20, *, left_out: bool = False) -> Had:
    """A task set at T0, due and ended so many minutes later."""
    at = [None if one is None else T0 + timedelta(minutes=one) for one in (due, ended)]
    return Had("dykes", "巡堤", "Walk the dykes", T0, at[0], at[1], "safety", left_out)


@pytest.mark.parametrize(
    ("row", "outcome", "over"),
    [
        (had(30, 20), Outcome.IN_TIME, None),
        (had(30, 30), Outcome.IN_TIME, None),
        (had(30, 30.01), Outcome.LATE, 1),
        (had(30, 75), Outcome.LATE, 45),
        (had(30, None), Outcome.NOT_DONE, None),
        (had(30, 99, left_out=True), Outcome.LEFT_OUT, None),
        (had(None, 99), Outcome.NO_TARGET, None),
        (had(None, None), Outcome.NOT_DONE, None),
    ],
)
def test_the_instant_of_the_target_is_still_in_time(row, outcome, over):
    (one,) = rules.measured([row], until=T0 + timedelta(hours=3))
    assert (one.outcome, one.over_min) == (outcome, over)


@pytest.mark.parametrize(("pace", "target", "actual"), [(1, 30, 20), (10, 300, 200)])
def test_minutes_are_those_of_the_incident_and_not_of_the_wall(pace, target, actual):
    (one,) = rules.measured([had(30, 20)], until=T0, pace=pace)
    assert (one.target_min, one.actual_min) == (target, actual)


@given(st.lists(st.tuples(st.none() | st.integers(1, 99), st.none() | st.integers(0, 99), st.booleans())))
def test_every_task_is_counted_once_and_none_is_moved(rows):
    given_ = [had(due, ended, left_out=out) for due, ended, out in rows]
    found = rules.measured(given_, until=T0 + timedelta(hours=9))
    counted = rules.tally(found)
    assert counted.total == len(rows)
    assert counted.with_target == counted.in_time + counted.late + counted.not_done
    assert [one.target_min for one in found] == [due for due, _ended, _out in rows]


@given(st.lists(st.tuples(st.none() | st.integers(1, 99), st.none() | st.integers(0, 99)), max_size=6))
def test_what_is_frozen_reads_back_the_same(rows):
    some = rules.measured([had(*row) for row in rows], until=T0)
    figures = Figures(3, 4, None, tasks=some, roles=some[:1], reports=[], events=some[1:])
    assert Figures.from_record(json.loads(json.dumps(figures.as_record()))) == figures


def test_no_figure_names_or_ranks_a_person():
    for kind in (Had, rules.Measured, Figures, rules.Tally):
        assert not {one.name for one in fields(kind)} & {"staff", "person", "name", "by", "rank", "score"}


@pytest.mark.parametrize(
    ("days", "reminded", "told", "wanted"),
    [
        (-4, False, False, Chase.NOTHING),
        (-3, False, False, Chase.REMIND),
        (-1, False, False, Chase.REMIND),
        (-1, True, False, Chase.NOTHING),
        (0, True, False, Chase.NOTHING),
        (1, True, False, Chase.LATE),
        (1, False, False, Chase.LATE),
        (40, True, True, Chase.NOTHING),
    ],
)
def test_a_lesson_is_reminded_before_and_raised_after_the_day_once_each(days, reminded, told, wanted):
    due = date(2026, 3, 20)
    today = due + timedelta(days=days)
    assert rules.chase(due, today, is_reminded=reminded, is_late_told=told) is wanted


def test_personal_data_stay_for_the_days_of_the_plan_and_no_longer():
    until = rules.personal_data_until(date(2026, 3, 2), 30)
    assert until == date(2026, 4, 1)
    assert not rules.is_to_be_destroyed(until, until)
    assert rules.is_to_be_destroyed(until, until + timedelta(days=1))
