"""Runs the solver for a draft: a process of its own beside the worker, watched once a second, stopped when asked."""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from answerable.core.refusals import Refusal
from answerable.duty.asking import Asked, ask
from answerable.duty.models import SolveRun
from answerable.duty.services import rosters, solving
from answerable.duty.services.solving import State
from answerable.duty.solver.problem import as_json, filling_from_json
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
#: A run that has not said anything for so long has lost its worker.
STALLED = timedelta(seconds=30)
THREADS = 2
#: Beyond its own time: starting, saying why there is no roster, and writing it down.
GRACE_SECONDS = 60
#: Seconds between two signs of life.
TICK = 1.0


def solve_next(
    clock: Callable[[], datetime], *, threads: int = THREADS, is_over: Callable[[], bool] = lambda: False
) -> int:
    """Take up the next run that waits, and see it through; first, end those whose worker is gone.

    Where the worker itself is to end (`is_over`), the search stops, and the best so far is kept.
    """
    for run_id in stalled_runs(clock()):
        solving.end_run(run_id=run_id, state=State.FAILED, now=clock())
    run = claim_run(clock())
    if run is None:
        return 0
    try:
        _see_through(run, clock, threads, is_over)
    except Exception:
        solving.end_run(run_id=run.pk, state=State.FAILED, now=clock())
        raise
    return 1


@transaction.atomic(durable=True)
def claim_run(now: datetime) -> SolveRun | None:
    """The next run that waits, for this worker alone."""
    run = (
        SolveRun.objects.select_for_update(skip_locked=True)
        .filter(state=State.WAITING)
        .order_by("asked_at")
        .first()
    )
    if run is not None:
        run.state, run.claimed_at, run.beat_at = State.RUNNING, now, now
        run.save(update_fields=["state", "claimed_at", "beat_at"])
    return run


def note_progress(
    run_id: UUID, *, now: datetime, progress: Mapping[str, Any] | None, found: Any = None
) -> bool:
    """A sign of life, with what was found since the last one. False: it is to stop."""
    changes: dict[str, Any] = {"beat_at": now}
    if progress is not None:
        changes |= {"progress": dict(progress), "found": found}
    SolveRun.objects.filter(pk=run_id, ended_at=None).update(**changes)
    return SolveRun.objects.filter(pk=run_id, state=State.RUNNING).exists()


def stalled_runs(now: datetime) -> list[UUID]:
    rows = SolveRun.objects.filter(state__in=[State.RUNNING, State.STOPPING], beat_at__lt=now - STALLED)
    return list(rows.values_list("pk", flat=True))


def _see_through(
    run: SolveRun, clock: Callable[[], datetime], threads: int, is_over: Callable[[], bool]
) -> None:
    roster = run.roster
    line = roster.line
    stands = (roster.proposal or None) if run.keeps else None
    asked = ask(line, roster.from_on, roster.until_on, now=clock(), stands=stands)
    question = {"problem": as_json(asked.problem), "seconds": run.seconds, "threads": threads}
    last = _Process(question).watch(
        lambda heard: _heard(run, asked, heard, clock) and not is_over(), run.seconds
    )
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
    note_progress(run.pk, now=clock(), progress=_progress(last), found=_found(asked, last))
    try:
        rosters.take_found(run_id=run.pk, by=Actor.system(), now=clock())
    except Refusal:
        # The draft moved on meanwhile. What was found is kept with the run, and offered on the page.
        log.info("a found roster waits to be taken", extra={"run": str(run.pk)})


def _heard(run: SolveRun, asked: Asked, heard: dict[str, Any] | None, clock: Callable[[], datetime]) -> bool:
    if heard is None:
        return note_progress(run.pk, now=clock(), progress=None)
    return note_progress(run.pk, now=clock(), progress=_progress(heard), found=_found(asked, heard))


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
