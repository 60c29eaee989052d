"""The search for a roster, in stages, each keeping what the one before it reached (OR-tools CP-SAT).

1. *cover*: any roster that keeps every hard rule. None: `conflicts` says why.
2. *change*: where a roster stands already, as few people as possible other than now.
3. *even*: every spread at its lower bound (`fairness`). Where that cannot be reached in its time, the least excess,
   weighed `KIND_WEIGHTS` a hundredth: all turns before holidays, before weekends, before nights.
4. *wishes*: the most weight of wishes granted, with everything above kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from answerable.duty.solver import fairness, hard
from answerable.duty.solver.problem import KINDS, Filling, PersonAsked, Problem

KIND_WEIGHTS = {"all": 8, "holidays": 4, "weekends": 2, "nights": 1}
#: What part of the time each stage may take at most.
EVEN_SHARE, EXCESS_SHARE = 0.6, 0.8


@dataclass
class Answer:
    """`state`: done, impossible, or unknown (the time was over before anything was found).

    `is_even`: every spread is at its lower bound. `is_proven`: nothing better exists in any stage.
    """

    state: str
    filling: Filling = field(default_factory=dict)
    is_even: bool = False
    is_proven: bool = False
    stage: str = "cover"
    changes: int | None = None
    wishes: int = 0


Told = Callable[[str, Filling], None]


class Model:
    """The variables and hard rules; goals are added to it. `guards` turn rules off one by one, for `conflicts`."""

    def __init__(self, problem: Problem, *, guards: Any = None) -> None:
        self.problem = problem
        self.cp = cp_model.CpModel()
        self.guards = guards
        self.turn: dict[tuple[int, int, int], Any] = {}
        self.on: dict[tuple[int, int], Any] = {}
        self._turns()
        self._cover()
        self._rest()
        self._counted()
        self._apart()

    def _only_if(self, constraint: Any, *key: Any) -> None:
        """The constraint, or (asked with guards) the constraint only while its rule is assumed."""
        if self.guards is not None:
            constraint.only_enforce_if(self.guards(self.cp, key))

    def _turns(self) -> None:
        for person in self.problem.people:
            for role, shifts in sorted(person.may.items()):
                for index in shifts:
                    if self.problem.shifts[index].needs.get(role) and index not in self.problem.settled:
                        self._turn(person, index, role)
        for one, stood in self.problem.stood.items():
            for index in stood:
                self.on[one, index] = self.cp.new_constant(1)
        for (one, index), variables in self._by_shift().items():
            if len(variables) == 1:
                self.on[one, index] = variables[0]
            else:
                both = self.cp.new_bool_var("")
                self.cp.add(sum(variables) == both)
                self.on[one, index] = both

    def _turn(self, person: PersonAsked, index: int, role: int) -> None:
        why = hard.blocked(self.problem, person, index)
        if why and self.guards is None:
            return
        variable = self.turn[person.id, index, role] = self.cp.new_bool_var("")
        if why:
            self._only_if(self.cp.add(variable == 0), why, person.id)

    def _by_shift(self) -> dict[tuple[int, int], list[Any]]:
        found: dict[tuple[int, int], list[Any]] = {}
        for (one, index, _role), variable in self.turn.items():
            found.setdefault((one, index), []).append(variable)
        return found

    def _cover(self) -> None:
        cells: dict[tuple[int, int], list[Any]] = {}
        for (_one, index, role), variable in self.turn.items():
            cells.setdefault((index, role), []).append(variable)
        for index, role, count in self.problem.needs():
            variables = cells.get((index, role), [])
            self._only_if(self.cp.add(sum(variables) >= count), "need", index, role)
            self.cp.add(sum(variables) <= count)

    def _rest(self) -> None:
        settled = self.problem.settled
        pairs = [pair for pair in hard.close_pairs(self.problem) if not settled.issuperset(pair)]
        for person in self.problem.people:
            for first, second in pairs:
                a, b = self.on.get((person.id, first)), self.on.get((person.id, second))
                if a is not None and b is not None:
                    if self.guards is None:
                        self.cp.add_at_most_one(a, b)
                    else:
                        self._only_if(self.cp.add_bool_or(a.negated(), b.negated()), "rest", person.id)

    def _counted(self) -> None:
        windows = list(hard.windows(self.problem))
        by_day: dict[Any, list[int]] = {}
        for index, shift in enumerate(self.problem.shifts):
            by_day.setdefault(shift.on, []).append(index)
        for person in self.problem.people:
            self._in_a_row(person, windows, by_day)
            stood = self.problem.stood.get(person.id, frozenset())
            spans: dict[tuple[str, Any], list[Any]] = {}
            past: dict[tuple[str, Any], int] = {}
            for index, shift in enumerate(self.problem.shifts):
                if (person.id, index) in self.on:
                    for span in (("week", hard.week(shift.on)), ("month", (shift.on.year, shift.on.month))):
                        spans.setdefault(span, []).append(self.on[person.id, index])
                        past[span] = past.get(span, 0) + (index in stood)
            for (name, key), variables in spans.items():
                limit = self.problem.most_a_week if name == "week" else person.most_a_month
                if limit is None:
                    continue
                near = sum(
                    1
                    for day in person.near
                    if (hard.week(day) if name == "week" else (day.year, day.month)) == key
                )
                # What was stood already may have been too much; nothing is added to it.
                most = max(limit - near, past[name, key])
                if len(variables) > most:
                    self._only_if(self.cp.add(sum(variables) <= most), name, person.id)

    def _in_a_row(self, person: PersonAsked, windows: list[Any], by_day: dict[Any, list[int]]) -> None:
        days: dict[Any, Any] = {}
        past = {self.problem.shifts[n].on for n in self.problem.stood.get(person.id, ())}
        for day, shifts in by_day.items():
            variables = [self.on[person.id, n] for n in shifts if (person.id, n) in self.on]
            if len(variables) == 1:
                days[day] = variables[0]
            elif variables:
                days[day] = self.cp.new_bool_var("")
                self.cp.add_max_equality(days[day], variables)
        for window in windows:
            inside = [days[day] for day in window if day in days]
            near = sum(day in person.near for day in window)
            if inside and len(inside) + near > self.problem.most_in_a_row:
                most = max(0, self.problem.most_in_a_row - near, sum(day in past for day in window))
                self._only_if(self.cp.add(sum(inside) <= most), "row", person.id)

    def _apart(self) -> None:
        for one, other in self.problem.apart:
            for index in set(range(len(self.problem.shifts))) - self.problem.settled:
                a, b = self.on.get((one, index)), self.on.get((other, index))
                if a is not None and b is not None:
                    self._only_if(self.cp.add_bool_or(a.negated(), b.negated()), "apart", one, other)

    # ---------------------------------------------------------------- goals

    def hint(self, filling: Filling) -> None:
        self.cp.clear_hints()
        for (one, index, role), variable in self.turn.items():
            self.cp.add_hint(variable, one in filling.get((index, role), ()))

    def changes(self) -> Any:
        """How many of those who stand now are stood by somebody else."""
        stands = {
            cell: ids
            for cell, ids in (self.problem.stands or {}).items()
            if cell[0] not in self.problem.settled
        }
        kept = [v for (one, n, role), v in self.turn.items() if one in stands.get((n, role), ())]
        return sum(len(ids) for ids in stands.values()) - sum(kept)

    def counted(self, one: int, kind: str) -> Any:
        return sum(
            variable
            for index, shift in enumerate(self.problem.shifts)
            if kind in shift.counts_as() and (variable := self.on.get((one, index))) is not None
        )

    def level(self) -> None:
        """Every spread at its lower bound: a hard rule."""
        for group in fairness.groups(self.problem):
            for kind in KINDS:
                best = fairness.bound(self.problem, group, kind)
                before = fairness.offsets(self.problem, kind)
                low: Any = best.low
                if not group.is_apart:
                    low = self.cp.new_int_var(-(10**6), 10**6, "")
                for one in group.people:
                    has = self.counted(one, kind) * fairness.TURN + before[one]
                    self.cp.add(has >= low)
                    self.cp.add(has <= low + best.spread)

    def excess(self) -> Any:
        """By how much the spreads are above their bounds, weighed."""
        terms = []
        for group in fairness.groups(self.problem):
            for kind in KINDS:
                best = fairness.bound(self.problem, group, kind)
                before = fairness.offsets(self.problem, kind)
                low, high = (self.cp.new_int_var(-(10**6), 10**6, "") for _ in range(2))
                over = self.cp.new_int_var(0, 2 * 10**6, "")
                for one in group.people:
                    has = self.counted(one, kind) * fairness.TURN + before[one]
                    self.cp.add(has >= low)
                    self.cp.add(has <= high)
                self.cp.add(over >= high - low - best.spread)
                terms.append(KIND_WEIGHTS[kind] * over)
        return sum(terms)

    def wished(self) -> tuple[Any, int]:
        """The weight of granted wishes, and the most that could ever be."""
        terms, most = [], 0
        for person in self.problem.people:
            for day, weight in person.wishes.items():
                there = [
                    self.on[person.id, n]
                    for n, shift in enumerate(self.problem.shifts)
                    if shift.on == day and (person.id, n) in self.on
                ]
                terms += [weight * variable for variable in there]
                most += max(0, weight) * len(there)
        return sum(terms), most


class _Watch(cp_model.CpSolverSolutionCallback):
    """Tells each better roster, and stops where it is asked to."""

    def __init__(self, model: Model, stage: str, tell: Told | None, stop: Callable[[], bool]) -> None:
        super().__init__()
        self.model, self.stage, self.tell, self.stop = model, stage, tell, stop

    def on_solution_callback(self) -> None:
        if self.tell:
            self.tell(self.stage, read(self.model, self.value))
        if self.stop():
            self.stop_search()


def read(model: Model, value: Callable[[Any], int]) -> Filling:
    found: dict[tuple[int, int], list[int]] = {}
    for (one, index, role), variable in model.turn.items():
        if value(variable):
            found.setdefault((index, role), []).append(one)
    return {cell: tuple(sorted(ids)) for cell, ids in found.items()} | dict(model.problem.fixed)


class Search:
    """One run: `seconds` in all, `threads`, a word for each better roster, and a stop."""

    def __init__(
        self,
        problem: Problem,
        *,
        seconds: float,
        threads: int = 2,
        tell: Told | None = None,
        stop: Callable[[], bool] = lambda: False,
        clock: Callable[[], float],
        seed: int = 1,
    ) -> None:
        self.problem, self.threads, self.tell, self.stop = problem, threads, tell, stop
        self.clock, self.seed, self.ends = clock, seed, clock() + seconds
        self.seconds = seconds
        self.running: cp_model.CpSolver | None = None

    def interrupt(self) -> None:
        """Stop as soon as may be; what was found is kept."""
        if self.running is not None:
            self.running.stop_search()

    def _run(self, model: Model, stage: str, share: float = 1.0) -> tuple[Any, Filling, cp_model.CpSolver]:
        solver = cp_model.CpSolver()
        left = min(self.ends - self.clock(), self.seconds * share)
        solver.parameters.max_time_in_seconds = max(0.05, left)
        solver.parameters.num_workers = self.threads
        solver.parameters.random_seed = self.seed
        if self.stop():
            return cp_model.UNKNOWN, {}, solver
        self.running = solver
        status = solver.solve(model.cp, _Watch(model, stage, self.tell, self.stop))
        self.running = None
        found = read(model, solver.value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else {}
        return status, found, solver

    def run(self) -> Answer:
        model = Model(self.problem)
        if self.problem.stands:
            model.hint(self.problem.stands)
        status, filling, _ = self._run(model, "cover")
        if status == cp_model.INFEASIBLE:
            return Answer("impossible")
        if not filling and any(True for _ in self.problem.needs()):
            return Answer("unknown")
        answer = Answer("done", filling)
        proven = self._change(answer)
        proven &= self._even(answer)
        proven &= self._wishes(answer)
        answer.is_proven = proven and not self.stop()
        return answer

    def _kept(self, answer: Answer) -> Model:
        """A model in which what the stages before have reached is kept."""
        model = Model(self.problem)
        if answer.changes is not None:
            model.cp.add(model.changes() <= answer.changes)
        model.hint(answer.filling)
        return model

    def _change(self, answer: Answer) -> bool:
        if self.problem.stands is None:
            return True
        model = self._kept(answer)
        model.cp.minimize(model.changes())
        status, filling, solver = self._run(model, "change", EVEN_SHARE)
        answer.stage = "change"
        if filling:
            answer.filling, answer.changes = filling, round(solver.objective_value)
        return status == cp_model.OPTIMAL

    def _even(self, answer: Answer) -> bool:
        answer.stage = "even"
        model = self._kept(answer)
        model.level()
        status, filling, _ = self._run(model, "even", EVEN_SHARE)
        if filling:
            answer.filling, answer.is_even = filling, True
            return True
        model = self._kept(answer)
        goal = model.excess()
        model.cp.minimize(goal)
        status, filling, solver = self._run(model, "even", EXCESS_SHARE)
        if filling:
            answer.filling, answer.is_even = filling, round(solver.objective_value) == 0
            self._excess = round(solver.objective_value)
        return status == cp_model.OPTIMAL

    def _wishes(self, answer: Answer) -> bool:
        model = self._kept(answer)
        goal, most = model.wished()
        if not any(person.wishes for person in self.problem.people):
            return True
        answer.stage = "wishes"
        if answer.is_even:
            model.level()
        elif hasattr(self, "_excess"):
            model.cp.add(model.excess() <= self._excess)
        model.cp.maximize(goal)
        status, filling, solver = self._run(model, "wishes")
        if filling:
            answer.filling, answer.wishes = filling, round(solver.objective_value)
        return status == cp_model.OPTIMAL or (bool(filling) and answer.wishes == most)
