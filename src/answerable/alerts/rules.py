"""How an alarm climbs: which steps are taken at `now`, who is asked, when it stops. Pure.

The instants of a round's steps are planned from its first one, so that neither a slow engine nor one that was down
moves them: late steps are taken at once, once each, in order. A new round is counted from when the last step was
really taken, so that downtime is made up for once and never a whole night of repeats at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

HAVE_IT = "have_it"
PASSED = "passed"

#: More steps than anybody is asked by one alarm; whatever is read from a table has an end.
MOST_STEPS = 50
#: The clock is the database's. What was done later than now, by more than this, was done before it was put back.
CLOCK_DOUBT = timedelta(seconds=2)


class Mode(StrEnum):
    ONE = "one"
    ALL = "all"


@dataclass(frozen=True)
class Ladder:
    """The rule as it stood when the alarm was raised. `targets`: of each step, as `targets.py` reads them.

    `rounds`: how often it is climbed; 0: until somebody has it.
    """

    after_s: tuple[int, ...]
    targets: tuple[tuple[Mapping[str, Any], ...], ...]
    mode: Mode = Mode.ONE
    repeat_after_s: int = 600
    rounds: int = 0

    @staticmethod
    def from_record(kept: Mapping[str, Any]) -> Ladder:
        steps = list(kept.get("steps") or ())[:MOST_STEPS]
        return Ladder(
            after_s=tuple(max(0, int(step.get("after_s", 0))) for step in steps),
            targets=tuple(tuple(step.get("targets") or ()) for step in steps),
            mode=Mode(kept.get("mode", "one")),
            repeat_after_s=max(10, int(kept.get("repeat_after_s", 600))),
            rounds=max(0, int(kept.get("rounds", 0))),
        )


@dataclass(frozen=True)
class Place:
    """How far an alarm has climbed. `step` -1: not at all; `next_at` None: nothing comes next."""

    step: int
    round: int
    next_at: datetime | None
    #: When the last step was really taken, or the alarm raised.
    taken_at: datetime


@dataclass(frozen=True)
class Said:
    """One who was asked (or told), where, and their answer so far."""

    staff: int
    step: int
    round: int
    answer: str = ""
    is_told_only: bool = False
    is_unreachable: bool = False


@dataclass(frozen=True)
class Found:
    """Whom a step means at an instant. `unreachable` are among `asked`."""

    asked: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    unreachable: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Taken:
    """One step as it was taken. `moves_on`: nobody is waited for, so the next one is due at once."""

    step: int
    round: int
    due_at: datetime
    asked: tuple[int, ...]
    told: tuple[int, ...]
    unreachable: frozenset[int]
    moves_on: bool


@dataclass(frozen=True)
class Climb:
    """What happens at `now`: the steps in order, where the alarm stands then, and whether it is given up."""

    taken: tuple[Taken, ...]
    place: Place
    is_given_up: bool = False


Finder = Callable[[int], Found]


def first_place(ladder: Ladder, opened_at: datetime) -> Place:
    """Where an alarm stands when it is raised."""
    delay = ladder.after_s[0] if ladder.after_s else 0
    return Place(step=-1, round=0, next_at=opened_at + timedelta(seconds=delay), taken_at=opened_at)


def climb(ladder: Ladder, place: Place, said: Iterable[Said], find: Finder, now: datetime) -> Climb:
    """Everything that is due at `now`. `find` says whom a step means; it is asked once a step."""
    heard, taken = list(said), list[Taken]()
    while place.next_at is not None and place.next_at <= now:
        following = _following(ladder, place)
        if following is None:
            return Climb(tuple(taken), replace(place, next_at=None), is_given_up=True)
        step, round_ = following
        one = _take(step, round_, place.next_at, find(step), heard)
        taken.append(one)
        heard += [
            Said(staff, step, round_, is_unreachable=staff in one.unreachable) for staff in one.asked
        ] + [Said(staff, step, round_, is_told_only=True) for staff in one.told]
        place = Place(step, round_, _next_at(ladder, one, now), now)
    return Climb(tuple(taken), place)


def _following(ladder: Ladder, place: Place) -> tuple[int, int] | None:
    """The step after this place: of the same round, else the first of the next one; None when all are through."""
    if place.step + 1 < len(ladder.after_s):
        return place.step + 1, place.round
    round_ = place.round + 1
    if not ladder.after_s or (ladder.rounds and round_ >= ladder.rounds):
        return None
    return 0, round_


def _take(step: int, round_: int, due_at: datetime, found: Found, heard: Sequence[Said]) -> Taken:
    """Who passed in this round is not asked again in it, nor who has it and waits for the others of a group; who knows
    already is not told again."""
    said = {
        one.staff for one in heard if one.answer == HAVE_IT or (one.answer == PASSED and one.round == round_)
    }
    know = {one.staff for one in heard}
    asked = tuple(staff for staff in dict.fromkeys(found.asked) if staff not in said)
    told = tuple(staff for staff in dict.fromkeys(found.told) if staff not in know and staff not in asked)
    unreachable = frozenset(found.unreachable).intersection(asked)
    return Taken(step, round_, due_at, asked, told, unreachable, moves_on=len(unreachable) == len(asked))


def _next_at(ladder: Ladder, one: Taken, now: datetime) -> datetime:
    if one.step + 1 >= len(ladder.after_s):
        return now + timedelta(seconds=ladder.repeat_after_s)
    delay = 0 if one.moves_on else ladder.after_s[one.step + 1]
    return one.due_at + timedelta(seconds=delay)


def is_answered(ladder: Ladder, said: Iterable[Said]) -> bool:
    """Whether the climb stops. One: somebody has it. All: everyone whom some step asked has it."""
    heard = list(said)
    have = {one.staff for one in heard if one.answer == HAVE_IT}
    if ladder.mode is Mode.ONE:
        return bool(have)
    groups: dict[tuple[int, int], set[int]] = {}
    for one in heard:
        if not one.is_told_only:
            groups.setdefault((one.round, one.step), set()).add(one.staff)
    return any(group <= have for group in groups.values())


def hurried(ladder: Ladder, place: Place, said: Iterable[Said], now: datetime) -> Place:
    """After a "pass to the next": at once on to the next step where everyone whom this one asked has passed.

    Behind the last step nobody is left in this round; the next round comes at its own time.
    """
    if place.next_at is None or place.next_at <= now or place.step + 1 >= len(ladder.after_s):
        return place
    here = [
        one
        for one in said
        if (one.round, one.step) == (place.round, place.step)
        and not one.is_told_only
        and not one.is_unreachable
    ]
    passed = bool(here) and all(one.answer == PASSED for one in here)
    return replace(place, next_at=now) if passed else place


def put_right(place: Place, now: datetime) -> Place:
    """The place after the clock was put back: what is to come is as far ahead as it was when the last step was taken.

    Nothing repeats, since a step is known by its number; nothing waits for longer than its own delay.
    """
    back = place.taken_at - now
    if back <= CLOCK_DOUBT:
        return place
    next_at = None if place.next_at is None else place.next_at - back
    return replace(place, next_at=next_at, taken_at=now)
