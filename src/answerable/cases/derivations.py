"""How a date is computed, kept with the date: trigger, rule, arithmetic, article. Pure.

Conventions: `start` is an instant; its local day is day zero and is not counted; the last counted day is still
in time; `late_from` is the first UTC instant after it. Months and years end on the day of the same number, or
on the month's last day where there is none. Hours are exact.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from answerable.cases.pack_types import Extension, Pack, Step
from answerable.orgs.calendars import DayKind, WorkCalendar

TICK = timedelta(microseconds=1)
# Our own safeguard, no law's: a pause that nobody ends stops counting after so many days, so that
# an open hearing cannot hold a date open for ever.
LONGEST_PAUSE_DAYS = 60
# While a case was withdrawn the clock did not run; it is the person who withdrew and who came back.
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Skipped:
    """A day that was not counted, or (in `worked`) a weekend day that was. `why`: weekend, holiday, office, pause."""

    day: date
    why: str
    name: str = ""


@dataclass(frozen=True)
class ExtensionApplied:
    number: int
    act_seq: int


@dataclass(frozen=True)
class Pause:
    """A time that is not counted; `until` is None while it lasts. Every local day it touches is left out."""

    code: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Derivation:
    """A date and everything it follows from. `to_record()` goes into the deadline row, `from_record()` reads it.

    What the rule allowed when the clock opened (extension, pauses) is kept here, so that a later edition of the
    pack does not change a running clock.
    """

    step: str
    trigger: str
    start: datetime
    day_zero: date
    number: int
    span: str
    day_kind: str
    late_from: datetime
    last_day: date
    zone: str
    country: str
    article: str
    pack: str
    pack_version: int
    verified: str
    whose: str
    window: bool = False
    provisional: bool = False
    skipped: tuple[Skipped, ...] = ()
    worked: tuple[Skipped, ...] = ()
    extensions: tuple[ExtensionApplied, ...] = ()
    pauses: tuple[Pause, ...] = ()
    pausable: tuple[str, ...] = ()
    extension_rule: Extension | None = None

    @property
    def lifts(self) -> bool:
        """Whether running late is anybody's failure: only then is the case lifted."""
        return self.whose == "office" and not self.window

    @property
    def extended_by(self) -> int:
        return sum(extension.number for extension in self.extensions)

    @property
    def open_pause(self) -> Pause | None:
        """The pause that still lasts, if any."""
        return next((pause for pause in self.pauses if pause.until is None), None)

    @property
    def paused_since(self) -> datetime | None:
        """When the pause that still lasts began, if any."""
        pause = self.open_pause
        return pause.since if pause else None

    def to_record(self) -> dict[str, Any]:
        """A JSON-safe dict; instants are ISO 8601 in UTC."""
        return {"v": 1, **{item.name: _plain(getattr(self, item.name)) for item in fields(self)}}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Derivation:
        """The derivation that `to_record` wrote. Raises ValueError for another edition of the format."""
        if record.get("v") != 1:
            raise ValueError(f"A derivation of edition {record.get('v')!r} cannot be read here.")
        kept = {key: value for key, value in record.items() if key != "v"}
        instant, day = datetime.fromisoformat, date.fromisoformat
        rule = kept["extension_rule"]
        return cls(
            **{
                **kept,
                "start": instant(kept["start"]),
                "late_from": instant(kept["late_from"]),
                "day_zero": day(kept["day_zero"]),
                "last_day": day(kept["last_day"]),
                "skipped": tuple(Skipped(day(d), w, n) for d, w, n in kept["skipped"]),
                "worked": tuple(Skipped(day(d), w, n) for d, w, n in kept["worked"]),
                "extensions": tuple(ExtensionApplied(n, seq) for n, seq in kept["extensions"]),
                "pauses": tuple(
                    Pause(c, instant(s), instant(u) if u else None) for c, s, u in kept["pauses"]
                ),
                "pausable": tuple(kept["pausable"]),
                "extension_rule": Extension(*rule) if rule else None,
            }
        )


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (Skipped, ExtensionApplied, Pause, Extension)):
        return [_plain(getattr(value, item.name)) for item in fields(value)]
    return value


def _plus_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class _Count:
    last_day: date
    skipped: tuple[Skipped, ...]
    worked: tuple[Skipped, ...]
    estimated: bool


# Cases received on one day share one count, so intake computes it once a day and not once a case.
@lru_cache(maxsize=1024)
def _count_working(zero: date, number: int, calendar: WorkCalendar, paused: frozenset[date]) -> _Count:
    skipped, worked, estimated = [], [], False
    day, counted, one = zero, 0, timedelta(days=1)
    while counted < number:
        day += one
        closed = calendar.why_closed(day)
        if closed:
            skipped.append(Skipped(day, str(closed[0]), closed[1]))
            estimated = estimated or calendar.is_estimated(day)
        elif day in paused:
            skipped.append(Skipped(day, "pause"))
        else:
            counted += 1
            if calendar.is_moved_working_day(day):
                worked.append(Skipped(day, "moved"))
    return _Count(day, tuple(skipped), tuple(worked), estimated)


def _count_calendar(zero: date, number: int, span: str, paused: frozenset[date]) -> _Count:
    if span == "days":
        last = zero + timedelta(days=number)
    elif span == "weeks":
        last = zero + timedelta(weeks=number)
    else:
        last = _plus_months(zero, number * (12 if span == "years" else 1))
    skipped = sorted(day for day in paused if zero < day <= last)
    owed, one = len(skipped), timedelta(days=1)
    while owed:
        last += one
        if last in paused:
            skipped.append(last)
        else:
            owed -= 1
    return _Count(last, tuple(Skipped(day, "pause") for day in skipped), (), False)


def _paused_days(pauses: Iterable[Pause], until: datetime, calendar: WorkCalendar) -> frozenset[date]:
    """Every local day touched by a pause, an open one counted to `until`; capped except for a withdrawal."""
    capped: set[date] = set()
    free: set[date] = set()
    for pause in pauses:
        day, last = (
            calendar.local_day(pause.since),
            calendar.local_day(pause.until or max(until, pause.since)),
        )
        while day <= last:
            if pause.code == WITHDRAWN:
                free.add(day)
            elif len(capped) < LONGEST_PAUSE_DAYS:
                capped.add(day)
            day += timedelta(days=1)
    return frozenset(capped | free)


def count(
    start: datetime,
    *,
    number: int,
    span: str,
    day_kind: str,
    calendar: WorkCalendar,
    paused: frozenset[date] = frozenset(),
) -> tuple[datetime, _Count]:
    """The first late instant, and the days counted on the way. Raises ValueError for a number below 1."""
    if number < 1:
        raise ValueError("A time limit has at least one hour or day.")
    if start.tzinfo is None:
        raise ValueError("The start of a time limit must be an aware instant.")
    start = start.astimezone(UTC)
    if span == "hours":
        late = start + timedelta(hours=number)
        if paused:
            owed = timedelta(days=len([day for day in paused if calendar.local_day(start) < day]))
            late += owed
        return late, _Count(calendar.local_day(late - TICK), (), (), False)
    zero = calendar.local_day(start)
    if day_kind == DayKind.WORKING and span == "days":
        found = _count_working(zero, number, calendar, paused)
    else:
        found = _count_calendar(zero, number, span, paused)
    return calendar.day_start(found.last_day + timedelta(days=1)), found


def late_from(start: datetime, *, number: int, span: str, day_kind: str, calendar: WorkCalendar) -> datetime:
    """The first UTC instant at which it is late.

    The local day of `start` is day zero; the last counted day is still in time. Hours are exact durations.
    """
    return count(start, number=number, span=span, day_kind=day_kind, calendar=calendar)[0]


def derive(
    step: Step,
    pack: Pack,
    start: datetime,
    calendar: WorkCalendar,
    *,
    trigger: str,
    number: int | None = None,
) -> Derivation:
    """The date of `step`, counted from `start`. `number` replaces the step's own where a work order states one."""
    length = step.number if number is None else number
    late, found = count(start, number=length, span=step.span, day_kind=step.day_kind, calendar=calendar)
    return Derivation(
        step=step.code,
        trigger=str(trigger),
        start=start.astimezone(UTC),
        day_zero=calendar.local_day(start),
        number=length,
        span=step.span,
        day_kind=str(step.day_kind),
        late_from=late,
        last_day=found.last_day,
        zone=calendar.zone,
        country=calendar.country or "",
        article=step.article,
        pack=pack.code,
        pack_version=pack.version,
        verified=step.verified,
        whose=step.whose,
        window=step.window or step.whose == "person",
        provisional=_is_provisional(step.day_kind, found, calendar),
        skipped=found.skipped,
        worked=found.worked,
        pausable=step.pauses,
        extension_rule=step.extension,
    )


def _is_provisional(day_kind: str, found: _Count, calendar: WorkCalendar) -> bool:
    known = calendar.known_until()
    beyond = known is not None and found.last_day > known
    return day_kind == DayKind.WORKING and (beyond or found.estimated)


def recount(derivation: Derivation, calendar: WorkCalendar, *, until: datetime | None = None) -> Derivation:
    """The same clock counted again: with its extensions and pauses, and today's calendar.

    A date that was told is never brought forward: where the count now ends earlier, the told date stands.
    `until` is the instant up to which a pause that still lasts is counted (its own beginning by default).
    """
    paused = _paused_days(derivation.pauses, until or derivation.start, calendar)
    late, found = count(
        derivation.start,
        number=derivation.number + derivation.extended_by,
        span=derivation.span,
        day_kind=derivation.day_kind,
        calendar=calendar,
        paused=paused,
    )
    provisional = _is_provisional(derivation.day_kind, found, calendar)
    if late < derivation.late_from:
        return replace(derivation, provisional=provisional)
    return replace(
        derivation,
        late_from=late,
        last_day=found.last_day,
        skipped=found.skipped,
        worked=found.worked,
        provisional=provisional,
    )
