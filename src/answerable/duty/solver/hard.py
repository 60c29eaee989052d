"""The hard rules of a roster, said twice from one place: as a plain check of a filling, and for the search. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from answerable.duty.solver.problem import Filling, PersonAsked, Problem, Span, overlaps, span, too_close


@dataclass(frozen=True)
class Broken:
    """A rule that a filling breaks: `code`, in which cell, by whom. `missing` where too few stand there.

    `shift` and `role` say where it shows; `other` is the second person or the second shift it is about.
    """

    code: str
    shift: int
    role: int | None = None
    person: int | None = None
    other: int | None = None
    missing: int = 0


def blocked(problem: Problem, person: PersonAsked, shift: int) -> str | None:
    """Why a person cannot stand a shift whatever else they stand: away, on duty elsewhere, too little rest."""
    at = span(problem.shifts[shift])
    if any(overlaps(at, one) for one in person.away):
        return "away"
    if any(overlaps(at, one) for one in person.busy):
        return "elsewhere"
    if any(_short_rest(at, one, person, n, problem.rest_min) for n, one in enumerate(person.busy)):
        return "rest"
    return None


def _short_rest(at: Span, other: Span, person: PersonAsked, n: int, rest_min: int) -> bool:
    """Whether there is too little rest between a shift and a duty elsewhere: the earlier one's line says how much."""
    if other[1] <= at[0]:
        return at[0] - other[1] < (person.rests[n] if n < len(person.rests) else rest_min)
    return other[0] - at[1] < rest_min


def close_pairs(problem: Problem) -> list[tuple[int, int]]:
    """Pairs of shifts that nobody can stand both of: they overlap, or leave too little rest between them."""
    order = sorted(range(len(problem.shifts)), key=lambda n: problem.shifts[n].from_at)
    found = []
    for place, one in enumerate(order):
        end = problem.shifts[one].until_at + problem.rest_min
        for other in order[place + 1 :]:
            if problem.shifts[other].from_at >= end:
                break
            found.append((min(one, other), max(one, other)))
    return found


def week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def windows(problem: Problem) -> Iterator[tuple[date, ...]]:
    """Every run of days of which one must be free of duty."""
    if not problem.shifts:
        return
    length = problem.most_in_a_row + 1
    first = min(shift.on for shift in problem.shifts) - timedelta(days=length - 1)
    last = max(shift.on for shift in problem.shifts)
    day = first
    while day <= last:
        yield tuple(day + timedelta(days=n) for n in range(length))
        day += timedelta(days=1)


def check(problem: Problem, filling: Filling) -> list[Broken]:
    """Every rule that the filling breaks, cell by cell; empty: it can be published."""
    stands: dict[int, list[tuple[int, int]]] = {}
    for (index, role), ids in sorted(filling.items()):
        for one in ids:
            stands.setdefault(one, []).append((index, role))
    found = list(_cover(problem, filling))
    for one, turns in stands.items():
        found += _of_person(problem, one, sorted(turns))
    found += _apart(problem, stands)
    # What has begun was stood as it was; only what is still to come is checked.
    found = [one for one in found if one.shift not in problem.settled]
    return sorted(found, key=lambda b: (b.shift, b.role or 0, b.code, b.person or 0))


def of_person(problem: Problem, filling: Filling, one: int) -> list[Broken]:
    """The rules that one person breaks in a filling, as `check` would name them."""
    turns = [(index, role) for (index, role), ids in filling.items() if one in ids]
    stands: dict[int, list[tuple[int, int]]] = {one: turns}
    for pair in problem.apart:
        for other in pair:
            if one in pair and other != one:
                stands[other] = [cell for cell, ids in filling.items() if other in ids]
    found = [*_of_person(problem, one, sorted(turns)), *_apart(problem, stands)]
    return [b for b in found if b.shift not in problem.settled]


def _cover(problem: Problem, filling: Filling) -> Iterator[Broken]:
    for index, role, count in problem.needs():
        stand = len(filling.get((index, role), ()))
        if stand < count:
            yield Broken("gap", index, role, missing=count - stand)
        elif stand > count:
            yield Broken("too_many", index, role)
    for (index, role), ids in filling.items():
        if ids and not problem.shifts[index].needs.get(role):
            yield Broken("too_many", index, role)


def _of_person(problem: Problem, one: int, turns: list[tuple[int, int]]) -> Iterator[Broken]:
    person = problem.by_id.get(one)
    if person is None:
        yield from (Broken("may_not", index, role, one) for index, role in turns)
        return
    seen: set[int] = set()
    for index, role in turns:
        if index not in person.may.get(role, ()):
            yield Broken("may_not", index, role, one)
        why = blocked(problem, person, index)
        if why:
            yield Broken(why, index, role, one)
        if index in seen:
            yield Broken("twice", index, role, one)
        seen.add(index)
    role_at = dict(turns)
    for first in seen:
        for second in seen:
            a, b = problem.shifts[first], problem.shifts[second]
            if (a.from_at, first) < (b.from_at, second) and too_close(span(a), span(b), problem.rest_min):
                code = "overlap" if overlaps(span(a), span(b)) else "rest"
                yield Broken(code, second, role_at[second], one, other=first)
    yield from _counted(problem, person, sorted(seen, key=lambda n: problem.shifts[n].from_at), role_at)


def _counted(
    problem: Problem, person: PersonAsked, shifts: list[int], role_at: dict[int, int]
) -> Iterator[Broken]:
    """In a row, a week, a month: shown at the turn that is one too many."""
    days = {problem.shifts[index].on for index in shifts} | set(person.near)
    weeks: dict[tuple[int, int], int] = {}
    months: dict[tuple[int, int], int] = {}
    for day in person.near:
        weeks[week(day)] = weeks.get(week(day), 0) + 1
        months[day.year, day.month] = months.get((day.year, day.month), 0) + 1
    for index in shifts:
        day = problem.shifts[index].on
        run = 1
        while day - timedelta(days=run) in days:
            run += 1
        after = 0
        while day + timedelta(days=after + 1) in person.near:
            after += 1
        if run + after > problem.most_in_a_row:
            yield Broken("row", index, role_at[index], person.id)
        weeks[week(day)] = weeks.get(week(day), 0) + 1
        if weeks[week(day)] > problem.most_a_week:
            yield Broken("week", index, role_at[index], person.id)
        months[day.year, day.month] = months.get((day.year, day.month), 0) + 1
        if person.most_a_month is not None and months[day.year, day.month] > person.most_a_month:
            yield Broken("month", index, role_at[index], person.id)


def _apart(problem: Problem, stands: dict[int, list[tuple[int, int]]]) -> Iterator[Broken]:
    for one, other in problem.apart:
        there = dict(stands.get(other, ()))
        for index, role in stands.get(one, ()):
            if index in there:
                yield Broken("apart", index, role, one, other=other)
