"""How evenly duty is shared, and how evenly it could be at best: both by counting, so that anyone can check. Pure.

People who may fill the same roles form a group. Each has a *part*: the turns of a role, divided among all who may fill
it by their shares. *Balance* = what was carried forward + turns stood − part, in hundredths of a turn. The *spread* of
a group is its highest balance minus its lowest.

The lower bound is the pigeonhole: hand the group's turns out one by one, always to whoever has the lowest balance.
No roster has a higher lowest balance or a lower highest one, so none has a smaller spread. Where all have equal shares
and nothing is carried it reads: 90 turns among 40 people leave somebody with 3 and somebody with 2.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from answerable.duty.solver.problem import KINDS, Filling, Problem

TURN = 100


@dataclass(frozen=True)
class Level:
    """The best that counting allows for one group and one kind."""

    turns: int
    low: int
    high: int

    @property
    def spread(self) -> int:
        return self.high - self.low


@dataclass(frozen=True)
class Group:
    """People who may fill the same roles. `is_apart`: nobody outside the group may fill any of them."""

    roles: tuple[int, ...]
    people: tuple[int, ...]
    is_apart: bool


def groups(problem: Problem) -> tuple[Group, ...]:
    """Everyone with a role to fill, by the roles they may fill."""
    found: dict[tuple[int, ...], list[int]] = {}
    for person in problem.people:
        roles = tuple(sorted(role for role, at in person.may.items() if at and role in problem.slots))
        if roles and person.share > 0:
            found.setdefault(roles, []).append(person.id)
    return tuple(
        Group(
            roles,
            tuple(sorted(ids)),
            not any(set(roles) & set(other) for other in found if other != roles),
        )
        for roles, ids in sorted(found.items())
    )


def turns(problem: Problem, kind: str) -> dict[int, int]:
    """Turns of each role that count under a kind."""
    found: dict[int, int] = {}
    for shift in problem.shifts:
        if kind in shift.counts_as():
            for role, count in shift.needs.items():
                found[role] = found.get(role, 0) + count
    return found


def parts(problem: Problem, kind: str) -> dict[int, int]:
    """Everyone's part of a kind, in hundredths of a turn."""
    by_role = turns(problem, kind)
    shares: dict[int, int] = {}
    for person in problem.people:
        for role, at in person.may.items():
            if at:
                shares[role] = shares.get(role, 0) + person.share
    return {
        person.id: sum(
            _rounded(by_role.get(role, 0) * person.share * TURN, shares[role])
            for role, at in person.may.items()
            if at and shares[role]
        )
        for person in problem.people
    }


def _rounded(above: int, below: int) -> int:
    return (2 * above + below) // (2 * below)


def offsets(problem: Problem, kind: str) -> dict[int, int]:
    """Each balance before the first turn: what is carried, minus the part."""
    part = parts(problem, kind)
    return {p.id: p.carried.get(kind, 0) - part[p.id] for p in problem.people}


def level(starts: Sequence[int], turns: int) -> Level:
    """Hand `turns` out one by one to the lowest: the highest low and the lowest high that any roster can reach."""
    if not starts:
        return Level(turns, 0, 0)
    heap = list(starts)
    heapq.heapify(heap)
    for _ in range(turns):
        heapq.heapreplace(heap, heap[0] + TURN)
    return Level(turns, heap[0], max(heap))


def bound(problem: Problem, group: Group, kind: str) -> Level:
    """The best level of a group; where others share its roles, over every number of turns it might get."""
    by_role = turns(problem, kind)
    before = offsets(problem, kind)
    starts = [before[one] for one in group.people]
    most = sum(by_role.get(role, 0) for role in group.roles)
    if group.is_apart:
        return level(starts, most)
    return min((level(starts, n) for n in range(most + 1)), key=lambda one: (one.spread, -one.turns))


def counts(problem: Problem, filling: Filling, kind: str) -> dict[int, int]:
    """Turns by person."""
    found = {person.id: 0 for person in problem.people}
    for (index, _role), ids in filling.items():
        if kind in problem.shifts[index].counts_as():
            for one in ids:
                found[one] = found.get(one, 0) + 1
    return found


def spread(problem: Problem, filling: Filling, group: Group, kind: str) -> int:
    """Highest balance minus lowest, in hundredths of a turn."""
    before, stood = offsets(problem, kind), counts(problem, filling, kind)
    balances = [before[one] + stood[one] * TURN for one in group.people]
    return max(balances) - min(balances) if balances else 0


def proof(problem: Problem, filling: Filling) -> dict[str, Any]:
    """What is published with the roster: by group the spread and its lower bound, by person how it adds up."""
    stood = {kind: counts(problem, filling, kind) for kind in KINDS}
    part = {kind: parts(problem, kind) for kind in KINDS}
    found = []
    for group in groups(problem):
        kinds = {}
        for kind in KINDS:
            best = bound(problem, group, kind)
            has = [stood[kind][one] for one in group.people]
            kinds[kind] = {
                "turns": sum(has),
                "least": min(has),
                "most": max(has),
                "spread": spread(problem, filling, group, kind),
                "bound": best.spread,
            }
        found.append(
            {
                "roles": list(group.roles),
                "people": list(group.people),
                "is_apart": group.is_apart,
                "is_even": all(problem.by_id[one].share == TURN for one in group.people)
                and not any(problem.by_id[one].carried.get(k, 0) for one in group.people for k in KINDS),
                "kinds": kinds,
            }
        )
    people = {
        str(person.id): {
            "share": person.share,
            **{
                kind: {
                    "carried": person.carried.get(kind, 0),
                    "part": part[kind][person.id],
                    "turns": stood[kind].get(person.id, 0),
                    "balance": person.carried.get(kind, 0)
                    + stood[kind].get(person.id, 0) * TURN
                    - part[kind][person.id],
                }
                for kind in KINDS
            },
        }
        for person in problem.people
    }
    return {"groups": found, "people": people}


def is_best(proved: Mapping[str, Any]) -> bool:
    """Whether every spread equals its lower bound."""
    return all(
        kind["spread"] <= kind["bound"] for group in proved["groups"] for kind in group["kinds"].values()
    )
