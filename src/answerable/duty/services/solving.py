"""The solver is asked, stopped, and heard: one function, one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.duty.models import SolveRun
from answerable.duty.roster_acts import RosterAct
from answerable.duty.roster_steps import CannotRoster, lock_draft, record, require_drafter
from answerable.duty.steps import lock_line
from answerable.record.actors import Actor

State = SolveRun.State
OPEN = (State.WAITING, State.RUNNING, State.STOPPING)
LONGEST_SECONDS = 600


@transaction.atomic(durable=True)
def ask_solver(
    *, roster_id: int, seconds: int, by: Actor, seen_version: int, now: datetime, keeps: bool = True
) -> SolveRun:
    """Have the draft filled; a worker takes it up. One run a draft at a time. `keeps`: change as little as possible."""
    line, roster = lock_draft(roster_id, by=by, seen_version=seen_version)
    if SolveRun.objects.filter(roster=roster, state__in=OPEN).exists():
        raise CannotRoster("run_there")
    run = SolveRun.objects.create(
        roster=roster,
        seconds=max(1, min(seconds, LONGEST_SECONDS)),
        asked_at=now,
        asked_by=by.post_id,
        keeps=keeps,
        roster_version=roster.version,
    )
    body = {"roster": roster.pk, "run": str(run.pk), "seconds": run.seconds}
    record(RosterAct.SOLVE_ASKED, line, by=by, now=now, body=body)
    return run


@transaction.atomic(durable=True)
def stop_solver(*, run_id: UUID, by: Actor, now: datetime) -> SolveRun:
    """Stop a run; the best it has found is kept."""
    line = lock_line(SolveRun.objects.values_list("roster__line_id", flat=True).get(pk=run_id))
    require_drafter(by, line)
    run = SolveRun.objects.select_for_update().get(pk=run_id)
    if run.state == State.WAITING:
        run.state, run.ended_at = State.DONE, now
    elif run.state == State.RUNNING:
        run.state = State.STOPPING
    else:
        return run
    run.save(update_fields=["state", "ended_at"])
    record(RosterAct.SOLVE_STOPPED, line, by=by, now=now, body={"run": str(run.pk)})
    return run


@transaction.atomic(durable=True)
def end_run(
    *,
    run_id: UUID,
    state: State,
    now: datetime,
    progress: Mapping[str, Any] | None = None,
    found: Any = None,
    conflicts: Any = None,
) -> SolveRun:
    """Write how a run ended; what it found before stays where it gives nothing better."""
    line = lock_line(SolveRun.objects.values_list("roster__line_id", flat=True).get(pk=run_id))
    run = SolveRun.objects.select_for_update().get(pk=run_id)
    if run.ended_at is not None:
        return run
    run.state, run.ended_at = state, now
    run.progress = dict(progress) if progress is not None else run.progress
    run.found = found or run.found
    run.conflicts = conflicts or []
    run.save(update_fields=["state", "ended_at", "progress", "found", "conflicts"])
    body = {"roster": run.roster_id, "run": str(run.pk), "state": run.state}
    record(RosterAct.SOLVED, line, by=Actor.system(), now=now, body=body)
    return run
