"""What can come of a try to hand a message over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


class NotSent(Exception):
    """The gateway said no, or was never reached: certainly not sent. `for_good`: trying again is useless."""

    def __init__(self, detail: str, *, for_good: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail[:200]
        self.for_good = for_good


class Unknown(Exception):
    """The message may have gone out: the line broke after it was handed over."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail[:200]


MOST_TRIES = 8
STALLED_AFTER = timedelta(seconds=90)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failures: 1, 2, 4 … minutes up to an hour; None when given up."""
    if tries >= MOST_TRIES:
        return None
    return now + min(timedelta(minutes=2 ** (tries - 1)), timedelta(hours=1))


@dataclass(frozen=True)
class Message:
    """What a channel hands over. `idempotency` is the same on every try.

    Of an alarm: `link` is where it is answered and `code` what a text message is answered with; the body says both
    already, these are for ways that have a place of their own for them.
    """

    to: str
    subject: str
    body: str
    idempotency: str
    language: str = "zh-hans"
    is_urgent: bool = False
    link: str = ""
    code: str = ""
