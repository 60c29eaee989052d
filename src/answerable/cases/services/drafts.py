"""A grievance half told: kept sealed under a key that is not in this installation (docs/adr/0030-unfinished-forms.md).

The key comes from a token which only the person's browser holds, or from the return code on their paper. A row
tells nothing but its size and its end; nothing links a draft to its files, to another draft or to a case. Half a
form is no matter yet, so nothing here is an act.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.cases.models import IntakeDraft
from answerable.core import codes
from answerable.parties import keys, vault

#: An open form that nobody saved, counted from the last answer.
LIVE_FOR = timedelta(hours=24)
#: A form saved under a return code, counted from the last answer.
SAVED_FOR = timedelta(days=30)
#: A receipt that was shown: long enough to print it, as long as a resend shows the secret again.
RECEIPT_FOR = timedelta(minutes=30)

_PURPOSE = "intake drafts"
# About 40 ms and 16 MB a try: with the limit on tries it makes guessing codes pointless, copied database or not.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


@dataclass(frozen=True)
class _Lock:
    finder: bytes
    key: bytes

    @property
    def aad(self) -> bytes:
        return vault.bind("cases_intake_draft", "sealed", self.finder.hex())


def new_token() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def new_return_code() -> str:
    """A code to write down: 16 signs that a person can read out, 61 random bits and a check sign."""
    return codes.new_secret()


def token_of(return_code: str) -> str | None:
    """The token that a return code stands for, as typed; None where it can be no return code."""
    if not codes.is_valid_secret(return_code):
        return None
    salt = keys.derived("return codes of intake drafts")
    token = hashlib.scrypt(codes.compact(return_code).encode(), salt=salt, **_SCRYPT)
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def _lock(token: str, part: str = "") -> _Lock:
    def derive(purpose: bytes) -> bytes:
        message = b"answerable/draft/v1\0" + purpose + b"\0" + token.encode() + b"\0" + part.encode()
        return hmac.digest(keys.derived(_PURPOSE), message, hashlib.sha256)

    return _Lock(derive(b"finder"), derive(b"key"))


def read(token: str, now: datetime) -> dict[str, Any] | None:
    """What is kept under the token; None where there is nothing, or its time is over. One statement."""
    lock = _lock(token)
    row = IntakeDraft.objects.filter(finder=lock.finder, expires_at__gt=now).first()
    if row is None:
        return None
    content: dict[str, Any] = vault.open_json(lock.key, bytes(row.sealed), lock.aad)
    return content


def keep(token: str, content: dict[str, Any], *, expires_at: datetime) -> None:
    """Keep JSON `content` under the token until `expires_at`; what was there is replaced. One statement."""
    lock = _lock(token)
    _put(lock, vault.seal_json(lock.key, content, lock.aad), expires_at)


def _put(lock: _Lock, sealed: bytes, expires_at: datetime) -> None:
    IntakeDraft.objects.bulk_create(
        [IntakeDraft(finder=lock.finder, sealed=sealed, expires_at=expires_at)],
        update_conflicts=True,
        unique_fields=["finder"],
        update_fields=["sealed", "expires_at"],
    )


def drop(token: str, parts: Sequence[str] = ()) -> None:
    """Destroy what is kept under the token and these parts of it, for good."""
    IntakeDraft.objects.filter(finder__in=[_lock(token, part).finder for part in ("", *parts)]).delete()


def keep_part(token: str, part: str, data: bytes, *, expires_at: datetime) -> None:
    """Keep a file's bytes beside the form, under a row of its own."""
    lock = _lock(token, part)
    _put(lock, vault.seal(lock.key, data, lock.aad), expires_at)


def read_part(token: str, part: str) -> bytes | None:
    """A file's bytes, or None where they are gone."""
    lock = _lock(token, part)
    row = IntakeDraft.objects.filter(finder=lock.finder).first()
    return vault.open_(lock.key, bytes(row.sealed), lock.aad) if row else None


def drop_part(token: str, part: str) -> None:
    IntakeDraft.objects.filter(finder=_lock(token, part).finder).delete()


def prolong_parts(token: str, parts: Sequence[str], *, expires_at: datetime) -> None:
    """Let files live as long as the form they belong to."""
    if parts:
        finders = [_lock(token, part).finder for part in parts]
        IntakeDraft.objects.filter(finder__in=finders).update(expires_at=expires_at)
