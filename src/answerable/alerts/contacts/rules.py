"""What holds for the ways by which somebody is reached. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from answerable.core.sentences import N_, Said

#: Ways that one person may have.
MOST = 12
CODE_DIGITS = 6
CODE_FOR = timedelta(minutes=15)
CODE_TRIES = 5
AGAIN_AFTER = timedelta(seconds=60)
#: Codes that one person may have sent: a number that is not theirs is rung no oftener than that.
MOST_CODES, CODES_WITHIN = 15, timedelta(hours=1)
#: So long after it was last shown to work (by a code, a call or an answer) nobody knows whether it still does.
STALE_AFTER = timedelta(days=90)
#: A way may wait so long before it is tried: later ways are for when the earlier ones brought no answer.
LONGEST_S = 3600
LANDLINE, PUSH = "landline", "push"


class State(StrEnum):
    NEW = "new"
    WORKS = "works"
    STALE = "stale"
    FAILING = "failing"


class Reach(StrEnum):
    """Whether a person can be reached: by a way that works, perhaps, or by none."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


class CannotContact(Said):
    """A change to somebody's ways that is refused."""

    sentences = {
        "too_many": N_("You have %(most)s ways already. Take one away before you add another."),
        "twice": N_("You have this address already, by the same way."),
        "gone": N_("This way was taken away meanwhile. Nothing was changed."),
        "seconds": N_("Choose from 0 to %(most)s seconds."),
        "wrong_code": N_("This is not the code that was sent. You have %(left)s more tries."),
        "code_over": N_("This code no longer counts. Please have a new one sent."),
        "too_soon": N_(
            "A code went out less than a minute ago. Please wait for it, then have another one sent."
        ),
        "too_many_codes": N_(
            "You have had %(most)s codes sent within an hour. Please wait an hour before the next one."
        ),
        "by_hand": N_("Nothing is sent to a landline. Somebody calls it and confirms that you answer there."),
        "own": N_("Another person has to call and confirm: this is your own number."),
        "not_by_hand": N_("This way is shown to work by a code that is sent to it."),
        "unset": N_(
            "This installation has no gateway for this way. Ask the administrator, or choose another one."
        ),
    }


@dataclass(frozen=True)
class Known:
    """What is known of one way."""

    way: str
    verified_at: datetime | None = None
    answered_at: datetime | None = None
    failing_since: datetime | None = None


def state_of(known: Known, now: datetime) -> State:
    """How far one may rely on it."""
    if known.failing_since is not None:
        return State.FAILING
    if known.verified_at is None:
        return State.NEW
    seen = max(filter(None, (known.verified_at, known.answered_at)))
    return State.STALE if now - seen > STALE_AFTER else State.WORKS


def reach_of(ways: Iterable[Known], now: datetime) -> Reach:
    """Whether somebody with these ways can be reached."""
    states = {state_of(one, now) for one in ways}
    if State.WORKS in states:
        return Reach.YES
    return Reach.UNSURE if states & {State.STALE, State.NEW} else Reach.NO


def check_after(*seconds: int | None) -> None:
    """Raises CannotContact (seconds)."""
    if any(one is not None and not 0 <= one <= LONGEST_S for one in seconds):
        raise CannotContact("seconds", most=LONGEST_S)


def check_code(*, until: datetime | None, tries: int, now: datetime) -> None:
    """Whether a code may still be tried. Raises CannotContact (code_over)."""
    if until is None or now >= until or tries >= CODE_TRIES:
        raise CannotContact("code_over")


def check_again(until: datetime | None, now: datetime) -> None:
    """Whether another code may go out. Raises CannotContact (too_soon)."""
    if until is not None and now < until - CODE_FOR + AGAIN_AFTER:
        raise CannotContact("too_soon")


def moved(order: list[int], one: int, by: int) -> list[int]:
    """The ids in their new order: `one` goes by one place up (-1) or down (1), as far as there is one."""
    at = order.index(one)
    to = min(max(at + by, 0), len(order) - 1)
    rest = [each for each in order if each != one]
    return [*rest[:to], one, *rest[to:]]
