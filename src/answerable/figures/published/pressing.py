"""Has a month or a year laid out by a process of its own, within bounded time: no alarm waits for figures.

The attack is arithmetic for minutes, and while the solver computes no other thread of its process moves. Started by
path with `python -I`: no settings, no database; a question of JSON in, an answer of JSON out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from answerable.figures.published import laying
from answerable.figures.published.attacking import IsOver
from answerable.figures.published.laying import Month, ShownTables, Tables
from answerable.figures.published.rules import CannotPublish

#: How long is searched for more that may be shown. Somebody who waits at a page waits so long at most.
SECONDS = 240.0
SECONDS_AT_A_PAGE = 20.0
#: Beyond it: starting, reading, and the one step of the search that it is in.
GRACE_S = 60.0


def laid_out(
    period: str, tables: Tables, months: Sequence[Month], before: ShownTables | None, *, seconds: float
) -> ShownTables:
    """What may be shown (`laying.lay_out`). Raises CannotPublish("gives_away"), RuntimeError where the process fails."""
    question = {
        "period": period,
        "tables": laying.counted(tables),
        "months": [[name, laying.counted(inner), laying.as_lines(said)] for name, inner, said in months],
        "before": laying.as_lines(before) if before is not None else None,
        "seconds": seconds,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-B", str(Path(__file__).resolve())],
        input=json.dumps(question).encode(),
        capture_output=True,
        cwd="/",
        env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        timeout=seconds + GRACE_S,
        check=False,
    )
    if done.returncode != 0:
        # Its last line names the error; numbers of a table stand in none of them.
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"figures could not be laid out: {last[:200]}")
    said = json.loads(done.stdout)
    if "refused" in said:
        raise CannotPublish(said["refused"])
    return laying.read_lines(said["shown"])


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    until = time.monotonic() + question["seconds"]

    def share(left: int) -> IsOver:
        now = time.monotonic()
        end = now + (until - now) / max(left, 1)
        return lambda: time.monotonic() >= end

    before = question["before"]
    try:
        shown = laying.lay_out(
            question["period"],
            laying.read_counted(question["tables"]),
            [
                (name, laying.read_counted(inner), laying.read_lines(said))
                for name, inner, said in question["months"]
            ],
            laying.read_lines(before) if before is not None else None,
            share,
        )
    except CannotPublish as refusal:
        return {"refused": refusal.code}
    return {"shown": laying.as_lines(shown)}


def main() -> int:
    """Answer one question, and yield to everything else on the machine meanwhile."""
    os.nice(10)
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
