"""Has a month or a year laid out by a process of its own, within bounded time: no alarm waits for figures.

The attack is arithmetic for minutes, and while the solver computes no other thread of its process moves. Started by
path with `python -I`: no settings, no database; a question of JSON in, lines of JSON out, the last one the answer.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from answerable.figures.published import laying
from answerable.figures.published.attacking import IsOver, never
from answerable.figures.published.laying import Month, ShownTables, Tables, Told, to_nobody
from answerable.figures.published.rules import CannotPublish

#: How long is searched for more that may be shown.
SECONDS = 240.0
#: Beyond it: starting, reading, and the one step of the search that it is in.
GRACE_S = 60.0
#: Seconds between two looks at whether it is to end.
TICK_S = 0.5


class Ending(Exception):
    """Whoever waits for it is to end: nothing was laid out, and somebody begins anew."""


class FellOver(Exception):
    """The process ended without an answer. Numbers of a table stand in no word of it."""


def laid_out(
    period: str,
    tables: Tables,
    months: Sequence[Month],
    before: ShownTables | None,
    *,
    seconds: float = SECONDS,
    told: Told = to_nobody,
    is_over: IsOver = never,
) -> ShownTables:
    """What may be shown (`laying.lay_out`). `told` hears how far it is.

    Raises CannotPublish("gives_away", "took_too_long"), Ending where `is_over` says so, FellOver.
    """
    question = {
        "period": period,
        "tables": laying.counted(tables),
        "months": [[name, laying.counted(inner), laying.as_lines(said)] for name, inner, said in months],
        "before": laying.as_lines(before) if before is not None else None,
        "seconds": seconds,
    }
    said = _answered(json.dumps(question).encode(), seconds + GRACE_S, told, is_over)
    if "refused" in said:
        raise CannotPublish(said["refused"])
    return laying.read_lines(said["shown"])


def _answered(question: bytes, seconds: float, told: Told, is_over: IsOver) -> dict[str, Any]:
    end = time.monotonic() + seconds
    with tempfile.TemporaryFile() as errors, _asked(question, errors) as lines:
        while True:
            if is_over():
                raise Ending
            if time.monotonic() >= end:
                raise CannotPublish("took_too_long")
            try:
                line = lines.get(timeout=min(TICK_S, seconds))
            except queue.Empty:
                continue
            if line is None:
                errors.seek(0)
                raise FellOver(errors.read().decode(errors="replace").strip().rpartition("\n")[2][:200])
            said: dict[str, Any] = json.loads(line)
            if "at" not in said:
                return said
            told(said["at"], said["of"])


@contextmanager
def _asked(question: bytes, errors: IO[bytes]) -> Iterator[queue.Queue[bytes | None]]:
    """Its lines as they come, None at its end. However it is left, the process is gone."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-B", str(Path(__file__).resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd="/",
        env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    lines: queue.Queue[bytes | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(child.stdout, lines.put), daemon=True)
    reader.start()
    try:
        # Where it ended before it heard the question, its lines say so.
        with suppress(BrokenPipeError):
            child.stdin.write(question)
        with suppress(BrokenPipeError):
            child.stdin.close()
        yield lines
    finally:
        child.kill()
        child.wait()
        reader.join()
        child.stdout.close()


def _read(out: IO[bytes], put: Callable[[bytes | None], None]) -> None:
    for line in out:
        put(line)
    put(None)


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
            lambda at, of: _say({"at": at, "of": of}),
        )
    except CannotPublish as refusal:
        return {"refused": refusal.code}
    return {"shown": laying.as_lines(shown)}


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _end_with(parent: int) -> None:
    """Whoever asked was killed: nobody hears the answer any more."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main() -> int:
    """Answer one question, and yield to everything else on the machine meanwhile."""
    os.nice(10)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    _say(_answer(json.load(sys.stdin)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
