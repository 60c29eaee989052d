"""How many messages a person gets by one way before the rest waits and goes out as one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Gone:
    """One message that went out to a contact."""

    at: datetime
    is_urgent: bool


def free_at(
    most: int, within: timedelta, gone: Iterable[Gone], *, is_urgent: bool, now: datetime
) -> datetime | None:
    """None where a message may go now, or the first instant at which one may.

    What is urgent waits only for what was urgent: the first urgent one always goes at once. A message of the future
    was sent before the clock was put back, and counts no more.
    """
    counted = sorted(
        one.at for one in gone if now - within < one.at <= now and (one.is_urgent or not is_urgent)
    )
    if len(counted) < most:
        return None
    return counted[-most] + within
