"""Public shift-scheduling instances: read as they are published, solved by a model of their own, compared.

They ask another question than a duty line does (minutes, weekends, requests, penalties for cover), so the product's
model is not bent to them; what is shared is the solver and the way it is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ortools.sat.python import cp_model

#: Best values published for the instances (benchmark/nrp.yml of their repository).
BEST = {1: 607, 3: 1001, 5: 1143, 7: 1056, 9: 439, 11: 3443}
WORKERS = 8
SEED = 1


@dataclass
class Employee:
    most: dict[str, int]
    most_minutes: int
    least_minutes: int
    most_in_a_row: int
    least_in_a_row: int
    least_off: int
    most_weekends: int
    off: set[int] = field(default_factory=set)


@dataclass
class Instance:
    days: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    not_after: dict[str, list[str]] = field(default_factory=dict)
    staff: dict[str, Employee] = field(default_factory=dict)
    on: list[tuple[str, int, str, int]] = field(default_factory=list)
    off: list[tuple[str, int, str, int]] = field(default_factory=list)
    #: Day, shift, wanted, weight for each one under, for each one over.
    cover: list[tuple[int, str, int, int, int]] = field(default_factory=list)


def read(path: Path) -> Instance:
    """An instance from its text. Raises ValueError for a section that is not known."""
    found, section = Instance(), ""
    for line in path.read_text().splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            section = line
            continue
        cells = line.split(",")
        if section == "SECTION_HORIZON":
            found.days = int(line)
        elif section == "SECTION_SHIFTS":
            found.minutes[cells[0]] = int(cells[1])
            found.not_after[cells[0]] = [one for one in cells[2].split("|") if one]
        elif section == "SECTION_STAFF":
            most = {a: int(b) for a, b in (part.split("=") for part in cells[1].split("|") if part)}
            found.staff[cells[0]] = Employee(most, *(int(one) for one in cells[2:8]))
        elif section == "SECTION_DAYS_OFF":
            found.staff[cells[0]].off |= {int(one) for one in cells[1:]}
        elif section in ("SECTION_SHIFT_ON_REQUESTS", "SECTION_SHIFT_OFF_REQUESTS"):
            rows = found.on if "_ON_" in section else found.off
            rows.append((cells[0], int(cells[1]), cells[2], int(cells[3])))
        elif section == "SECTION_COVER":
            found.cover.append((int(cells[0]), cells[1], *(int(one) for one in cells[2:5])))
        else:
            raise ValueError(f"{path.name} has a section {section!r}, which is not known here.")
    return found


class Model:
    """Who works which shift on which day, with the family's hard rules and penalties."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.cp = cp_model.CpModel()
        self.works: dict[tuple[str, int, str], Any] = {}
        self.on: dict[tuple[str, int], Any] = {}
        for name, one in instance.staff.items():
            self._person(name, one)
        self.cp.minimize(sum(self._requests()) + sum(self._cover()))

    def _person(self, name: str, one: Employee) -> None:
        instance, cp = self.instance, self.cp
        days = range(instance.days)
        for day in days:
            for shift in instance.minutes:
                free = day not in one.off and one.most.get(shift, instance.days) > 0
                self.works[name, day, shift] = cp.new_bool_var("") if free else cp.new_constant(0)
            self.on[name, day] = cp.new_bool_var("")
            cp.add(sum(self.works[name, day, s] for s in instance.minutes) == self.on[name, day])
        for day in days[:-1]:
            for shift, others in instance.not_after.items():
                for other in others:
                    cp.add_at_most_one(self.works[name, day, shift], self.works[name, day + 1, other])
        for shift, most in one.most.items():
            cp.add(sum(self.works[name, day, shift] for day in days) <= most)
        total = sum(m * self.works[name, day, s] for s, m in instance.minutes.items() for day in days)
        cp.add_linear_constraint(total, one.least_minutes, one.most_minutes)
        self._runs(name, one)
        self._weekends(name, one)

    def _runs(self, name: str, one: Employee) -> None:
        """At most and at least so many days in a row, and days off in a row; before and after is unknown."""
        days, on, cp = self.instance.days, self.on, self.cp
        for day in range(days - one.most_in_a_row):
            cp.add_bool_or([on[name, day + n].negated() for n in range(one.most_in_a_row + 1)])
        for length in range(1, one.least_in_a_row):
            for day in range(days - length - 1):
                inside = [on[name, day + 1 + n].negated() for n in range(length)]
                cp.add_bool_or([on[name, day], on[name, day + length + 1], *inside])
        for length in range(1, one.least_off):
            for day in range(days - length - 1):
                inside = [on[name, day + 1 + n] for n in range(length)]
                cp.add_bool_or([on[name, day].negated(), on[name, day + length + 1].negated(), *inside])

    def _weekends(self, name: str, one: Employee) -> None:
        worked = []
        for saturday in range(5, self.instance.days, 7):
            weekend = self.cp.new_bool_var("")
            for day in (saturday, saturday + 1):
                if day < self.instance.days:
                    self.cp.add_implication(self.on[name, day], weekend)
            worked.append(weekend)
        self.cp.add(sum(worked) <= one.most_weekends)

    def _requests(self) -> list[Any]:
        wants = [weight * (1 - self.works[name, day, s]) for name, day, s, weight in self.instance.on]
        return wants + [weight * self.works[name, day, s] for name, day, s, weight in self.instance.off]

    def _cover(self) -> list[Any]:
        terms = []
        people = len(self.instance.staff)
        for day, shift, wanted, under, over in self.instance.cover:
            missing = self.cp.new_int_var(0, wanted, "")
            too_many = self.cp.new_int_var(0, people, "")
            there = sum(self.works[name, day, shift] for name in self.instance.staff)
            self.cp.add(there + missing - too_many == wanted)
            terms += [under * missing, over * too_many]
        return terms


def measure(folder: Path, only: set[int], seconds: float) -> dict[str, Any]:
    """Solve every instance of a folder that has a best value here; the value is counted again from the answer."""
    found = {}
    for path in sorted(folder.glob("Instance*.txt"), key=lambda one: _number(one)):
        number = _number(path)
        if number not in BEST or (only and number not in only):
            continue
        instance = read(path)
        model = Model(instance)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = WORKERS
        solver.parameters.random_seed = SEED
        status = solver.solve(model.cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            found[str(number)] = {"seconds": round(solver.wall_time, 1), "value": None}
            continue
        value = count(instance, {key for key, variable in model.works.items() if solver.value(variable)})
        assert value == round(solver.objective_value)
        found[str(number)] = {
            "value": value,
            "best_known": BEST[number],
            "bound": round(solver.best_objective_bound),
            "proven": status == cp_model.OPTIMAL,
            "seconds": round(solver.wall_time, 1),
            "workers": WORKERS,
            "seed": SEED,
        }
        print(f"  instance {number}: {found[str(number)]}", flush=True)
    return found


def _number(path: Path) -> int:
    digits = re.search(r"(\d+)", path.stem)
    return int(digits[1]) if digits else 0


def count(instance: Instance, works: set[tuple[str, int, str]]) -> int:
    """The penalty of a roster, counted without the model."""
    value = sum(weight for name, day, shift, weight in instance.on if (name, day, shift) not in works)
    value += sum(weight for name, day, shift, weight in instance.off if (name, day, shift) in works)
    for day, shift, wanted, under, over in instance.cover:
        there = sum((name, day, shift) in works for name in instance.staff)
        value += under * max(0, wanted - there) + over * max(0, there - wanted)
    return value
