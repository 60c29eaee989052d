"""Pages by their last row: an opaque, signed mark that holds where new rows come in between.

It names the key, the list and the filters it was given for: elsewhere it is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from answerable.core import days
from answerable.parties import keys

MOST, PAGE = 200, 50
_TAG = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CursorWrong(Exception):
    """This is no mark of ours, or one of another list."""


def written(place: Iterable[Any], *, of: Iterable[str]) -> str:
    """The mark of a place in a list; `of` is all that tells the list from others."""
    body = json.dumps(list(place), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_tag(body, of) + body).decode().rstrip("=")


def read(said: str, *, of: Iterable[str], length: int) -> list[Any]:
    """The place again: `length` values. Raises CursorWrong."""
    try:
        raw = base64.b64decode(said + "=" * (-len(said) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise CursorWrong from None
    tag, body = raw[:_TAG], raw[_TAG:]
    if not hmac.compare_digest(tag, _tag(body, of)):
        raise CursorWrong
    place: list[Any] = json.loads(body)
    if len(place) != length:
        raise CursorWrong
    return place


def _tag(body: bytes, of: Iterable[str]) -> bytes:
    what = json.dumps(list(of)).encode()
    return hmac.digest(keys.derived("cursors of the API"), what + b"\0" + body, hashlib.sha256)[:_TAG]


def instant_out(at: datetime) -> int:
    """An instant as whole microseconds, as the database keeps it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant_in(said: Any) -> datetime:
    at = _EPOCH + timedelta(microseconds=int(said))
    if not days.FIRST_AT <= at <= days.LAST_AT:
        raise CursorWrong
    return at
