"""Rosters: the demo town's month and quarter, as the product solves them; public instances by an adapter of their own.

The town: a leader, three staff and a driver a day; 55 people, with rest and leave; the smallest spread over all duties,
weekends and holidays. The solver runs as in the product, as a process of its own, its start included.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from answerable.duty.solver import fairness, hard
from answerable.duty.solver.problem import PersonAsked, Problem, ShiftAsked, as_json, filling_from_json
from answerable.orgs.calendars import Closure, WorkCalendar
from bench import nrp

LEADER, STAFF, DRIVER = 1, 2, 3
#: 55 people.
POOL = {LEADER: 9, STAFF: 39, DRIVER: 7}
FIRST = date(2026, 5, 1)
AIMS = {"month": (31, 5.0), "quarter": (92, 60.0)}
SEEDS = (1, 2, 3)


def roster(*, quick: bool, folder: str | None, seconds: float, only: str) -> dict[str, Any]:
    """Measure; with `folder`, the public instances in it too (`only`: numbers, separated by commas)."""
    found: dict[str, Any] = {"town": {}}
    for name, (days, aim) in AIMS.items():
        runs = [_solve(town(days, seed), aim, seed) for seed in (SEEDS[:1] if quick else SEEDS)]
        found["town"][name] = {"days": days, "aim_seconds": aim, "runs": runs}
        for run in runs:
            print(
                f"  {name}, seed {run['seed']}: {run['seconds']} s ({run['cpu_seconds']} s of processor), "
                f"proven {run['proven']}, {run['spreads']}",
                flush=True,
            )
    if folder:
        wanted = {int(one) for one in only.split(",") if one}
        found["nrp"] = nrp.measure(Path(folder), wanted, seconds)
    return found


def town(days: int, seed: int) -> Problem:
    """The demo town, its leave drawn by `seed`: three in ten are away for two to six days of each month."""
    rng = random.Random(seed)
    calendar = WorkCalendar(zone="Asia/Shanghai", country="CN")
    shifts = []
    for n in range(days):
        on = FIRST + timedelta(days=n)
        closed = calendar.why_closed(on)
        start = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp()) // 60
        shifts.append(
            ShiftAsked(
                start,
                start + 1440,
                on,
                {LEADER: 1, STAFF: 3, DRIVER: 1},
                is_weekend=closed is not None and closed[0] is Closure.WEEKEND,
                is_holiday=closed is not None and closed[0] is Closure.HOLIDAY,
            )
        )
    every = tuple(range(days))
    people = []
    for role, count in POOL.items():
        for _one in range(count):
            people.append(PersonAsked(len(people) + 1, {role: every}, away=_leave(rng, shifts)))
    return Problem(tuple(shifts), tuple(people))


def _leave(rng: random.Random, shifts: list[ShiftAsked]) -> tuple[tuple[int, int], ...]:
    found = []
    for first in range(0, len(shifts), 31):
        if rng.random() < 0.3:
            start = shifts[min(first + rng.randrange(26), len(shifts) - 1)].from_at
            found.append((start, start + 1440 * rng.randint(2, 6)))
    return tuple(found)


def _solve(problem: Problem, aim: float, seed: int) -> dict[str, Any]:
    question = json.dumps({"problem": as_json(problem), "seconds": 4 * aim, "threads": 2, "seed": seed})
    began, before = time.monotonic(), _children_cpu()
    run = subprocess.run(
        [sys.executable, "-m", "answerable.duty.solver"],
        input=question,
        capture_output=True,
        text=True,
        check=True,
    )
    took, cpu = time.monotonic() - began, _children_cpu() - before
    last = json.loads(run.stdout.splitlines()[-1])
    filling = filling_from_json(last["found"])
    proved = fairness.proof(problem, filling)
    # The answer is not taken on trust: every rule again, and the spread against the pigeonhole.
    assert not hard.check(problem, filling)
    spreads = [
        {kind: [row["spread"] / 100, row["bound"] / 100] for kind, row in group["kinds"].items()}
        for group in proved["groups"]
    ]
    return {
        "seed": seed,
        "seconds": round(took, 2),
        "cpu_seconds": round(cpu, 2),
        "proven": fairness.is_best(proved),
        "met": fairness.is_best(proved) and took <= aim,
        "spreads": spreads,
    }


def _children_cpu() -> float:
    """Seconds of processor that children of this process have used: steadier than the clock on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
