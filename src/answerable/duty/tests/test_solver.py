"""The solver: it keeps every hard rule, shares evenly where counting allows, and says why where nothing goes."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.duty.solver import conflicts, fairness, hard
from answerable.duty.solver.model import Search
from answerable.duty.solver.problem import (
    PersonAsked,
    Problem,
    ShiftAsked,
    as_json,
    filling_from_json,
    from_json,
)

FIRST = date(2026, 5, 4)  # a Monday
LEADER, STAFF, DRIVER = 1, 2, 3


def at(day: int, hour: int = 0) -> int:
    on = FIRST + timedelta(days=day)
    return int(datetime(on.year, on.month, on.day, hour, tzinfo=UTC).timestamp()) // 60


def shift(day: int, needs: dict[int, int], *, hours: tuple[int, int] = (8, 32), **more: bool) -> ShiftAsked:
    on = FIRST + timedelta(days=day)
    return ShiftAsked(
        at(day, 0) + hours[0] * 60,
        at(day, 0) + hours[1] * 60,
        on,
        needs,
        is_weekend=on.weekday() >= 5,
        **more,
    )


def everyone(role: int, count: int, days: int, first: int = 1, **more: object) -> list[PersonAsked]:
    return [PersonAsked(first + n, {role: tuple(range(days))}, **more) for n in range(count)]


def solve(problem: Problem, seconds: float = 10):
    return Search(problem, seconds=seconds, threads=1, clock=time.monotonic).run()


def town(days: int) -> Problem:
    shifts = tuple(shift(n, {LEADER: 1, STAFF: 3, DRIVER: 1}) for n in range(days))
    people = [
        *everyone(LEADER, 9, days),
        *everyone(STAFF, 39, days, 10),
        *everyone(DRIVER, 7, days, 49),
    ]
    people[12] = PersonAsked(13, {STAFF: tuple(range(days))}, away=((at(2), at(9)),))
    return Problem(shifts, tuple(people))


def test_a_towns_month_is_as_even_as_counting_allows():
    problem = town(31)
    answer = solve(problem)
    assert (answer.state, answer.is_even, answer.is_proven) == ("done", True, True)
    assert hard.check(problem, answer.filling) == []
    proved = fairness.proof(problem, answer.filling)
    assert fairness.is_best(proved)
    leaders = proved["groups"][0]
    assert (leaders["kinds"]["all"]["least"], leaders["kinds"]["all"]["most"]) == (3, 4)  # 31 turns among 9


def test_part_time_and_what_is_carried_shift_the_counts():
    days = 20
    people = (
        PersonAsked(1, {STAFF: tuple(range(days))}),
        PersonAsked(2, {STAFF: tuple(range(days))}, carried={"all": 200}),
        PersonAsked(3, {STAFF: tuple(range(days))}),
        PersonAsked(4, {STAFF: tuple(range(days))}, share=50),
    )
    problem = Problem(tuple(shift(n, {STAFF: 1}) for n in range(days)), people)
    answer = solve(problem)
    counts = fairness.counts(problem, answer.filling, "all")
    assert counts[2] < counts[1]
    assert counts[4] < counts[1]
    assert fairness.is_best(fairness.proof(problem, answer.filling))


def test_wishes_are_granted_where_they_cost_no_evenness():
    day = FIRST + timedelta(days=3)
    people = everyone(STAFF, 4, 8)
    people[0] = PersonAsked(1, people[0].may, wishes={day: -5})
    people[1] = PersonAsked(2, people[1].may, wishes={day: 3})
    problem = Problem(tuple(shift(n, {STAFF: 1}) for n in range(8)), tuple(people))
    answer = solve(problem)
    assert answer.filling[3, STAFF] == (2,)
    assert (answer.wishes, answer.is_proven) == (3, True)


def test_after_an_absence_as_few_as_possible_change():
    problem = town(14)
    before = solve(problem).filling
    (ill,) = before[5, LEADER]
    people = tuple(
        PersonAsked(p.id, p.may, away=(*p.away, (at(5), at(6)))) if p.id == ill else p for p in problem.people
    )
    again = Problem(problem.shifts, people, stands=before)
    answer = solve(again)
    changed = sum(len(set(before[cell]) - set(answer.filling[cell])) for cell in before)
    assert (changed, answer.changes) == (1, 1)
    assert ill not in answer.filling[5, LEADER]


def test_shifts_that_have_begun_stay_as_they_were_stood_even_against_the_rules():
    people = tuple(everyone(STAFF, 3, 4))
    problem = Problem(
        tuple(shift(n, {STAFF: 1}) for n in range(4)),
        people,
        settled=frozenset({0, 1}),
        fixed={(0, STAFF): (1,), (1, STAFF): (1,)},
    )
    answer = solve(problem)
    assert answer.filling[0, STAFF] == answer.filling[1, STAFF] == (1,)
    assert answer.filling[2, STAFF] != (1,)
    assert hard.check(problem, answer.filling) == []


def test_where_nobody_is_free_each_person_is_named_with_the_reason():
    people = (
        PersonAsked(1, {DRIVER: (0, 1)}, away=((at(1, 8), at(1, 20)),)),
        PersonAsked(2, {DRIVER: (0, 1)}, busy=((at(2, 8) + 120, at(2, 8) + 600),)),
        PersonAsked(3, {DRIVER: (0, 1)}, busy=((at(1, 0), at(1, 12)),)),
    )
    problem = Problem((shift(0, {DRIVER: 1}), shift(1, {DRIVER: 1})), people)
    assert solve(problem).state == "impossible"
    (why,) = conflicts.conflicts(problem, seconds=5, clock=time.monotonic)
    assert why.cells == ((1, DRIVER, 1),)
    assert {one.person: one.codes for one in why.people} == {1: ("away",), 2: ("rest",), 3: ("elsewhere",)}


def test_rules_in_conflict_are_a_set_from_which_none_can_be_left_out():
    """Two drivers for two days in a row, one of them away on the second; nine other days have no part in it."""
    shifts = (*(shift(n, {DRIVER: 1}) for n in range(2)), *(shift(n, {LEADER: 1}) for n in range(2, 11)))
    people = (
        PersonAsked(1, {DRIVER: (0, 1)}, away=((at(1), at(3)),)),
        PersonAsked(2, {DRIVER: (0, 1)}),
        PersonAsked(3, {DRIVER: (0,)}, away=((at(0), at(1)),)),
        *everyone(LEADER, 3, 11, 10),
    )
    problem = Problem(shifts, people)
    (why,) = conflicts.conflicts(problem, seconds=10, clock=time.monotonic)
    assert why.cells == ((0, DRIVER, 1), (1, DRIVER, 1))
    reasons = {one.person: one.codes for one in why.people}
    assert reasons[1] == ("away",)
    assert reasons[3] == ("away",)
    assert reasons[2] in (("rest",), ("row",))


# ---------------------------------------------------------------- properties


MOST_FILLINGS = 2000


@st.composite
def small(draw):
    days = draw(st.integers(2, 5))
    count = draw(st.integers(3, 5))
    needs: list[int] = []
    for _day in range(days):
        # `every_filling` tries them all: what can be drawn must not be more than a second of that.
        fillings = math.prod(math.comb(count, need) for need in needs)
        is_few = fillings * math.comb(count, 2) * count ** (days - len(needs) - 1) <= MOST_FILLINGS
        needs.append(draw(st.integers(1, 2 if is_few else 1)))
    shifts = tuple(shift(n, {STAFF: need}) for n, need in enumerate(needs))
    people = []
    for n in range(count):
        away = ()
        if draw(st.booleans()):
            start = draw(st.integers(0, days - 1))
            away = ((at(start, 10), at(start, 11)),)
        may = tuple(sorted(draw(st.sets(st.integers(0, days - 1), min_size=1))))
        people.append(
            PersonAsked(
                n + 1,
                {STAFF: may},
                share=draw(st.sampled_from([100, 100, 50])),
                away=away,
                carried={"all": draw(st.sampled_from([0, 0, 100, -150]))},
            )
        )
    apart = ((1, 2),) if draw(st.booleans()) else ()
    return Problem(
        shifts,
        tuple(people),
        apart=apart,
        most_a_week=draw(st.integers(1, 3)),
        most_in_a_row=draw(st.integers(1, 2)),
        rest_min=draw(st.sampled_from([0, 11 * 60])),
    )


def every_filling(problem: Problem):
    """All fillings that cover every need, by brute force."""
    ids = [person.id for person in problem.people]
    cells = list(problem.needs())
    for chosen in itertools.product(*(itertools.combinations(ids, count) for _i, _r, count in cells)):
        yield {(index, role): who for (index, role, _n), who in zip(cells, chosen, strict=True)}


@settings(max_examples=40)
@given(small())
def test_what_is_found_keeps_the_rules_and_what_is_impossible_is_so(problem):
    allowed = [f for f in every_filling(problem) if not hard.check(problem, f)]
    answer = solve(problem, 5)
    assert answer.state == ("done" if allowed else "impossible")
    assert from_json(json.loads(json.dumps(as_json(problem)))) == problem
    if not allowed:
        assert conflicts.conflicts(problem, seconds=5, clock=time.monotonic)
        return
    assert hard.check(problem, answer.filling) == []
    for group in fairness.groups(problem):
        best = min(fairness.spread(problem, one, group, "all") for one in allowed)
        assert fairness.bound(problem, group, "all").spread <= best


@settings(max_examples=60)
@given(st.lists(st.integers(-300, 300), min_size=1, max_size=4), st.integers(0, 6))
def test_no_way_of_handing_out_turns_is_more_even_than_the_bound(starts, turns):
    best = fairness.level(starts, turns)
    reached = []
    for given_to in itertools.combinations_with_replacement(range(len(starts)), turns):
        ends = [start + 100 * given_to.count(n) for n, start in enumerate(starts)]
        reached.append((max(ends) - min(ends), min(ends), max(ends)))
    assert best.spread == min(spread for spread, _low, _high in reached)
    assert best.low == max(low for _spread, low, _high in reached)
    assert best.high == min(high for _spread, _low, high in reached)


# ---------------------------------------------------------------- the process


@pytest.fixture
def asked():
    problem = town(10)
    return problem, json.dumps({"problem": as_json(problem), "seconds": 20, "threads": 1})


def test_the_process_tells_each_better_roster_and_gives_one_answer(asked):
    problem, question = asked
    run = subprocess.run(
        [sys.executable, "-m", "answerable.duty.solver"],
        input=question,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert lines[-1]["state"] == "done"
    assert lines[-1]["is_even"]
    assert all("stage" in line and line["found"] for line in lines)
    assert hard.check(problem, filling_from_json(lines[-1]["found"])) == []
