"""Files that come with a case: accepted by content, sealed under the case's key, held until checked (rule 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Attachment, Case, Involvement
from answerable.cases.rules import CannotAct
from answerable.core.ids import uuid7
from answerable.orgs.models import Unit
from answerable.parties import vault
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import DataKey
from answerable.parties.steps import data_key, file_key, own_key
from answerable.record.actors import Actor
from answerable.record.append import Draft, append_all

FILES_A_CASE = 10
#: What was written anew here and can be shown in a page: the kinds that every picture arrives as.
PICTURES = ("image/png", "image/jpeg")


@dataclass(frozen=True)
class Accepted:
    """A file that passed inspection at the edge (core.uploads); images are re-encoded already."""

    name: str
    media_type: str
    data: bytes
    sha256: bytes
    virus_state: str = ""


def attach(
    case: Case, accepted: Iterable[Accepted], *, by: Actor, now: datetime, beside: bool = False
) -> list[Attachment]:
    """Seal files and record each; inside the caller's transaction. `beside`: what belongs to the file whatever else is in it (copies, minutes), and is never
    one too many.

    Raises CannotAct: `erased`; `too_many_files`; `files_closed` where the case's key was wrapped by a key file that is lost.
    """
    if case.erased_at is not None:
        raise CannotAct("erased")
    files = list(accepted)
    there = Attachment.objects.filter(case=case, redacts=None)
    if not beside and there.count() + len(files) > FILES_A_CASE:
        raise CannotAct("too_many_files", limit=FILES_A_CASE)
    rows, held_in = [], _holder(case)
    for file in files:
        owner, is_picture = uuid7(), file.media_type in PICTURES
        rows.append(
            Attachment(
                id=owner,
                case=case,
                from_person=by.kind.value in ("person", "client"),
                name=file.name,
                media_type=file.media_type,
                size=len(file.data),
                sha256=file.sha256,
                sealed=_sealed(owner, case.pk, file.data, alone=is_picture),
                has_own_key=is_picture,
                held_in_id=held_in,
                virus_state=file.virus_state,
                at=now,
            )
        )
    drafts = [
        Draft(
            str(ActKind.ATTACHMENT_ADDED),
            {"attachment": str(r.pk), "sha256": bytes(r.sha256).hex(), "size": r.size, "type": r.media_type},
        )
        for r in rows
    ]
    for row, done in zip(rows, append_all(drafts, matter=case.pk, by=by, at=now), strict=True):
        row.act_seq, row.at = done.seq, done.at
    Attachment.objects.bulk_create(rows)
    return rows


def _holder(case: Case) -> int:
    """The unit that looks at a file that comes in: the one that has the matter, or had it last before a body outside."""
    if not case.unit.authority.is_outside or case.is_conduct:
        return case.unit_id
    here = Involvement.objects.filter(case=case, unit__authority__is_outside=False)
    return here.order_by("-since", "-pk").values_list("unit", flat=True).first() or case.unit_id


def _sealed(owner: UUID, case_id: UUID, data: bytes, *, alone: bool) -> bytes:
    """Under a key of its own, or under the case's. Raises CannotAct("files_closed")."""
    try:
        key = own_key(owner, case_id) if alone else file_key(case_id)
    except KeyFileError:
        raise CannotAct("files_closed") from None
    return vault.seal(key, data, vault.bind("cases_attachment", "sealed", owner))


def copy_files(first: Case, second: Case) -> None:
    """Put the files of a case with one that was divided from it, sealed under that one's own keys."""
    made: dict[UUID, UUID] = {}
    rows = list(Attachment.objects.filter(case=first).exclude(sealed=None).order_by("at", "pk"))
    for row in sorted(rows, key=lambda row: row.redacts_id is not None):
        data, owner = content(row), uuid7()
        made[row.pk] = owner
        row.pk, row.case_id, row.act_seq = owner, second.pk, 1
        row.redacts_id = made.get(row.redacts_id) if row.redacts_id else None
        row.has_own_key = row.media_type in PICTURES
        row.sealed = _sealed(owner, second.pk, data, alone=row.has_own_key)
        row.save(force_insert=True)


def content(attachment: Attachment) -> bytes:
    """The file's bytes. Raises CannotAct: `wrong_file` when it was erased, `file_closed` when its key is lost."""
    if attachment.sealed is None:
        raise CannotAct("wrong_file")
    try:
        key = data_key(attachment.pk if attachment.has_own_key else attachment.case_id)
    except (KeyFileError, DataKey.DoesNotExist):
        raise CannotAct("file_closed", name=attachment.name) from None
    return vault.open_(
        key,
        bytes(attachment.sealed),
        vault.bind("cases_attachment", "sealed", attachment.pk),
    )


def is_with(attachment: Attachment, unit_id: int | None) -> bool:
    """Whether a file that is not cleared opens in this unit: the one that it came to, or one above that."""
    holder: Unit = attachment.held_in or attachment.case.unit
    return unit_id in (holder.path or [holder.pk])


def require_checked(case: Case) -> None:
    """Raise CannotAct("files_held") where somebody else would get files that nobody has looked at (rule 2)."""
    held = (
        Attachment.objects.filter(case=case, check_state=Attachment.Check.HELD).exclude(sealed=None).count()
    )
    if held:
        raise CannotAct("files_held", number=held)


def hand_on(case: Case, unit: Unit) -> None:
    """Files that are not cleared open from now on in the unit that the case is moved to by its person or by the rule.

    Where that is a body outside, nobody there can look at them here: the unit that has them does, so that they can go
    along with the letter. An accusation's stay closed to whoever it is about (rule 5).
    """
    if unit.authority.is_outside and not case.is_conduct:
        return
    rows = Attachment.objects.filter(case=case).exclude(check_state=Attachment.Check.CLEARED)
    rows.update(held_in=unit)


def leave_with(case: Case, unit: Unit) -> None:
    """Files that are not cleared stay where they are: those of before this was written down, in this unit."""
    Attachment.objects.filter(case=case, held_in=None).update(held_in=unit)
