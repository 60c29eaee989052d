"""Keys for other systems: given out once, kept as digests, taken back at any time. Both are acts."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.api.models import ApiClient
from answerable.core.ids import uuid7
from answerable.core.sentences import N_, Said
from answerable.core.statements import fetch
from answerable.orgs.models import Authority
from answerable.record.actors import Actor
from answerable.record.append import append

PREFIX = "answerable_"
_KEY = re.compile(rf"^{PREFIX}[A-Za-z0-9_-]{{43}}$")


#: As wide as its column.
NAME_LENGTH = 120


class CannotIssue(Said):
    """No key: the sentence says why."""

    sentences = {
        "unnamed": N_("Name the system in at most %(most)s characters."),
        "named": N_("“%(name)s” has a key already. Take it back first, or choose another name."),
    }


def _digest(key: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(b"answerable/api-key/v1\0" + key.encode()).digest()


@transaction.atomic(durable=True)
def issue_key(*, authority: Authority, name: str, by: Actor, now: datetime) -> tuple[ApiClient, str]:
    """Admit a system: gives its row and its key, which is never shown again. Raises CannotIssue (unnamed, named)."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise CannotIssue("unnamed", most=NAME_LENGTH)
    Authority.objects.select_for_update().get(pk=authority.pk)  # two at once: the second sees the first
    if ApiClient.objects.filter(authority=authority, name=name, revoked_at=None).exists():
        raise CannotIssue("named", name=name)
    key = PREFIX + secrets.token_urlsafe(32)
    client = ApiClient(id=uuid7(), authority=authority, name=name, key_digest=_digest(key), issued_at=now)
    append("api.key_issued", matter=client.pk, by=by, at=now, new_matter=True, body={"name": client.name})
    client.save(force_insert=True)
    return client, key


@transaction.atomic(durable=True)
def revoke_key(*, client_id: UUID, by: Actor, now: datetime) -> None:
    """Take a key back; what came in with it stays. A second time changes nothing."""
    client = ApiClient.objects.select_for_update().get(pk=client_id)
    if client.revoked_at is None:
        client.revoked_at = append("api.key_revoked", matter=client.pk, by=by, at=now).at
        client.save(update_fields=["revoked_at"])


def client_of(key: str) -> ApiClient | None:
    """The system that a key belongs to, or None for one that is unknown or was taken back."""
    if not _KEY.match(key):
        return None
    found = fetch(ApiClient, "key_digest = %s AND revoked_at IS NULL", [_digest(key)])
    return found[0] if found else None
