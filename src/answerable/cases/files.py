"""Files that come with a case: accepted by content, sealed under the case's key, held until checked (rule 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Attachment, Case
from answerable.cases.rules import CannotAct
from answerable.core.ids import uuid7
from answerable.parties import vault
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import DataKey
from answerable.parties.steps import data_key, file_key
from answerable.record.actors import Actor
from answerable.record.append import Draft, append_all

FILES_A_CASE = 10


@dataclass(frozen=True)
class Accepted:
    """A file that passed inspection at the edge (core.uploads); images are re-encoded already."""

    name: str
    media_type: str
    data: bytes
    sha256: bytes
    virus_state: str = ""


def attach(case: Case, accepted: Iterable[Accepted], *, by: Actor, now: datetime) -> list[Attachment]:
    """Seal files and record each; inside the caller's transaction.

    Raises CannotAct: `erased`; `too_many_files`; `files_closed` where the case's key was wrapped by a key file that is lost.
    """
    if case.erased_at is not None:
        raise CannotAct("erased")
    files = list(accepted)
    if Attachment.objects.filter(case=case, redacts=None).count() + len(files) > FILES_A_CASE:
        raise CannotAct("too_many_files", limit=FILES_A_CASE)
    try:
        key = file_key(case.pk)
    except KeyFileError:
        raise CannotAct("files_closed") from None
    rows = []
    for file in files:
        owner = uuid7()
        rows.append(
            Attachment(
                id=owner,
                case=case,
                from_person=by.kind.value in ("person", "client"),
                name=file.name,
                media_type=file.media_type,
                size=len(file.data),
                sha256=file.sha256,
                sealed=vault.seal(key, file.data, vault.bind("cases_attachment", "sealed", owner)),
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


def copy_files(first: Case, second: Case) -> None:
    """Put the files of a case with one that was divided from it, sealed under that one's own key."""
    made: dict[UUID, UUID] = {}
    key = None
    rows = list(Attachment.objects.filter(case=first).exclude(sealed=None).order_by("at", "pk"))
    for row in sorted(rows, key=lambda row: row.redacts_id is not None):
        key = key or file_key(second.pk)
        data, owner = content(row), uuid7()
        made[row.pk] = owner
        row.pk, row.case_id, row.act_seq = owner, second.pk, 1
        row.redacts_id = made.get(row.redacts_id) if row.redacts_id else None
        row.sealed = vault.seal(key, data, vault.bind("cases_attachment", "sealed", owner))
        row.save(force_insert=True)


def content(attachment: Attachment) -> bytes:
    """The file's bytes. Raises CannotAct: `wrong_file` when it was erased, `file_closed` when its key is lost."""
    if attachment.sealed is None:
        raise CannotAct("wrong_file")
    try:
        key = data_key(attachment.case_id)
    except (KeyFileError, DataKey.DoesNotExist):
        raise CannotAct("file_closed", name=attachment.name) from None
    return vault.open_(
        key,
        bytes(attachment.sealed),
        vault.bind("cases_attachment", "sealed", attachment.pk),
    )
