"""Keys for programs that speak Open311: given out once, kept as digests, taken back at any time. Both are acts."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.core.ids import uuid7
from answerable.core.sentences import N_, Said
from answerable.open311.models import Open311Key
from answerable.orgs.models import Authority
from answerable.record.actors import Actor
from answerable.record.append import append

PREFIX = "open311_"
_KEY = re.compile(rf"^{PREFIX}[A-Za-z0-9_-]{{43}}$")
#: As wide as its column.
NAME_LENGTH = 120


class CannotIssue(Said):
    """No key: the sentence says why."""

    sentences = {
        "unnamed": N_("Name the program in at most %(most)s characters."),
        "named": N_("“%(name)s” has a key already. Take it back first, or choose another name."),
    }


def _digest(key: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(b"answerable/open311-key/v1\0" + key.encode()).digest()


@transaction.atomic(durable=True)
def issue_key(*, authority: Authority, name: str, by: Actor, now: datetime) -> tuple[Open311Key, str]:
    """Admit a program: its row and its key, which is never shown again. Raises CannotIssue (unnamed, named)."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise CannotIssue("unnamed", most=NAME_LENGTH)
    Authority.objects.select_for_update().get(pk=authority.pk)  # two at once: the second sees the first
    if Open311Key.objects.filter(authority=authority, name=name, revoked_at=None).exists():
        raise CannotIssue("named", name=name)
    key = PREFIX + secrets.token_urlsafe(32)
    row = Open311Key(id=uuid7(), authority=authority, name=name, key_digest=_digest(key), issued_at=now)
    append("open311.key_issued", matter=row.pk, by=by, at=now, new_matter=True, body={"name": row.name})
    row.save(force_insert=True)
    return row, key


@transaction.atomic(durable=True)
def revoke_key(*, key_id: UUID, by: Actor, now: datetime) -> None:
    """Take a key back; what came in with it stays. A second time changes nothing."""
    row = Open311Key.objects.select_for_update().get(pk=key_id)
    if row.revoked_at is None:
        row.revoked_at = append("open311.key_revoked", matter=row.pk, by=by, at=now).at
        row.save(update_fields=["revoked_at"])


def key_behind(said: str) -> Open311Key | None:
    """The row of a key, or None for one that is unknown or was taken back."""
    if not _KEY.match(said):
        return None
    return Open311Key.objects.filter(key_digest=_digest(said), revoked_at=None).first()
