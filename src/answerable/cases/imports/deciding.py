"""What an administrator decides about an import: begun, carried out, stopped, left. Each is an act of the body's record."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.cases.imports import sealed
from answerable.cases.imports.models import Import
from answerable.core.ids import uuid7
from answerable.core.sentences import N_, Said
from answerable.orgs.models import Authority, Subject
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of

State = Import.State
#: So many imports of one body at once; each waits for the one before it.
AT_ONCE = 5


class CannotImport(Said):
    """An import that cannot be begun, or cannot go on so."""

    sentences = {
        "too_many": N_("%(count)s imports of this office are open. Carry them out or leave them first."),
        "moved_on": N_("This import has moved on meanwhile. This is how it stands now."),
        "gone": N_("What came is destroyed by now. Choose the file, or name the server, again."),
        "key_lost": N_(
            "It cannot be opened: the key that it was sealed under is not in the key file. Put the right key file back, "
            "then try it again. Without it, what came over before is not known again either: take those rows out of the "
            "file, or they are registered a second time."
        ),
        "fault": N_(
            "It failed each time, and is tried no more. The worker's log has the details under this address. Have it seen "
            "to, then try it again; what is registered is passed over."
        ),
        "cut_off": N_(
            "The worker was ended in the middle of it each time, for want of memory as a rule, and it is tried no more. "
            "See to it, then try it again; what is registered is passed over."
        ),
    }


def _record(kind: str, row: Import, by: Actor, now: datetime, **body: Any) -> None:
    said = {"import": str(row.pk), "source": row.source, **body}
    append(f"cases.{kind}", matter=matter_of("authority", row.authority_id), by=by, at=now, body=said)


@transaction.atomic(durable=True)
def begin_file(
    *, authority: Authority, source: str, name: str, content: bytes, by: Actor, now: datetime
) -> Import:
    """Have a file read. Nothing of it is taken over yet. Raises CannotImport (too_many)."""
    row = _fresh(authority, Import.Kind.FILE, source, by, now)
    row.filename, row.sha256 = name[:200], hashlib.sha256(content).hexdigest()
    sealed.keep_content(row, content)
    row.save(force_insert=True)
    _record("import_begun", row, by, now, sha256=row.sha256)
    return row


@transaction.atomic(durable=True)
def begin_pull(
    *,
    authority: Authority,
    root: str,
    jurisdiction: str,
    subject: Subject,
    since: date,
    by: Actor,
    now: datetime,
) -> Import:
    """Have a server asked. Nothing of it is taken over yet. Raises CannotImport (too_many)."""
    row = _fresh(authority, Import.Kind.OPEN311, root, by, now)
    row.jurisdiction, row.subject, row.since = jurisdiction, subject, since
    row.save(force_insert=True)
    _record("import_begun", row, by, now, subject=subject.pk, since=str(since))
    return row


def _fresh(authority: Authority, kind: str, source: str, by: Actor, now: datetime) -> Import:
    Authority.objects.select_for_update().get(pk=authority.pk)  # two at once: the second counts the first
    count = Import.objects.filter(
        authority=authority, state__in=[State.READING, State.READY, State.RUNNING]
    ).count()
    if count >= AT_ONCE:
        raise CannotImport("too_many", count=count)
    assert by.post_id is not None  # an administrator stands behind it
    return Import(
        id=uuid7(), authority=authority, kind=kind, source=source, begun_at=now, begun_by_id=by.post_id
    )


def _locked(import_id: UUID, *states: str) -> Import:
    row = Import.objects.select_for_update().get(pk=import_id)
    if row.state not in states:
        raise CannotImport("moved_on")
    return row


@transaction.atomic(durable=True)
def confirm_import(*, import_id: UUID, by: Actor, now: datetime) -> Import:
    """Have what was shown taken over, by the worker. Raises CannotImport (moved_on)."""
    row = _locked(import_id, State.READY)
    row.state = State.RUNNING
    row.save(update_fields=["state"])
    _record("import_confirmed", row, by, now, count=row.found["planned"])
    return row


@transaction.atomic(durable=True)
def stop_import(*, import_id: UUID, by: Actor, now: datetime) -> Import:
    """Take nothing more over; what came until now stays. Raises CannotImport (moved_on)."""
    row = _locked(import_id, State.RUNNING)
    row.state = State.STOPPED
    row.save(update_fields=["state"])
    _record("import_stopped", row, by, now, done=row.done)
    return row


@transaction.atomic(durable=True)
def retry_import(*, import_id: UUID, by: Actor, now: datetime) -> Import:
    """Go on with one that had failed, where it was. Raises CannotImport (moved_on, gone)."""
    row = _locked(import_id, State.FAILED)
    if row.content is None and (row.kind == Import.Kind.FILE or row.read_at is not None):
        raise CannotImport("gone")
    row.state = State.READING if row.read_at is None else State.RUNNING
    row.tries, row.again_at, row.failed, row.ended_at = 0, None, "", None
    row.save()
    _record("import_retried", row, by, now, done=row.done)
    return row


@transaction.atomic(durable=True)
def leave_import(*, import_id: UUID, by: Actor, now: datetime) -> Import:
    """Do not carry it out: what came is destroyed. Raises CannotImport (moved_on)."""
    row = _locked(import_id, State.READING, State.READY, State.FAULTY, State.FAILED)
    if row.done and row.state == State.FAILED:
        raise CannotImport("moved_on")
    row.state, row.ended_at = State.LEFT, now
    sealed.destroy(row)
    row.save()
    _record("import_left", row, by, now)
    return row
