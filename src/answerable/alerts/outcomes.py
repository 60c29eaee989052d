"""What can come of a try to hand a message over, and what follows from it. Pure."""

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
#: Whoever has a message in the air says so this often; who has not said so for STALLED_AFTER is taken for dead. So
#: one that is merely slow is never taken over, and one whose worker died is found within 30 seconds.
RENEW_EVERY_S = 3.0
STALLED_AFTER = timedelta(seconds=15)
#: After so long nobody waits for a gateway's answer any more: the outcome is unknown, and the next way is tried.
PATIENCE_S = 25.0


def next_try(tries: int, now: datetime, *, is_urgent: bool = False) -> datetime | None:
    """When to try again after `tries` failures: 1, 2, 4 … minutes up to an hour, from 15 s if urgent; None: give up."""
    if tries >= MOST_TRIES:
        return None
    first = timedelta(seconds=15) if is_urgent else timedelta(minutes=1)
    return now + min(first * 2 ** (tries - 1), timedelta(hours=1))


@dataclass(frozen=True)
class Outcome:
    """What came of one try: `sent`, `failed` or `unknown`. Where it was sent, `detail` is the other side's receipt."""

    kind: str
    detail: str = ""
    for_good: bool = False


@dataclass(frozen=True)
class Change:
    """Where a message stands after a try. It waits for `next_try_at`, or has ended."""

    state: str
    may_be_duplicate: bool
    next_try_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        return self.next_try_at is None


def after(
    outcome: Outcome,
    *,
    tries: int,
    may_be_duplicate: bool,
    is_urgent: bool,
    reported: str,
    now: datetime,
) -> Change:
    """What follows from the outcome of try number `tries`, and from what the provider has `reported` meanwhile."""
    if reported == "delivered":
        return Change("sent", may_be_duplicate)
    if outcome.kind == "sent":
        return Change("failed" if reported == "failed" else "sent", may_be_duplicate)
    again = None if outcome.for_good else next_try(tries, now, is_urgent=is_urgent)
    if again is not None:
        return Change("queued", may_be_duplicate or outcome.kind == "unknown", again)
    # One try of unknown outcome is enough: the message may have arrived, whatever came of the later ones.
    lost = outcome.kind == "failed" and not may_be_duplicate
    return Change("failed" if lost else "unknown", may_be_duplicate)


def next_way_now(outcome: Outcome, change: Change, *, tries: int, is_urgent: bool) -> bool:
    """Whether the next way to the same person is tried at once: the first try failed, or this way is at its end.

    What is not urgent may have come to its end in quiet hours; then its next way keeps its time.
    """
    if change.state == "sent":
        return False
    return tries == 1 or (change.has_ended and is_urgent)


@dataclass(frozen=True)
class Message:
    """What a channel hands over. `idempotency` is the same on every try.

    `link`, `reply_code`: the private address and the short code to answer by, where it asks for an answer; the text
    says them too, for ways that carry text alone.
    """

    to: str
    subject: str
    body: str
    idempotency: str
    link: str = ""
    reply_code: str = ""
    is_urgent: bool = False
    language: str = "zh-hans"
    #: By e-mail: where an answer goes, what shows that it is theirs, and which message of theirs this one answers.
    reply_to: str = ""
    thread: str = ""
    in_reply_to: str = ""
