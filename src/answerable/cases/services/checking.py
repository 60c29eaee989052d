"""Files: a human looks at each before it leaves its handler, and blurs what must not be seen (rights, rule 2).

Every opening is an act that the person sees (rule 6). A picture is decoded, searched and blurred in a helper process,
before the transaction; under the lock it is seen that the file is still the one that was looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import access, files, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Attachment, Case, Message
from answerable.cases.rules import CannotAct, Doing
from answerable.core import images, marks
from answerable.core.marks import Marks
from answerable.core.pixels import Box
from answerable.core.text import safe_filename
from answerable.parties.steps import destroy_one
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import Appended, append

Check = Attachment.Check


def _locked(
    attachment_id: UUID, by: Actor, now: datetime, doing: Doing = Doing.CHECK_FILE
) -> tuple[Case, Attachment]:
    """The file under its case's lock, for whoever may do this. Raises CannotAct("file_elsewhere"), Http404, NotYours."""
    case_id = Attachment.objects.values_list("case_id", flat=True).get(pk=attachment_id)
    case = steps.lock_case(case_id)
    row = Attachment.objects.select_related("held_in", "case__unit").get(pk=attachment_id)
    access.require(by, case, Doing.CHECK_FILE if row.check_state != Check.CLEARED else doing, now)
    if row.check_state != Check.CLEARED and by.kind is ActorKind.STAFF and not files.is_with(row, by.unit_id):
        raise CannotAct("file_elsewhere")
    return case, row


@transaction.atomic(durable=True)
def open_file(*, attachment_id: UUID, by: Actor, now: datetime) -> bytes:
    """The file's bytes; that it was opened, and by which post, is an act first, and shown to the person (rule 6).

    A cleared one opens to whoever reads the case, another one to those who check. The case's version stays: looking is
    no change that a colleague's form would have to wait for. Raises CannotAct: wrong_file, file_closed, file_elsewhere.
    """
    case, row = _locked(attachment_id, by, now, Doing.READ)
    data = files.content(row)
    body = {"attachment": str(row.pk), "state": str(row.check_state)}
    append(ActKind.ATTACHMENT_OPENED, matter=case.pk, by=by, at=now, body=body)
    return data


@transaction.atomic(durable=True)
def check_file(*, attachment_id: UUID, cleared: bool, by: Actor, now: datetime, why: str = "") -> Attachment:
    """Clear a held file so that it may be passed on, or refuse it with the reason. Raises CannotAct.

    A cleared one can be refused later (something was overlooked); a refused one stays refused, and a redacted
    copy takes its place.
    """
    case, row = _locked(attachment_id, by, now)
    state = Check.CLEARED if cleared else Check.REFUSED
    if row.check_state in (state, Check.REFUSED, Check.BLURRED):
        raise CannotAct("checked_already")
    if not cleared and not why.strip():
        raise CannotAct("why_missing")
    row.check_state = state
    row.save(update_fields=["check_state"])
    steps.act(
        case,
        ActKind.ATTACHMENT_CHECKED,
        by=by,
        now=now,
        body={"attachment": str(row.pk), "state": str(state)},
        why=why.strip(),
        clocks=False,
    )
    return row


@transaction.atomic(durable=True)
def add_redacted_copy(
    *, attachment_id: UUID, accepted: files.Accepted, by: Actor, now: datetime
) -> Attachment:
    """Put a copy beside a file in which what must not be seen is gone; the original stays with its handlers."""
    case, row = _locked(attachment_id, by, now)
    return _beside(case, row, accepted, by=by, now=now, how="copy")[0]


def _beside(
    case: Case, row: Attachment, accepted: files.Accepted, *, by: Actor, now: datetime, **how: object
) -> tuple[Attachment, Appended]:
    original = row.redacts or row
    copy = files.attach(case, [accepted], by=by, now=now, beside=True)[0]
    copy.redacts, copy.check_state = original, Check.CLEARED
    copy.save(update_fields=["redacts", "check_state"])
    done = steps.act(
        case,
        ActKind.ATTACHMENT_CHECKED,
        by=by,
        now=now,
        body={"attachment": str(copy.pk), "redacts": str(original.pk), "state": "cleared", **how},
        clocks=False,
    )
    return copy, done


def propose_marks(attachment_id: UUID) -> list[Box] | None:
    """Where a face or a plate may be: a machine searches, nobody looks, nothing of it is kept. Raises CannotAct."""
    return images.propose(files.content(Attachment.objects.get(pk=attachment_id)))


def blur_file(*, attachment_id: UUID, marked: Marks, by: Actor, now: datetime) -> Attachment:
    """Make what is marked unreadable for good: the copy is cleared, the picture as it came is destroyed with its key.

    The person is told how much of it is covered and can send it again: blurring is no way to lose evidence quietly.
    Raises CannotAct: no_picture, checked_already, wrong_file, file_closed, file_elsewhere; CannotMark: too_much.
    """
    row = Attachment.objects.get(pk=attachment_id)
    if row.media_type not in files.PICTURES:
        raise CannotAct("no_picture")
    if row.check_state == Check.BLURRED:
        raise CannotAct("checked_already")
    kept = images.redact(files.content(row), marked.boxes, marked.strokes)
    marks.require_some_left(kept.covered)
    accepted = files.Accepted(
        name=safe_filename(row.name),
        media_type=kept.media_type,
        data=kept.data,
        sha256=hashlib.sha256(kept.data).digest(),
        virus_state=row.virus_state,
    )
    facts = {"marks": len(marked), "percent": max(1, round(100 * kept.covered))}
    return _blurred(attachment_id, bytes(row.sha256), accepted, facts, by=by, now=now)


@transaction.atomic(durable=True)
def _blurred(
    attachment_id: UUID,
    seen: bytes,
    accepted: files.Accepted,
    facts: dict[str, int],
    *,
    by: Actor,
    now: datetime,
) -> Attachment:
    case, row = _locked(attachment_id, by, now)
    if row.check_state == Check.BLURRED or bytes(row.sha256) != seen:
        raise CannotAct("checked_already")
    copy, done = _beside(case, row, accepted, by=by, now=now, how="blurred", **facts)
    _destroy(row, now=now)
    if (row.redacts or row).from_person:
        told = {"post": by.post_id, "percent": facts["percent"]}
        steps.say(case, done, Message.Kind.NOTICE, by=by, code="blurred", facts=told)
    return copy


def _destroy(row: Attachment, *, now: datetime) -> None:
    row.sealed, row.check_state = None, Check.BLURRED
    row.save(update_fields=["sealed", "check_state"])
    destroy_one(row.pk, now=now)


def destroy_again(erased: Collection[UUID], *, now: datetime) -> int:
    """After an older backup was put back: what was blurred since is as it came in it, and goes. Expects a transaction."""
    rows = list(Attachment.objects.filter(pk__in=erased).exclude(sealed=None).order_by("pk"))
    for row in rows:
        _destroy(row, now=now)
    return len(rows)


@transaction.atomic(durable=True)
def add_files(
    *, case_id: UUID, accepted: Sequence[files.Accepted], by: Actor, now: datetime
) -> list[Attachment]:
    """The office puts files with the case; they are held until checked, as all are."""
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.HANDLE, now)
    return files.attach(case, accepted, by=by, now=now)
