"""When surprise roll calls come. Pure: what decides is drawn from a key that only this installation has.

So many a week, each on another day, at some minute of the hours allowed. The weeks begin on a day that only the key
knows, so that nobody on a Sunday can reckon from the calls so far that the last one must come now.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEK = 7
#: Missed while nothing ran: made up for within so long; later it would call another shift, or nobody expects it still.
STILL_CALLED = timedelta(minutes=30)
#: A line that was called so short a time ago, for whatever reason, is left in peace.
PEACE = timedelta(hours=4)


class PassedOver(StrEnum):
    """Why a call that was drawn was not made."""

    NOBODY = "nobody_on_duty"
    LATELY = "called_lately"
    MISSED = "missed"


@dataclass(frozen=True)
class Wish:
    """`id`: whose calls these are; two wishes are drawn apart."""

    id: str
    a_week: int
    between_from: time
    between_until: time
    zone: str


def instant_on(wish: Wish, on: date, key: bytes) -> datetime | None:
    """When a wish's call comes on a local day; None where none does. The same for everyone who holds the key."""
    phase = _draw(key, wish.id, "phase") % WEEK
    block, day = divmod(on.toordinal() + phase, WEEK)
    if day not in _days_of(wish, block, key):
        return None
    minutes = _minutes(wish)
    offset = _draw(key, wish.id, f"minute:{on.isoformat()}") % minutes
    tz = ZoneInfo(wish.zone)
    # Local clock arithmetic: on a day of 23 or 25 hours the minute may shift, and still lies between the hours.
    naive = datetime.combine(on, wish.between_from) + timedelta(minutes=offset)
    return naive.replace(tzinfo=tz)


def _days_of(wish: Wish, block: int, key: bytes) -> list[int]:
    """Which days of a block of seven have a call."""
    drawn = sorted(range(WEEK), key=lambda day: (_draw(key, wish.id, f"day:{block}:{day}"), day))
    return drawn[: max(0, min(wish.a_week, WEEK))]


def _minutes(wish: Wish) -> int:
    first, last = wish.between_from, wish.between_until
    return max(1, (last.hour - first.hour) * 60 + last.minute - first.minute)


def _draw(key: bytes, whose: str, what: str) -> int:
    return int.from_bytes(hmac.digest(key, f"{whose}:{what}".encode(), "sha256")[:8])
