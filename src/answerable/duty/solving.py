"""Runs the solver for a draft: a process of its own beside the worker, watched once a second, stopped when asked."""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

from answerable.core.refusals import Refusal
from answerable.duty.asking import Asked, ask
from answerable.duty.models import SolveRun
from answerable.duty.services import rosters, solving
from answerable.duty.services.solving import State
from answerable.duty.solver.problem import as_json, filling_from_json
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
THREADS = 2
#: Beyond its own time: starting, saying why there is no roster, and writing it down.
GRACE_SECONDS = 60
#: Seconds between two signs of life.
TICK = 1.0


def solve_next(clock: Callable[[], datetime], *, threads: int = THREADS) -> int:
    """Take up the next run that waits, and see it through; first, end those whose worker is gone."""
    for run_id in solving.stalled_runs(clock()):
        solving.end_run(run_id=run_id, state=State.FAILED, now=clock())
    run = solving.claim_run(clock())
    if run is None:
        return 0
    try:
        _see_through(run, clock, threads)
    except Exception:
        solving.end_run(run_id=run.pk, state=State.FAILED, now=clock())
        raise
    return 1


def _see_through(run: SolveRun, clock: Callable[[], datetime], threads: int) -> None:
    roster = run.roster
    line = roster.line
    stands = (roster.proposal or None) if run.keeps else None
    asked = ask(line, roster.from_on, roster.until_on, now=clock(), stands=stands)
    question = {"problem": as_json(asked.problem), "seconds": run.seconds, "threads": threads}
    last = _Process(question).watch(lambda line_: _heard(run, asked, line_, clock), run.seconds)
    if last is None or "state" not in last:
        solving.end_run(run_id=run.pk, state=State.FAILED, now=clock())
        return
    state = {"done": State.DONE, "impossible": State.IMPOSSIBLE}.get(last["state"], State.FAILED)
    if last["state"] == "unknown" and last.get("is_stopped"):
        state = State.DONE
    if state == State.DONE and last["found"]:
        _take(run, asked, last, clock)
    # Only now: whoever watches the page sees the run's end together with what it brought.
    solving.end_run(
        run_id=run.pk,
        state=state,
        now=clock(),
        progress=_progress(last),
        found=_found(asked, last),
        conflicts=_conflicts(asked, last),
    )


def _take(run: SolveRun, asked: Asked, last: dict[str, Any], clock: Callable[[], datetime]) -> None:
    solving.note_progress(run.pk, now=clock(), progress=_progress(last), found=_found(asked, last))
    try:
        rosters.take_found(run_id=run.pk, by=Actor.system(), now=clock())
    except Refusal:
        # The draft moved on meanwhile. What was found is kept with the run, and offered on the page.
        log.info("a found roster waits to be taken", extra={"run": str(run.pk)})


def _heard(run: SolveRun, asked: Asked, heard: dict[str, Any] | None, clock: Callable[[], datetime]) -> bool:
    if heard is None:
        return solving.note_progress(run.pk, now=clock(), progress=None)
    return solving.note_progress(run.pk, now=clock(), progress=_progress(heard), found=_found(asked, heard))


def _progress(heard: dict[str, Any]) -> dict[str, Any]:
    kept = ("stage", "at", "spreads", "is_even", "is_proven", "is_stopped", "changes", "wishes")
    return {key: heard[key] for key in kept if key in heard}


def _found(asked: Asked, heard: dict[str, Any]) -> dict[str, Any]:
    return asked.proposal(filling_from_json(heard["found"])) if heard.get("found") else {}


def _conflicts(asked: Asked, heard: dict[str, Any]) -> list[dict[str, Any]]:
    """With cells as the roster writes them, so that they can be read when the question is long gone."""
    by_cell = {cell: key for key, cell in asked.keys.items()}
    return [
        one | {"cells": [[by_cell[index, role], count] for index, role, count in one["cells"]]}
        for one in heard.get("conflicts", ())
    ]


class _Process:
    """The solver as a child: a question in, lines out."""

    def __init__(self, question: dict[str, Any]) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "answerable.duty.solver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.lines: queue.Queue[str | None] = queue.Queue()
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        threading.Thread(target=self._read, args=(self.child.stdout,), daemon=True).start()
        try:
            json.dump(question, self.child.stdin)
            self.child.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it heard the question; `watch` gives nothing then

    def _read(self, out: IO[str]) -> None:
        for line in out:
            self.lines.put(line)
        self.lines.put(None)

    def watch(self, heard: Callable[[dict[str, Any] | None], bool], seconds: float) -> dict[str, Any] | None:
        """Pass on each line, or None once a second; asked to stop, stop the child. Returns the last line."""
        last: dict[str, Any] | None = None
        left, stopping = seconds + GRACE_SECONDS, False
        try:
            while left > 0:
                try:
                    line = self.lines.get(timeout=TICK)
                except queue.Empty:
                    line, left = "", left - TICK
                if line is None:
                    break
                if line:
                    last = json.loads(line)
                if last is not None and "state" in last:
                    break
                if not heard(json.loads(line) if line else None) and not stopping:
                    stopping, left = True, min(left, GRACE_SECONDS)
                    self.child.terminate()
        finally:
            self.child.kill()
            self.child.wait()
            if self.child.stdout is not None:
                self.child.stdout.close()
        return last
