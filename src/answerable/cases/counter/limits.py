"""How often codes are tried at the counters: by one member of staff, and by all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.core import limits

#: purpose: (times for one member of staff, seconds, times for all of them)
LIMITS = {
    "counter progress": (40, 600, 2000),
    "counter lost": (20, 600, 1000),
}


@dataclass(frozen=True)
class Wait:
    """One try too many: after how many whole minutes the next one is let through."""

    minutes: int


def over(purpose: str, staff_id: int, now: datetime) -> Wait | None:
    """Count one try for a purpose; a `Wait` when it was one too many. Not inside a transaction.

    The staff's own count comes first: whoever tries too often does not use up what all have together.
    """
    times, window_s, overall = LIMITS[purpose]
    for counted, most in ((f"{purpose} of staff {staff_id}", times), (purpose, overall)):
        verdict = limits.allow(counted, "", most, window_s, now)
        if not verdict:
            return Wait(max(1, -(-verdict.retry_after // 60)))
    return None
