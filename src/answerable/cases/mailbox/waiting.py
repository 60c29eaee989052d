"""Messages that were not taken up: kept sealed until somebody decided, or their time is over."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.cases.mailbox.models import Mail, Mailbox, Outcome
from answerable.cases.mailbox.reading import File, Kind, Letter
from answerable.core import keeping
from answerable.parties import vault
from answerable.parties.models import DataKey
from answerable.parties.steps import data_key, file_key

#: So long somebody can still look at what was not taken up.
KEPT_FOR = timedelta(days=90)
#: So long a message is known again; nothing but a digest is left of it.
KNOWN_FOR = timedelta(days=400)
#: Bytes of files kept with one that waits.
FILES = 25 << 20


def keep(
    mailbox: Mailbox, letter: Letter, digest: bytes, reason: str, *, arrived_at: datetime, now: datetime
) -> Mail:
    """Put a message on the list, inside the caller's transaction."""
    row = Mail(
        mailbox=mailbox,
        digest=digest,
        outcome=Outcome.WAITING,
        reason=reason,
        arrived_at=min(arrived_at, now),
        taken_at=now,
    )
    content: dict[str, Any] = {
        name: getattr(letter, name)
        for name in ("sender", "sender_name", "message_id", "subject", "text", "is_cut")
    }
    files, room = [], FILES
    for file in letter.files:
        if len(file.data) <= room:
            room -= len(file.data)
            files.append([file.name, base64.b64encode(file.data).decode()])
        else:
            content["is_cut"] = True
    row.sealed = vault.seal_json(file_key(row.pk), content | {"files": files}, _bound(row))
    row.save(force_insert=True)
    return row


def _bound(row: Mail) -> bytes:
    return vault.bind("mailbox_mail", "sealed", row.pk)


@dataclass(frozen=True)
class Kept:
    """A message that waits, as it is shown and turned into a matter."""

    row: Mail
    letter: Letter


def opened(row: Mail) -> Kept:
    """The words of one that waits. Raises DataKey.DoesNotExist, vault.CannotOpen where they are gone."""
    said = vault.open_json(data_key(row.pk), bytes(row.sealed or b""), _bound(row))
    files = tuple(File(name, base64.b64decode(data)) for name, data in said.pop("files", []))
    letter = Letter(kind=Kind.LETTER, name="", files=files, **said)
    return Kept(row, letter)


def destroy(row: Mail, outcome: str, *, now: datetime, post_id: int | None = None) -> None:
    """What it said is gone with its key; that there was a message stays, to be known again."""
    DataKey.objects.filter(owner=row.pk).delete()
    row.sealed, row.outcome, row.settled_at, row.settled_by_id = None, outcome, now, post_id
    row.save(update_fields=["sealed", "outcome", "settled_at", "settled_by", "case"])


def tidy(now: datetime) -> int:
    """Destroy what nobody took up in time, and forget digests that can come back no more; how many."""
    old = list(Mail.objects.filter(outcome=Outcome.WAITING, taken_at__lt=now - KEPT_FOR)[:200])
    for row in old:
        destroy(row, Outcome.LEFT, now=now)
    forgotten = Mail.objects.filter(taken_at__lt=now - KNOWN_FOR).exclude(outcome=Outcome.WAITING)
    return keeping.gone("mailbox.mail", len(old)) + forgotten.delete()[0]
