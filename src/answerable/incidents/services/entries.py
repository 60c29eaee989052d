"""The log of an incident: lines are written and struck out, never changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from answerable.incidents import access, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Entry, Strand, Task
from answerable.incidents.rules import CannotAct
from answerable.record.actors import Actor

#: A line may be said to have happened so far ahead of our clock: what is ahead by more is a wrong clock.
CLOCK_DOUBT = timedelta(minutes=2)
#: What people write; the system's lines and a drill's events are written by their own services.
WRITTEN = frozenset({Entry.Kind.ENTRY, Entry.Kind.DECISION, Entry.Kind.CALL})


@transaction.atomic(durable=True)
def write_entry(
    *,
    incident_id: UUID,
    text: str,
    by: Actor,
    now: datetime,
    kind: str = Entry.Kind.ENTRY,
    entry_id: UUID | None = None,
    happened_at: datetime | None = None,
    clock_off_s: int | None = None,
    strand_code: str = "",
    task_id: UUID | None = None,
) -> Entry:
    """Write a line; see `steps.write_entry`. Raises CannotAct, NotTheirs; nothing is written then."""
    incident = steps.lock_incident(incident_id)
    access.require_writer(by, incident, now)
    if kind not in WRITTEN:
        kind = Entry.Kind.ENTRY
    if happened_at is not None and happened_at > now + CLOCK_DOUBT:
        raise CannotAct("in_the_future")
    strand = Strand.objects.filter(incident=incident, code=strand_code).first() if strand_code else None
    task = Task.objects.filter(incident=incident, pk=task_id).first() if task_id is not None else None
    return steps.write_entry(
        incident,
        text,
        by=by,
        now=now,
        kind=kind,
        entry_id=entry_id,
        happened_at=happened_at,
        clock_off_s=clock_off_s,
        strand=strand or (task.strand if task is not None else None),
        task=task,
    )


@transaction.atomic(durable=True)
def strike_entry(*, incident_id: UUID, entry_id: UUID, why: str, by: Actor, now: datetime) -> Entry:
    """Strike a line out, for a reason: both stay and are read together. Raises CannotAct."""
    incident = steps.lock_incident(incident_id)
    access.require_writer(by, incident, now)
    entry = Entry.objects.get(incident=incident, pk=entry_id)
    why = steps.cleaned(why, most=500)
    if not why:
        raise CannotAct("reason_missing")
    if entry.kind in (Entry.Kind.SYSTEM, Entry.Kind.INJECT) or entry.strikes_id is not None:
        raise CannotAct("system_line")
    if Entry.objects.filter(strikes=entry).exists():
        raise CannotAct("struck_already")
    done = steps.act(
        incident,
        IncidentAct.STRUCK,
        by=by,
        now=now,
        body={"entry": str(entry.pk), "why_sha256": steps.digest(why)},
    )
    return Entry.objects.create(
        incident=incident,
        seq=done.seq,
        kind=entry.kind,
        strand_id=entry.strand_id,
        task_id=entry.task_id,
        text=why,
        at=done.at,
        by_id=by.staff_id,
        post_id=by.post_id,
        strikes=entry,
    )
