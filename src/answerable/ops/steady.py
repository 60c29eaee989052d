"""A clock that leaps ahead is not believed at once: what it makes due cannot be taken back when it is put right.

A machine that starts with a wrong clock, or a mistyped date, would make every open matter late, close what a person may
still have reviewed, and destroy what is kept for years. Loops that lift, remind, close or destroy wait until the new time
has stood for a while. Alarms, messages and what people do go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

#: The database's clock and this process's own may differ by so much: a machine that slept, a server that was moved.
LEAP = timedelta(minutes=10)
#: No worker beat for so long: nobody can say any more which of the clocks was right meanwhile.
STANDSTILL = timedelta(hours=25)
#: A clock that a time server puts right is right by then.
HOLD_S = 15 * 60.0


class Steady:
    """Compares the database's clock with one that nobody can set. For all threads of a process."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic, self._lock = monotonic, threading.Lock()
        self._seen: tuple[datetime, float] | None = None
        self._holds_until: float | None = None

    def begin(self, now: datetime, last_beat: datetime | None) -> None:
        """At the start of a process, where no clock of its own tells how long the database was alone."""
        with self._lock:
            self._seen = (now, self._monotonic())
            if last_beat is not None and now - last_beat > STANDSTILL:
                self._hold((now - last_beat).total_seconds())

    def is_steady(self, now: datetime) -> bool:
        """Whether what `now` makes due may be done."""
        with self._lock:
            here = self._monotonic()
            if self._seen is not None:
                then, was_here = self._seen
                ahead = now - then - timedelta(seconds=here - was_here)
                if ahead > LEAP:
                    self._hold(ahead.total_seconds())
                elif ahead < -LEAP:
                    log.warning("the clock was put back", extra={"seconds": round(-ahead.total_seconds())})
                    self._holds_until = None
            self._seen = (now, here)
            return self._holds_until is None or here >= self._holds_until

    def _hold(self, seconds: float) -> None:
        self._holds_until = self._monotonic() + HOLD_S
        log.warning(
            "the clock leapt ahead: nothing is lifted, closed or destroyed until it has stood for a while",
            extra={"seconds": round(seconds), "waits_s": round(HOLD_S)},
        )
