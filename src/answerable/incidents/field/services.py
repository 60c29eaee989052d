"""What arrives from the field: each sending once, however often it is sent. Wraps the incident's own services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from answerable.incidents.field.rules import Claimed
from answerable.incidents.models import Task
from answerable.incidents.rules import CannotAct
from answerable.incidents.services import entries, tasks
from answerable.record.actors import Actor

NOTHING_CLAIMED = Claimed(None, None)


@dataclass(frozen=True)
class Sending:
    """One thing that somebody wrote or did in the field. `id` was made by the device: twice the same is once."""

    id: UUID
    kind: str
    incident_id: UUID
    text: str = ""
    task_id: UUID | None = None
    claim: Claimed = NOTHING_CLAIMED


def write(*, incident_id: UUID, text: str, entry_id: UUID | None, by: Actor, now: datetime) -> None:
    """A line from the board's own form."""
    entries.write_entry(incident_id=incident_id, text=text, entry_id=entry_id, by=by, now=now)


def take(sending: Sending, *, by: Actor, now: datetime) -> None:
    """Do what was sent. Raises CannotAct and NotTheirs; what was done before is done."""
    if sending.kind == "begun":
        _begin(sending, by=by, now=now)
    elif sending.kind == "done":
        _finish(sending, by=by, now=now)
    elif sending.kind == "entry":
        entries.write_entry(
            incident_id=sending.incident_id,
            text=sending.text,
            by=by,
            now=now,
            entry_id=sending.id,
            happened_at=sending.claim.happened_at,
            clock_off_s=sending.claim.clock_off_s,
            task_id=sending.task_id,
        )
    else:
        raise CannotAct("no_words")


def _begin(sending: Sending, *, by: Actor, now: datetime) -> None:
    """Begun; a task that has ended meanwhile needs no beginning."""
    task = _task(sending)
    if task.state in (Task.State.OPEN, Task.State.BEGUN):
        tasks.begin_task(
            incident_id=sending.incident_id, task_id=task.pk, by=by, now=now, sending_id=sending.id
        )


def _finish(sending: Sending, *, by: Actor, now: datetime) -> None:
    """Done. Sent twice by the same person it is done once; what another ended meanwhile is refused, with words."""
    task = _task(sending)
    if task.state == Task.State.DONE and task.ended_by_id == by.staff_id:
        return
    tasks.finish_task(
        incident_id=sending.incident_id,
        task_id=task.pk,
        result=sending.text,
        by=by,
        now=now,
        happened_at=sending.claim.happened_at,
        sending_id=sending.id,
    )


def _task(sending: Sending) -> Task:
    rows = Task.objects.filter(incident=sending.incident_id)
    task = rows.filter(pk=sending.task_id).first() if sending.task_id is not None else None
    if task is None:
        raise CannotAct("not_open")
    return task


def uuid_or_none(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
