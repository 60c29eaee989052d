"""Why there is no roster: the smallest set of rules that cannot hold together, found by leaving rules out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from answerable.duty.solver import hard
from answerable.duty.solver.model import Model
from answerable.duty.solver.problem import Problem

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Why:
    """Why one person is not free for the cell: a code of `hard`, or `taken` where they are wanted in another cell."""

    person: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Cells (shift, role, how many) that cannot all be filled, and what stands against each person who may."""

    cells: tuple[tuple[int, int, int], ...]
    people: tuple[Why, ...]
    apart: tuple[tuple[int, int], ...] = ()


def conflicts(problem: Problem, *, seconds: float, clock: Callable[[], float]) -> list[Conflict]:
    """First every cell that nobody can fill whoever stands elsewhere; else one smallest set of rules in conflict."""
    return alone(problem) or together(problem, seconds=seconds, clock=clock)


def alone(problem: Problem) -> list[Conflict]:
    found = []
    for index, role, count in problem.needs():
        may = [p for p in problem.people if index in p.may.get(role, ())]
        why = {p.id: hard.blocked(problem, p, index) for p in may}
        if sum(reason is None for reason in why.values()) < count:
            people = tuple(Why(one, (reason,)) for one, reason in why.items() if reason)
            found.append(Conflict(((index, role, count),), people))
    return found


class _Guards:
    """One literal a rule: true while the rule is assumed."""

    def __init__(self) -> None:
        self.of: dict[Key, Any] = {}

    def __call__(self, cp: cp_model.CpModel, key: Key) -> Any:
        if key not in self.of:
            self.of[key] = cp.new_bool_var("")
        return self.of[key]


def together(problem: Problem, *, seconds: float, clock: Callable[[], float]) -> list[Conflict]:
    """A set from which no rule can be left out. What is not finished in time may still hold one too many."""
    ends = clock() + seconds
    guards = _Guards()
    model = Model(problem, guards=guards)
    core = _core(model, guards, guards.of, ends - clock())
    if core is None:
        return []
    for key in sorted(core, key=_last_first):
        if clock() > ends:
            break
        if key not in core:
            continue
        smaller = _core(model, guards, [one for one in core if one != key], ends - clock())
        if smaller is not None:
            core = smaller
    return [_as_conflict(problem, core)]


def _last_first(key: Key) -> tuple[int, str]:
    """Try to do without the counted rules first: an absence or a need explains more."""
    order = ("month", "week", "row", "apart", "rest", "elsewhere", "away", "need")
    return order.index(key[0]), repr(key)


def _core(model: Model, guards: _Guards, assumed: Iterable[Key], seconds: float) -> set[Key] | None:
    """A subset of the assumed rules that cannot hold together; None where they can (or nobody knows in time)."""
    by_index = {guards.of[key].index: key for key in assumed}
    model.cp.clear_assumptions()
    model.cp.add_assumptions([guards.of[key] for key in by_index.values()])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = max(0.05, seconds)
    if solver.solve(model.cp) != cp_model.INFEASIBLE:
        return None
    found = {by_index[n] for n in solver.sufficient_assumptions_for_infeasibility() if n in by_index}
    return found or set(by_index.values())


def _as_conflict(problem: Problem, core: set[Key]) -> Conflict:
    counts = {(index, role): count for index, role, count in problem.needs()}
    cells = sorted((key[1], key[2]) for key in core if key[0] == "need")
    why: dict[int, list[str]] = {}
    for key in sorted(core, key=_last_first, reverse=True):
        if key[0] in ("away", "elsewhere", "rest", "row", "week", "month"):
            why.setdefault(key[1], []).append(key[0])
    return Conflict(
        tuple((index, role, counts[index, role]) for index, role in cells),
        tuple(Why(one, tuple(codes)) for one, codes in sorted(why.items())),
        tuple((key[1], key[2]) for key in sorted(core, key=repr) if key[0] == "apart"),
    )


def as_json(found: list[Conflict]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [list(cell) for cell in one.cells],
            "people": [[why.person, list(why.codes)] for why in one.people],
            "apart": [list(pair) for pair in one.apart],
        }
        for one in found
    ]
