"""Files: a human looks at each before it leaves its handler, and blurs what must not be seen (rights, rule 2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import access, files, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Attachment, Case
from answerable.cases.rules import CannotAct, Doing
from answerable.record.actors import Actor


def _locked(attachment_id: UUID, by: Actor, now: datetime) -> tuple[Case, Attachment]:
    case_id = Attachment.objects.values_list("case_id", flat=True).get(pk=attachment_id)
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.CHECK_FILE, now)
    return case, Attachment.objects.get(pk=attachment_id)


@transaction.atomic(durable=True)
def check_file(*, attachment_id: UUID, cleared: bool, by: Actor, now: datetime, why: str = "") -> Attachment:
    """Clear a held file so that it may be passed on, or refuse it with the reason. Raises CannotAct.

    A cleared one can be refused later (something was overlooked); a refused one stays refused, and a redacted
    copy takes its place.
    """
    case, row = _locked(attachment_id, by, now)
    state = Attachment.Check.CLEARED if cleared else Attachment.Check.REFUSED
    if row.check_state == state or row.check_state == Attachment.Check.REFUSED:
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
    original = row.redacts or row
    copy = files.attach(case, [accepted], by=by, now=now)[0]
    copy.redacts, copy.check_state = original, Attachment.Check.CLEARED
    copy.save(update_fields=["redacts", "check_state"])
    steps.act(
        case,
        ActKind.ATTACHMENT_CHECKED,
        by=by,
        now=now,
        body={"attachment": str(copy.pk), "redacts": str(original.pk), "state": "cleared"},
        clocks=False,
    )
    return copy


@transaction.atomic(durable=True)
def add_files(
    *, case_id: UUID, accepted: Sequence[files.Accepted], by: Actor, now: datetime
) -> list[Attachment]:
    """The office puts files with the case; they are held until checked, as all are."""
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.HANDLE, now)
    return files.attach(case, accepted, by=by, now=now)
