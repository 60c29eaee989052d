"""Moving one date: extending it, pausing it, and how much of it is left. Pure: no Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from answerable.cases.derivations import TICK, Derivation, ExtensionApplied, Pause, recount
from answerable.core.refusals import Refusal
from answerable.orgs.calendars import WorkCalendar


class CannotExtend(Refusal):
    """Codes: nothing_to_extend, not_extendable, not_positive, too_many_times (times), too_long (most, left),
    already_late (late_from)."""


class CannotPause(Refusal):
    """Codes: not_pausable, already_paused, already_late (late_from), not_paused."""


@dataclass(frozen=True)
class TimeLeft:
    """Until the last day in time, seen from today's local day; all zero or more.

    `days` and `working_days` count after today up to the last day (0: it is due today). When `late`,
    `days_late` counts from the last day (0: late by hours) and `by` is the exact time since `late_from`.
    """

    days: int
    working_days: int
    late: bool
    days_late: int
    by: timedelta
    last_day_is_today: bool


def time_left(late_from: datetime, now: datetime, calendar: WorkCalendar) -> TimeLeft:
    """How long until `late_from`, or since, as an office would say it."""
    today, last_day = calendar.local_day(now), calendar.local_day(late_from - TICK)
    late = now >= late_from
    return TimeLeft(
        days=max(0, (last_day - today).days),
        working_days=0 if late else calendar.working_days_between(today, last_day),
        late=late,
        days_late=max(0, (today - last_day).days) if late else 0,
        by=max(timedelta(0), now - late_from),
        last_day_is_today=today == last_day,
    )


def reminder_instants(start: datetime, late_from: datetime) -> tuple[datetime, datetime]:
    """When half and four fifths of the time are gone."""
    length = late_from - start
    return start + length / 2, start + length * 4 / 5


def extended(
    derivation: Derivation, *, number: int, calendar: WorkCalendar, act_seq: int, at: datetime
) -> Derivation:
    """The date with `number` more of the step's own span. Raises CannotExtend beyond the rule or once late.

    The rule's number is the most for all extensions together, counted on from the original limit.
    """
    rule = derivation.extension_rule
    if rule is None or not derivation.lifts:
        raise CannotExtend("not_extendable", step=derivation.step)
    if number < 1:
        raise CannotExtend("not_positive", number=number)
    if at >= derivation.late_from:
        raise CannotExtend("already_late", late_from=derivation.late_from)
    if len(derivation.extensions) >= rule.max_times:
        raise CannotExtend("too_many_times", times=rule.max_times)
    left = rule.max_number - derivation.extended_by
    if number > left:
        raise CannotExtend(
            "too_long", most=rule.max_number, left=left, span=derivation.span, day_kind=derivation.day_kind
        )
    applied = (*derivation.extensions, ExtensionApplied(number, act_seq))
    return recount(replace(derivation, extensions=applied), calendar, until=at)


def paused(derivation: Derivation, *, code: str, at: datetime) -> Derivation:
    """The clock with a pause begun at `at`. The date itself moves when the pause ends, or see `as_of`."""
    if code not in derivation.pausable:
        raise CannotPause("not_pausable", pause=code)
    if derivation.open_pause:
        raise CannotPause("already_paused")
    if at >= derivation.late_from:
        raise CannotPause("already_late", late_from=derivation.late_from)
    return replace(derivation, pauses=(*derivation.pauses, Pause(code, at)))


def resumed(derivation: Derivation, *, code: str, at: datetime, calendar: WorkCalendar) -> Derivation:
    """The clock with the pause ended at `at`, and the date moved by the days it took."""
    pause = derivation.open_pause
    if pause is None or pause.code != code:
        raise CannotPause("not_paused", pause=code)
    ended = tuple(replace(p, until=max(at, p.since)) if p is pause else p for p in derivation.pauses)
    return recount(replace(derivation, pauses=ended), calendar)


def as_of(derivation: Derivation, now: datetime, calendar: WorkCalendar) -> Derivation:
    """The date as it stands at `now` while a pause lasts (the pause stays open).

    The sweep asks this before it calls a paused case late. A pause counts for at most `LONGEST_PAUSE_DAYS`.
    """
    return recount(derivation, calendar, until=now) if derivation.open_pause else derivation
