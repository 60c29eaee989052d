"""Writes of an incident that compose: inside the caller's transaction, which they never open.

Locks: the incident's row, then its parts by primary key, then the head of its acts (`append`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.core.ids import uuid7
from answerable.core.refusals import Changed
from answerable.core.text import CannotKeep, clean
from answerable.incidents import rules
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Entry, Incident, Strand, Task
from answerable.incidents.rules import CannotAct
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import Appended, append, stamp

#: Characters of one line of the log.
LONGEST_ENTRY = 4000


def lock_incident(incident_id: UUID, seen_version: int | None = None) -> Incident:
    """The incident, locked. Raises Changed where it is not the version that the form was shown."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related("authority", "unit", "place")
    incident = rows.get(pk=incident_id)
    require_version(incident, seen_version)
    return incident


def require_version(incident: Incident, seen_version: int | None) -> None:
    """Raises Changed where the incident moved on since the form was shown."""
    if seen_version is not None and incident.version != seen_version:
        raise Changed(version=incident.version)


def lock_active(incident_id: UUID, seen_version: int | None = None) -> Incident:
    """The same of an incident whose response is under way. Raises CannotAct("not_active") for others."""
    incident = lock_incident(incident_id, seen_version)
    if incident.state != Incident.State.ACTIVE:
        raise CannotAct("not_active")
    return incident


def changed(incident: Incident, **fields: Any) -> None:
    """Set fields of a locked incident; every change gives it a new version."""
    for name, value in fields.items():
        setattr(incident, name, value)
    incident.version += 1
    incident.save(update_fields=[*fields, "version"])


def act(
    incident: Incident,
    kind: IncidentAct,
    *,
    by: Actor,
    now: datetime,
    body: Mapping[str, Any] | None = None,
    why: str = "",
    happened_at: datetime | None = None,
) -> Appended:
    """An act on the matter of an incident. People stand in it by id alone; words as their digest."""
    return append(
        kind,
        matter=incident.pk,
        by=by,
        at=now,
        body=body,
        why=why,
        happened_at=happened_at,
        claimed_by="staff" if happened_at is not None else "",
    )


def cleaned(text: str, *, most: int) -> str:
    """Words as they are kept. Raises CannotAct("too_long")."""
    try:
        return clean(text, most).text.strip()
    except CannotKeep:
        raise CannotAct("too_long", most=most) from None


def digest(text: str) -> str:
    """What the record keeps of words: SHA-256, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_entry(
    incident: Incident,
    text: str,
    *,
    by: Actor,
    now: datetime,
    kind: str = Entry.Kind.ENTRY,
    entry_id: UUID | None = None,
    happened_at: datetime | None = None,
    clock_off_s: int | None = None,
    strand: Strand | None = None,
    task: Task | None = None,
) -> Entry:
    """A line of the log; the act holds its digest, and its number is the act's.

    The same id twice is the same entry, however often and from wherever it is sent; with other words it is refused
    (`id_taken`). Also refused: no words, too many, an incident that is closed.
    """
    text = cleaned(text, most=LONGEST_ENTRY)
    if incident.state not in rules.WRITTEN_IN:
        raise CannotAct("is_over")
    if not text:
        raise CannotAct("no_words")
    # Two sendings of one id queue up here, and the second finds what the first one wrote.
    stamp(incident.pk, now)
    if entry_id is not None and (found := Entry.objects.filter(pk=entry_id).first()) is not None:
        if found.incident_id != incident.pk or found.text != text:
            raise CannotAct("id_taken")
        return found
    row = Entry(
        id=entry_id or uuid7(),
        incident=incident,
        kind=kind,
        text=text,
        happened_at=happened_at,
        clock_off_s=clock_off_s,
        strand=strand,
        task=task,
        by_id=by.staff_id if by.kind is ActorKind.STAFF else None,
        post_id=by.post_id,
    )
    done = act(
        incident,
        IncidentAct.WRITTEN,
        by=by,
        now=now,
        happened_at=happened_at,
        body={
            "entry": str(row.pk),
            "kind": str(kind),
            "sha256": digest(text),
            "strand": strand.code if strand is not None else "",
            "task": str(task.pk) if task is not None else "",
            **({"clock_off_s": clock_off_s} if clock_off_s is not None else {}),
        },
    )
    row.seq, row.at = done.seq, done.at
    row.save(force_insert=True)
    return row


def ids(rows: Iterable[Any]) -> list[str]:
    """Keys of rows as the record holds them."""
    return [str(row.pk) for row in rows]
