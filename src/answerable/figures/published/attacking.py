"""Tries to work out of published tables what they do not show: every number bounded as narrowly as they allow. Pure.

The attacker has all tables of all periods at once, knows the rows and how they lie in one another, that nothing is
negative, and that the parts of a count add up to it. Each unknown's least and greatest value are found by linear
programming. No edition is released before this has been tried on it; the tests try it too, and show that it finds the
small numbers as soon as rows are not laid together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from answerable.figures.published.suppression import LEAST, ROOT, Family, Shown, Table


class Cell(NamedTuple):
    """What is counted in one row by itself, in one period."""

    period: str
    row: int
    measure: str


@dataclass(frozen=True)
class Release:
    """What was published of one table in one period."""

    period: str
    table: Table
    shown: Sequence[Shown]


@dataclass(frozen=True)
class Finding:
    """A number that follows too exactly: `what` (a sum of cells) lies from `least` to `most`."""

    what: tuple[Cell, ...]
    least: int
    most: int


class OutOfTime(Exception):
    """The attack was stopped before it had tried everything: it says nothing."""


Equation = tuple[frozenset[Cell], int]
#: Asked between two steps, whether time is up.
IsOver = Callable[[], bool]


def never() -> bool:
    return False


@dataclass
class System:
    """Sums of cells that are known; `wholes` says which cells are the parts of which."""

    sums: list[Equation] = field(default_factory=list)
    wholes: dict[Cell, list[tuple[Cell, ...]]] = field(default_factory=dict)
    known: dict[Cell, int] = field(default_factory=dict)

    def cells(self) -> Iterator[Cell]:
        seen: set[Cell] = set()
        for cells, _ in self.sums:
            seen |= cells
        for whole, families in self.wholes.items():
            seen.add(whole)
            for parts in families:
                seen.update(parts)
        yield from sorted(seen)


def rows_in(table: Table, member: int) -> frozenset[int]:
    """The rows whose own counts a published line adds up."""
    if member == ROOT:
        return frozenset(row.id for row in table.rows)
    if member < 0:
        return frozenset({-member})
    found = {member}
    for row in table.rows:  # parents stand before what lies in them
        if row.parent in found:
            found.add(row.id)
    return frozenset(found)


def system_of(releases: Sequence[Release], years: Sequence[tuple[Release, Sequence[str]]] = ()) -> System:
    """All that the releases say. `years`: releases that add up periods (their names), in the same rows."""
    made = System()
    for release in releases:
        for shown in release.shown:
            _say(made, release, shown, (release.period,))
            if shown.family.parts:
                _tie(made, release, shown.family)
    for release, periods in years:
        for shown in release.shown:
            _say(made, release, shown, periods)
            if shown.family.parts:
                for period in periods:
                    _tie(made, Release(period, release.table, ()), shown.family)
    return made


def _say(made: System, release: Release, shown: Shown, periods: Sequence[str]) -> None:
    if shown.total is None:
        return
    lines = [((ROOT,), shown.total), *((group.members, group.counts) for group in shown.groups)]
    for members, counts in lines:
        rows = frozenset().union(*(rows_in(release.table, member) for member in members))
        for measure in shown.family.measures:
            cells = frozenset(Cell(period, row, measure) for period in periods for row in rows)
            made.sums.append((cells, counts[measure]))


def _tie(made: System, release: Release, family: Family) -> None:
    for row in release.table.rows:
        whole = Cell(release.period, row.id, family.whole)
        parts = tuple(Cell(release.period, row.id, part) for part in family.parts)
        families = made.wholes.setdefault(whole, [])
        if parts not in families:
            families.append(parts)


def attack(system: System, *, is_over: IsOver = never) -> list[Finding]:
    """Every cell, and every rest beside a part, that is bounded more narrowly than LEAST without being harmless.

    Raises OutOfTime.
    """
    targets = list(_targets(system))
    bounds = bounds_of(system, targets, enough=LEAST, is_over=is_over)
    return [
        Finding(what, least, most)
        for what, (least, most) in zip(targets, bounds, strict=True)
        if most - least < LEAST and not (least == most and (least == 0 or least >= LEAST))
    ]


def _targets(system: System) -> Iterator[tuple[Cell, ...]]:
    for cell in system.cells():
        yield (cell,)
    for families in system.wholes.values():
        for parts in families:
            if len(parts) > 2:
                for part in parts:
                    yield tuple(one for one in parts if one != part)


def bounds_of(
    system: System,
    targets: Sequence[tuple[Cell, ...]],
    *,
    enough: float = math.inf,
    is_over: IsOver = never,
) -> list[tuple[int, int]]:
    """The least and the greatest value of each sum of cells that everything known allows, in whole numbers.

    Where they lie `enough` apart it does not matter by how much more: what is given then are values between them.
    """
    known, sums, wholes = _settled(system)
    found: dict[int, tuple[int, int]] = {}
    parts = _components(sums, wholes)
    home = {cell: at for at, (cells, _, _) in enumerate(parts) for cell in cells}
    asked: dict[int, list[tuple[int, tuple[Cell, ...], int]]] = {}
    for number, what in enumerate(targets):
        fixed = sum(known[cell] for cell in what if cell in known)
        free = tuple(cell for cell in what if cell not in known)
        if not free:
            found[number] = (fixed, fixed)
        elif any(cell not in home for cell in free):
            found[number] = (fixed, math.inf)  # type: ignore[assignment]  # nothing is said of it at all
        else:
            homes = {home[cell] for cell in free}
            if len(homes) > 1:
                raise ValueError("A sum over cells that have nothing to do with each other.")
            asked.setdefault(homes.pop(), []).append((number, free, fixed))
    for at, questions in asked.items():
        found |= _solve(*parts[at], questions, enough, is_over)
    return [found[number] for number in range(len(targets))]


Linear = list[tuple[dict[Cell, int], int]]


def _apart(sums: Iterable[Equation]) -> list[tuple[set[Cell], int]]:
    """The same sums with every smaller one that lies in a larger one taken off it.

    Nothing is lost by it, and most tables fall apart into small groups that have nothing to do with one another: a
    body's total less all lines on it says nothing more. Without this, fifty rows took a minute.
    """
    found: list[tuple[set[Cell], int]] = []
    holding: dict[Cell, list[int]] = {}
    for cells, value in sorted(sums, key=lambda one: (len(one[0]), sorted(one[0]))):
        left, rest = set(cells), value
        inside = Counter(at for cell in cells for at in holding.get(cell, ()))
        for at in sorted(inside, reverse=True):
            smaller, number = found[at]
            if inside[at] == len(smaller) and smaller <= left:
                left -= smaller
                rest -= number
        if left:
            for cell in left:
                holding.setdefault(cell, []).append(len(found))
            found.append((left, rest))
        elif rest:
            raise ValueError("The published tables contradict each other.")
    return found


def _settled(system: System) -> tuple[dict[Cell, int], list[tuple[set[Cell], int]], Linear]:
    """What follows at once: a sum of one cell, and a sum of nothing."""
    known = dict(system.known)
    sums = _apart(dict.fromkeys(system.sums))
    ties: Linear = [
        ({whole: -1} | dict.fromkeys(parts, 1), 0)
        for whole, all_parts in system.wholes.items()
        for parts in all_parts
    ]
    moved = True
    while moved:
        moved = False
        kept: list[tuple[set[Cell], int]] = []
        for cells, value in sums:
            rest = value - sum(known[cell] for cell in cells if cell in known)
            free = {cell for cell in cells if cell not in known}
            if free and (rest == 0 or len(free) == 1):
                known |= dict.fromkeys(free, 0) if rest == 0 else {free.pop(): rest}
                moved = True
            elif free:
                kept.append((free, rest))
        sums = kept
        left: Linear = []
        for weights, value in ties:
            rest = value - sum(weight * known[cell] for cell, weight in weights.items() if cell in known)
            open_ = {cell: weight for cell, weight in weights.items() if cell not in known}
            if len(open_) == 1:
                ((cell, weight),) = open_.items()
                known[cell] = rest * weight
                moved = True
            elif open_ and rest == 0 and len(set(open_.values())) == 1:
                known |= dict.fromkeys(open_, 0)
                moved = True
            elif open_:
                left.append((open_, rest))
        ties = left
    return known, sums, ties


Component = tuple[set[Cell], list[tuple[set[Cell], int]], Linear]


def _components(sums: list[tuple[set[Cell], int]], ties: Linear) -> list[Component]:
    """Cells that have to do with each other, and what is known of them."""
    lead: dict[Cell, Cell] = {}

    def find(cell: Cell) -> Cell:
        lead.setdefault(cell, cell)
        while lead[cell] != cell:
            lead[cell] = lead[lead[cell]]
            cell = lead[cell]
        return cell

    for cells in [*(cells for cells, _ in sums), *(set(weights) for weights, _ in ties)]:
        first, *rest = cells
        for other in rest:
            lead[find(other)] = find(first)
        find(first)
    found: dict[Cell, Component] = {}
    for cell in lead:
        found.setdefault(find(cell), (set(), [], []))[0].add(cell)
    for one in sums:
        found[find(next(iter(one[0])))][1].append(one)
    for tie in ties:
        found[find(next(iter(tie[0])))][2].append(tie)
    return list(found.values())


Question = tuple[int, tuple[Cell, ...], int]


def _solve(
    cells: set[Cell],
    sums: list[tuple[set[Cell], int]],
    ties: Linear,
    questions: list[Question],
    enough: float,
    is_over: IsOver,
) -> dict[int, tuple[int, int]]:
    """Least and greatest by linear programming; rounded inwards, as counts are whole.

    Each solution is a whole table that says the same as what is published. So it is held against all questions that are
    still open: most are far enough apart before they are asked themselves.
    """
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    infinity = solver.infinity()
    unknown = {cell: solver.NumVar(0, infinity, "") for cell in sorted(cells)}
    linear: list[tuple[Mapping[Cell, int], int]] = [(dict.fromkeys(group, 1), value) for group, value in sums]
    for weights, value in [*linear, *ties]:
        row = solver.Constraint(value, value)
        for cell, weight in weights.items():
            row.SetCoefficient(unknown[cell], weight)
    goal = solver.Objective()
    ranges: dict[int, list[float]] = {number: [math.inf, -math.inf] for number, _, _ in questions}
    open_ = {number: [unknown[cell] for cell in free] for number, free, _ in questions}

    def seen() -> None:
        for number, variables in list(open_.items()):
            at, ends = sum(one.solution_value() for one in variables), ranges[number]
            ends[0], ends[1] = min(ends[0], at), max(ends[1], at)
            if _inwards(ends)[1] - _inwards(ends)[0] >= enough:
                del open_[number]

    for number, _, _ in questions:
        for upward in (False, True):
            if number not in open_:
                break
            if is_over():
                raise OutOfTime
            goal.Clear()
            for variable in open_[number]:
                goal.SetCoefficient(variable, 1)
            goal.SetOptimizationDirection(upward)
            status = solver.Solve()
            if status == pywraplp.Solver.OPTIMAL:
                seen()
            elif upward and status in (pywraplp.Solver.UNBOUNDED, pywraplp.Solver.INFEASIBLE):
                ranges[number][1] = (
                    math.inf
                )  # nothing is negative, so there was a least one: it is free above
            else:
                raise ValueError("The published tables contradict each other.")
    found = {}
    for number, _, fixed in questions:
        least, most = _inwards(ranges[number])
        found[number] = (least + fixed, most + fixed)
    return found  # type: ignore[return-value]


def _inwards(ends: Sequence[float]) -> tuple[float, float]:
    least, most = ends
    return (
        least if math.isinf(least) else math.ceil(least - 1e-6),
        most if math.isinf(most) else math.floor(most + 1e-6),
    )
