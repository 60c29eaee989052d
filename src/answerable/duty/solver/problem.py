"""What the solver is asked: shifts and who they need, people and what they can. Pure, and plain JSON outside.

Instants are whole minutes since 1970, UTC: a day of 23 or 25 hours needs no thought here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

#: What is shared out evenly, in the order in which it counts.
KINDS = ("all", "holidays", "weekends", "nights")

#: Who stands which shift in which role: (index of the shift, role) -> people.
Filling = dict[tuple[int, int], tuple[int, ...]]
Span = tuple[int, int]


@dataclass(frozen=True)
class ShiftAsked:
    """A shift to be filled; `needs`: how many of each role."""

    from_at: int
    until_at: int
    on: date
    needs: Mapping[int, int]
    is_night: bool = False
    is_weekend: bool = False
    is_holiday: bool = False

    def counts_as(self) -> tuple[str, ...]:
        """The kinds under which a turn on it counts."""
        marks = {"holidays": self.is_holiday, "weekends": self.is_weekend, "nights": self.is_night}
        return tuple(kind for kind in KINDS if marks.get(kind, True))


@dataclass(frozen=True)
class PersonAsked:
    """`may`: role -> the shifts (by index) that they may stand in it, leaving absence and other duties aside.

    `share`: hundredths of a full part of this period, for part time and for joining or leaving in it.
    `carried`: by kind, hundredths of a turn above (or below) their part, from earlier rosters.
    `near`: days on which they stand this line just before or after the period, for what is counted across its ends.
    """

    id: int
    may: Mapping[int, tuple[int, ...]]
    share: int = 100
    most_a_month: int | None = None
    away: tuple[Span, ...] = ()
    busy: tuple[Span, ...] = ()
    #: Of each of `busy`, the rest that its own line wants after it; where not given, what this line wants.
    rests: tuple[int, ...] = ()
    near: tuple[date, ...] = ()
    carried: Mapping[str, int] = field(default_factory=dict)
    #: Day -> weight; negative to be spared.
    wishes: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    shifts: tuple[ShiftAsked, ...]
    people: tuple[PersonAsked, ...]
    apart: tuple[tuple[int, int], ...] = ()
    rest_min: int = 11 * 60
    most_in_a_row: int = 1
    most_a_week: int = 3
    #: What stands now; where given, as little of it as possible changes.
    stands: Filling | None = None
    #: Shifts that have begun, or were settled by hand: who stands them (`fixed`) counts, and is not asked about again.
    settled: frozenset[int] = frozenset()
    fixed: Filling = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[int, PersonAsked]:
        return {person.id: person for person in self.people}

    @cached_property
    def slots(self) -> dict[int, int]:
        """How many turns each role has in all."""
        found: dict[int, int] = {}
        for shift in self.shifts:
            for role, count in shift.needs.items():
                found[role] = found.get(role, 0) + count
        return found

    @cached_property
    def stood(self) -> dict[int, frozenset[int]]:
        """The settled shifts that each person stands."""
        found: dict[int, set[int]] = {}
        for (index, _role), ids in self.fixed.items():
            for one in ids:
                found.setdefault(one, set()).add(index)
        return {one: frozenset(shifts) for one, shifts in found.items()}

    def needs(self) -> Iterable[tuple[int, int, int]]:
        """(shift, role, how many), in order, of what is still to be filled."""
        for index, shift in enumerate(self.shifts):
            if index in self.settled:
                continue
            for role, count in sorted(shift.needs.items()):
                if count:
                    yield index, role, count


def overlaps(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def too_close(one: Span, other: Span, rest: int) -> bool:
    """Whether there is less than `rest` between the two; also where they overlap."""
    return one[0] < other[1] + rest and other[0] < one[1] + rest


def span(shift: ShiftAsked) -> Span:
    return shift.from_at, shift.until_at


def filling_as_json(filling: Filling) -> list[list[Any]]:
    return [[shift, role, list(ids)] for (shift, role), ids in sorted(filling.items())]


def filling_from_json(rows: Iterable[Any]) -> Filling:
    return {(int(shift), int(role)): tuple(int(one) for one in ids) for shift, role, ids in rows}


def as_json(problem: Problem) -> dict[str, Any]:
    """The question as JSON values; `from_json` gives the same question again."""
    shifts = [
        asdict(s) | {"on": s.on.isoformat(), "needs": [[r, n] for r, n in sorted(s.needs.items())]}
        for s in problem.shifts
    ]
    people = [
        asdict(p)
        | {
            "may": [[role, list(at)] for role, at in sorted(p.may.items())],
            "near": [day.isoformat() for day in p.near],
            "carried": dict(p.carried),
            "wishes": [[day.isoformat(), weight] for day, weight in sorted(p.wishes.items())],
        }
        for p in problem.people
    ]
    return {
        "shifts": shifts,
        "people": people,
        "apart": [list(pair) for pair in problem.apart],
        "rest_min": problem.rest_min,
        "most_in_a_row": problem.most_in_a_row,
        "most_a_week": problem.most_a_week,
        "settled": sorted(problem.settled),
        "stands": None if problem.stands is None else filling_as_json(problem.stands),
        "fixed": filling_as_json(problem.fixed),
    }


def from_json(read: Mapping[str, Any]) -> Problem:
    """Raises KeyError, TypeError or ValueError on anything that `as_json` did not write."""
    shifts = tuple(
        ShiftAsked(**(row | {"on": date.fromisoformat(row["on"]), "needs": dict(row["needs"])}))
        for row in read["shifts"]
    )
    return Problem(
        shifts=shifts,
        people=tuple(_person(row) for row in read["people"]),
        apart=tuple((int(one), int(other)) for one, other in read["apart"]),
        rest_min=read["rest_min"],
        most_in_a_row=read["most_in_a_row"],
        most_a_week=read["most_a_week"],
        settled=frozenset(read["settled"]),
        stands=None if read["stands"] is None else filling_from_json(read["stands"]),
        fixed=filling_from_json(read["fixed"]),
    )


def _person(row: Mapping[str, Any]) -> PersonAsked:
    return PersonAsked(
        **(
            dict(row)
            | {
                "may": {role: tuple(at) for role, at in row["may"]},
                "away": tuple((a, b) for a, b in row["away"]),
                "busy": tuple((a, b) for a, b in row["busy"]),
                "rests": tuple(int(one) for one in row.get("rests", ())),
                "near": tuple(date.fromisoformat(day) for day in row["near"]),
                "wishes": {date.fromisoformat(day): weight for day, weight in row["wishes"]},
            }
        )
    )
