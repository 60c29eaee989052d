"""One question in, progress out, one answer at the end; a process that yields to everything else on the machine.

In: {"problem": …, "seconds": 60, "threads": 2}. Out, a line of JSON each: {"stage": …, "found": …, "at": …} for every
better roster, then {"state": "done" | "impossible" | "unknown", …}. SIGTERM: stop, and give the best so far.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from typing import Any

from answerable.duty.solver import conflicts, fairness
from answerable.duty.solver.model import Answer, Search
from answerable.duty.solver.problem import Filling, Problem, filling_as_json, from_json

NICE = 10
MEMORY_MB = 3000
#: Seconds for saying why there is no roster.
WHY_SECONDS = 30.0


def main() -> int:
    _be_modest()
    asked = json.load(sys.stdin)
    problem = from_json(asked["problem"])
    stopped = threading.Event()
    began = time.monotonic()
    out = threading.Lock()

    def say(**fields: Any) -> None:
        with out:
            sys.stdout.write(json.dumps(fields | {"at": round(time.monotonic() - began, 2)}) + "\n")
            sys.stdout.flush()

    def tell(stage: str, filling: Filling) -> None:
        say(stage=stage, found=filling_as_json(filling), spreads=_spreads(problem, filling))

    search = Search(
        problem,
        seconds=float(asked["seconds"]),
        threads=int(asked.get("threads", 2)),
        seed=int(asked.get("seed", 1)),
        tell=tell,
        stop=stopped.is_set,
        clock=time.monotonic,
    )

    def stop(_signal: int, _frame: object) -> None:
        stopped.set()
        search.interrupt()

    signal.signal(signal.SIGTERM, stop)
    answer = _searched(search)
    why = []
    if answer.state == "impossible":
        why = conflicts.as_json(conflicts.conflicts(problem, seconds=WHY_SECONDS, clock=time.monotonic))
    say(
        state=answer.state,
        stage=answer.stage,
        found=filling_as_json(answer.filling),
        spreads=_spreads(problem, answer.filling) if answer.filling else [],
        is_even=answer.is_even,
        is_proven=answer.is_proven,
        is_stopped=stopped.is_set(),
        changes=answer.changes,
        wishes=answer.wishes,
        conflicts=why,
    )
    return 0


def _searched(search: Search) -> Answer:
    """The search in a thread of its own: Python hears a signal between two steps of the main one alone."""
    found: list[Answer] = []
    thread = threading.Thread(target=lambda: found.append(search.run()), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
    if not found:
        raise SystemExit("the search failed")
    return found[0]


def _spreads(problem: Problem, filling: Filling) -> list[dict[str, int]]:
    return [
        {
            "spread": sum(
                fairness.spread(problem, filling, group, kind) for group in fairness.groups(problem)
            ),
            "bound": sum(fairness.bound(problem, group, kind).spread for group in fairness.groups(problem)),
        }
        for kind in fairness.KINDS
    ]


def _be_modest() -> None:
    os.nice(NICE)
    try:
        import resource
    except ImportError:
        return
    most = MEMORY_MB << 20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    raise SystemExit(main())
