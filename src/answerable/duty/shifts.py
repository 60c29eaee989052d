"""From patterns to shifts: local times on local days become instants. Pure: no Django, no clock.

A local time stands for the first instant at which a clock on the wall shows it or a later one. That has one answer
on every day, also where daylight saving skips the time or repeats it, and later times never come first: the end of
one shift and the start of the next are the same local time and hence the same instant, so a day of 23 or 25 hours
leaves neither gap nor overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from answerable.core import days
from answerable.orgs.calendars import Closure, WorkCalendar

ONE_DAY = timedelta(days=1)
#: The longest a pattern's shift goes on past the day it starts on.
LONGEST_DAYS = 7
EVERY_DAY = 127


class Days(StrEnum):
    """On which kind of day; the same codes as the model's choices."""

    ANY = "any"
    WORKING = "working"
    FREE = "free"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class PatternFacts:
    """A shift that recurs; `needs`: how many of each role (by id) at once."""

    id: int
    starts: time
    ends: time
    ends_days_later: int
    from_on: date
    until_on: date | None = None
    day_kind: str = Days.ANY
    weekdays: int = EVERY_DAY
    is_night: bool = False
    needs: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Extra:
    """More of a role on the shifts that start from one day to another (both included).

    With hours (`from_at`, `until_at`): on every shift that runs at any time between them. `is_asked`: a matter asks for
    it (a readiness period); of several such, the one that asks for most counts.
    """

    role_id: int
    extra: int
    from_on: date
    until_on: date
    day_kind: str = Days.ANY
    from_at: datetime | None = None
    until_at: datetime | None = None
    is_asked: bool = False


@dataclass(frozen=True)
class Span:
    """A shift with its ends as instants, the local day it counts under, and how many of each role it needs."""

    pattern_id: int
    on: date
    from_at: datetime
    until_at: datetime
    is_night: bool
    is_weekend: bool
    is_holiday: bool
    needs: Mapping[int, int]


@lru_cache(maxsize=16384)
def instant(zone: str, day: date, at: time) -> datetime:
    """The first UTC instant at which the local clock shows `at` on `day`, or later."""
    tz = ZoneInfo(zone)
    wanted = datetime.combine(day, at)
    found = wanted.replace(tzinfo=tz).astimezone(UTC)
    if found.astimezone(tz).replace(tzinfo=None) == wanted:
        return found
    # The clocks jump over it: the instant of the jump, which lies on a whole second.
    early, late = found - 2 * ONE_DAY, found + 2 * ONE_DAY
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(tz).replace(tzinfo=None) >= wanted:
            late = middle
        else:
            early = max(middle, early + timedelta(seconds=1))
    return late.replace(microsecond=0)


def is_on(day: date, *, kind: str, weekdays: int, calendar: WorkCalendar) -> bool:
    """Whether a local day is of this kind and one of these days of the week (bit 0 is Monday)."""
    if not weekdays >> day.weekday() & 1:
        return False
    if kind == Days.ANY:
        return True
    closed = calendar.why_closed(day)
    if kind == Days.HOLIDAY:
        return closed is not None and closed[0] is Closure.HOLIDAY
    return (closed is None) == (kind == Days.WORKING)


def span_of(
    pattern: PatternFacts, day: date, *, calendar: WorkCalendar, needs: Mapping[int, int]
) -> Span | None:
    """The pattern's shift that starts on `day`; None where the clocks jump over the whole of it."""
    from_at = instant(calendar.zone, day, pattern.starts)
    until_at = instant(calendar.zone, day + timedelta(days=pattern.ends_days_later), pattern.ends)
    if until_at <= from_at:
        return None
    closed = calendar.why_closed(day)
    return Span(
        pattern_id=pattern.id,
        on=day,
        from_at=from_at,
        until_at=until_at,
        is_night=pattern.is_night,
        is_weekend=closed is not None and closed[0] is Closure.WEEKEND,
        is_holiday=closed is not None and closed[0] is not Closure.WEEKEND,
        needs=needs,
    )


def spans(
    patterns: Iterable[PatternFacts],
    *,
    calendar: WorkCalendar,
    from_on: date,
    until_on: date,
    extras: Iterable[Extra] = (),
) -> list[Span]:
    """The shifts that start on the local days from `from_on` until before `until_on`, by start."""
    patterns, extras = list(patterns), list(extras)
    ever = {role for pattern in patterns for role in pattern.needs}
    found = []
    for day in _days(from_on, until_on):
        running = [one for one in patterns if _runs(one, day, calendar)]
        more = [one for one in extras if _extra_on(one, day, calendar)]
        for pattern in running:
            span = span_of(pattern, day, calendar=calendar, needs=pattern.needs)
            if span is not None:
                found.append(replace(span, needs=_needed(span, more, ever)) if more else span)
    return sorted(found, key=lambda one: (one.from_at, one.until_at, one.pattern_id))


def spans_between(
    patterns: Iterable[PatternFacts],
    *,
    calendar: WorkCalendar,
    from_at: datetime,
    until_at: datetime,
    extras: Iterable[Extra] = (),
) -> list[Span]:
    """The shifts that cover any of the time from `from_at` until before `until_at`."""
    first = calendar.local_day(from_at) - (LONGEST_DAYS + 2) * ONE_DAY
    last = calendar.local_day(until_at) + 2 * ONE_DAY
    all_ = spans(patterns, calendar=calendar, from_on=first, until_on=last, extras=extras)
    return [one for one in all_ if one.from_at < until_at and one.until_at > from_at]


def _days(from_on: date, until_on: date) -> Iterator[date]:
    day = max(from_on, days.FIRST_DAY)
    while day < until_on and day <= days.LAST_DAY - LONGEST_DAYS * ONE_DAY:
        yield day
        day += ONE_DAY


def _runs(pattern: PatternFacts, day: date, calendar: WorkCalendar) -> bool:
    if day < pattern.from_on or (pattern.until_on is not None and day > pattern.until_on):
        return False
    return is_on(day, kind=pattern.day_kind, weekdays=pattern.weekdays, calendar=calendar)


def _extra_on(extra: Extra, day: date, calendar: WorkCalendar) -> bool:
    if extra.from_at is None and not extra.from_on <= day <= extra.until_on:
        return False
    return is_on(day, kind=extra.day_kind, weekdays=EVERY_DAY, calendar=calendar)


def _reaches(extra: Extra, span: Span) -> bool:
    if extra.from_at is None or extra.until_at is None:
        return True
    return span.from_at < extra.until_at and span.until_at > extra.from_at


def _needed(span: Span, extras: Iterable[Extra], ever: set[int]) -> dict[int, int]:
    """What a shift needs with these on top of its pattern's needs."""
    needs, asked = dict(span.needs), dict[int, int]()
    for one in extras:
        # A role that no pattern of the line needs otherwise is needed on every shift of the day.
        if one.role_id in ever and one.role_id not in span.needs:
            continue
        if not _reaches(one, span):
            continue
        if one.is_asked:
            asked[one.role_id] = max(asked.get(one.role_id, 0), one.extra)
        else:
            needs[one.role_id] = needs.get(one.role_id, 0) + one.extra
    for role_id, extra in asked.items():
        needs[role_id] = needs.get(role_id, 0) + extra
    return needs


# ---------------------------------------------------------------- what is wrong with patterns


@dataclass(frozen=True)
class Clash:
    """Two shifts (of two patterns, or of one) that need the same role at the same time; the first such time."""

    one_id: int
    other_id: int
    role_id: int
    from_at: datetime
    until_at: datetime


def clashes(spans_: Sequence[Span]) -> list[Clash]:
    """Each pair of patterns that overlap in a role, with its first overlap."""
    found: dict[tuple[int, int, int], Clash] = {}
    open_: list[Span] = []
    for span in sorted(spans_, key=lambda one: one.from_at):
        open_ = [one for one in open_ if one.until_at > span.from_at]
        for one in open_:
            pair = sorted((one.pattern_id, span.pattern_id))
            for role in sorted(set(one.needs) & set(span.needs)):
                until = min(one.until_at, span.until_at)
                key = (pair[0], pair[1], role)
                found.setdefault(key, Clash(pair[0], pair[1], role, span.from_at, until))
        open_.append(span)
    return list(found.values())


@dataclass(frozen=True)
class Hole:
    """A stretch in which a line that is meant to be covered round the clock needs nobody (of a role, if given)."""

    role_id: int | None
    from_at: datetime
    until_at: datetime


def holes(
    spans_: Iterable[Span], *, from_at: datetime, until_at: datetime, role_id: int | None = None
) -> list[Hole]:
    """Where no shift (that needs the role) covers the time from `from_at` until before `until_at`."""
    found, here = [], from_at
    needed = (one for one in spans_ if role_id is None or one.needs.get(role_id))
    for span in sorted(needed, key=lambda one: one.from_at):
        if span.from_at >= until_at:
            break
        if span.from_at > here:
            found.append(Hole(role_id, here, span.from_at))
        here = max(here, span.until_at)
    if here < until_at:
        found.append(Hole(role_id, here, until_at))
    return found
