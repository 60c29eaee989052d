"""What a telephone's clock is worth. Pure: no Django, no clock, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Nearer than this to its arrival, what was written is said to have happened when it arrived.
SAME = timedelta(seconds=30)
#: Older than this, a claim is no claim: the clock was somewhere else altogether.
OLDEST = timedelta(days=31)
#: More seconds than the column holds are as wrong as these.
MOST_OFF_S = 2_000_000_000


@dataclass(frozen=True)
class Claimed:
    """When something is said to have happened (None: when it arrived), and how far the writer's clock was off."""

    happened_at: datetime | None
    clock_off_s: int | None


def claimed(told_at: datetime | None, device_now: datetime | None, now: datetime) -> Claimed:
    """What a device claims, put right by how far its clock is off as it sends (positive: ahead). Never in the future.

    Where the clock was moved between the writing and the sending, so that it was written "after" it is sent, nobody
    knows when: the arrival alone is sure.
    """
    if device_now is None:
        return Claimed(None, None)
    off = (device_now - now).total_seconds()
    off_s = int(max(-MOST_OFF_S, min(MOST_OFF_S, round(off))))
    if told_at is None:
        return Claimed(None, off_s)
    ago = device_now - told_at
    if ago < SAME or ago > OLDEST:
        return Claimed(None, off_s)
    return Claimed(now - ago, off_s)
