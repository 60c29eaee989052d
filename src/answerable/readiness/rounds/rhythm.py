"""How often a round is done, when it is due, and rhythms that contradict. Pure: no Django, no clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from answerable.core.sentences import N_, Said

DAY, WEEK, MONTH, DAYS = "day", "week", "month", "days"
#: The last day of a month, whichever it is.
LAST = -1
MOST_DAYS = 366
MOST_TIMES = 6
END_OF_DAY = time(18, 0)
#: Further back nothing is made up: a plan that slept for a year begins anew.
FURTHEST = timedelta(days=400)


class CannotKeepRhythm(Said):
    """A rhythm that nobody could keep, or that contradicts itself or another one."""

    sentences = {
        "unknown": N_(
            "Choose how often: every day, on days of the week, on days of the month, every so many days."
        ),
        "no_weekday": N_("Choose at least one day of the week."),
        "no_month_day": N_(
            "Write days of the month from 1 to 28, or “last”: the 29th does not come every month."
        ),
        "days_range": N_("Every how many days? Write a number from 2 to %(most)s."),
        "times": N_("Write one to %(most)s times of the day, such as 08:00."),
        "times_twice": N_("The time %(at)s stands here twice."),
        "too_close": N_(
            "The rounds of %(first)s and %(second)s are %(hours)s hours apart, but each may be done within %(open)s "
            "hours: one would be due before the one before it is over. Give fewer hours, or fewer times."
        ),
        "period_slower": N_(
            "In a readiness period rounds would be rarer (%(faster)s) than always (%(normal)s). A period asks for "
            "more, never for less."
        ),
        "desk_faster": N_(
            "A readiness period never speeds up or selects matters that people brought, so a review of open matters "
            "keeps one rhythm."
        ),
    }


@dataclass(frozen=True)
class Rhythm:
    """`every` day; `weekdays` (0 is Monday); `month_days` (1–28, or LAST); every `n` days from the plan's first day.
    `times`: local, until when a round must be done."""

    every: str
    n: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    times: tuple[time, ...] = (END_OF_DAY,)

    def as_json(self) -> dict[str, Any]:
        return {
            "every": self.every,
            "n": self.n,
            "weekdays": list(self.weekdays),
            "month_days": list(self.month_days),
            "times": [f"{at:%H:%M}" for at in self.times],
        }

    @property
    def days_between(self) -> Fraction:
        """How far apart two rounds are, on average, in days: the shorter, the stricter."""
        if self.every == DAY:
            apart = Fraction(1)
        elif self.every == WEEK:
            apart = Fraction(7, len(self.weekdays))
        elif self.every == MONTH:
            apart = Fraction(146097, 4800) / len(self.month_days)  # the days of a Gregorian month
        else:
            apart = Fraction(self.n)
        return apart / len(self.times)


def rhythm_of(kept: Mapping[str, Any]) -> Rhythm:
    """A rhythm out of JSON or a form. Raises CannotKeepRhythm."""
    every = kept.get("every")
    if every not in (DAY, WEEK, MONTH, DAYS):
        raise CannotKeepRhythm("unknown")
    return Rhythm(
        every,
        n=_days(kept.get("n")) if every == DAYS else 1,
        weekdays=_weekdays(kept.get("weekdays")) if every == WEEK else (),
        month_days=_month_days(kept.get("month_days")) if every == MONTH else (),
        times=_times(kept.get("times")),
    )


def _days(n: Any) -> int:
    if type(n) is not int or not 2 <= n <= MOST_DAYS:
        raise CannotKeepRhythm("days_range", most=MOST_DAYS)
    return n


def _weekdays(days: Any) -> tuple[int, ...]:
    found = sorted({day for day in days or () if type(day) is int and 0 <= day <= 6})
    if not found:
        raise CannotKeepRhythm("no_weekday")
    return tuple(found)


def _month_days(days: Any) -> tuple[int, ...]:
    given = list(days or ())
    found = {day for day in given if type(day) is int and (1 <= day <= 28 or day == LAST)}
    if not found or len(found) < len(set(given)):
        raise CannotKeepRhythm("no_month_day")
    return tuple(sorted(found, key=lambda day: 99 if day == LAST else day))


def _times(times: Any) -> tuple[time, ...]:
    given = list(times or [f"{END_OF_DAY:%H:%M}"])
    found: list[time] = []
    for one in given:
        try:
            at = one if isinstance(one, time) else time.fromisoformat(str(one))
        except ValueError:
            raise CannotKeepRhythm("times", most=MOST_TIMES) from None
        at = at.replace(second=0, microsecond=0, tzinfo=None)
        if at in found:
            raise CannotKeepRhythm("times_twice", at=f"{at:%H:%M}")
        found.append(at)
    if not 1 <= len(found) <= MOST_TIMES:
        raise CannotKeepRhythm("times", most=MOST_TIMES)
    return tuple(sorted(found))


def contradictions(
    normal: Rhythm, faster: Rhythm | None, *, open_hours: int, is_of_matters: bool = False
) -> Iterator[CannotKeepRhythm]:
    """What of a plan's rhythms cannot be: times nearer than the hours that there are, a period that asks for less."""
    for one in filter(None, (normal, faster)):
        yield from _too_close(one, open_hours)
    if faster is None:
        return
    if is_of_matters:
        yield CannotKeepRhythm("desk_faster")
    elif faster.days_between > normal.days_between:
        yield CannotKeepRhythm("period_slower", faster=_apart(faster), normal=_apart(normal))


def _too_close(one: Rhythm, open_hours: int) -> Iterator[CannotKeepRhythm]:
    """Only where there are several in a day: a round a day may be open for longer than a day."""
    if len(one.times) < 2:
        return
    hours = [at.hour + at.minute / 60 for at in one.times]
    around = [*zip(one.times, one.times[1:], strict=False), (one.times[-1], one.times[0])]
    gaps = [b - a for a, b in zip(hours, hours[1:], strict=False)] + [24 - hours[-1] + hours[0]]
    for (first, second), gap in zip(around, gaps, strict=True):
        if gap < open_hours:
            yield CannotKeepRhythm(
                "too_close",
                first=f"{first:%H:%M}",
                second=f"{second:%H:%M}",
                hours=f"{gap:g}",
                open=open_hours,
            )
            return


def _apart(one: Rhythm) -> str:
    return f"{float(one.days_between):.3g} d"


def stricter(first: Rhythm, *others: Rhythm | None) -> Rhythm:
    """The one that asks most often; the first of equals."""
    return min((first, *(one for one in others if one is not None)), key=lambda one: one.days_between)


def is_due_on(rhythm: Rhythm, day: date, *, starts_on: date) -> bool:
    """Whether a round is due on a local day."""
    if day < starts_on:
        return False
    if rhythm.every == DAY:
        return True
    if rhythm.every == WEEK:
        return day.weekday() in rhythm.weekdays
    if rhythm.every == MONTH:
        is_last = (day + timedelta(days=1)).month != day.month
        return day.day in rhythm.month_days or (LAST in rhythm.month_days and is_last)
    return (day - starts_on).days % rhythm.n == 0


@dataclass(frozen=True)
class Due:
    """One instant until when a round must be done, its local day, and whether a period asked for it."""

    at: datetime
    on: date
    in_period: bool


@dataclass(frozen=True)
class Asking:
    """What holds on one day: the rhythm, and whether it is quicker than always."""

    rhythm: Rhythm
    in_period: bool = False


def due_between(
    asking: Mapping[date, Asking],
    *,
    normal: Rhythm,
    starts_on: date,
    ends_on: date | None,
    after: datetime,
    until: datetime,
    zone: str,
) -> list[Due]:
    """Every due instant in (after, until], by local days. `asking`: the days on which something else holds."""
    here = ZoneInfo(zone)
    day = max(after.astimezone(here).date(), starts_on, (until - FURTHEST).astimezone(here).date())
    last = until.astimezone(here).date()
    last = min(last, ends_on) if ends_on is not None else last
    found = []
    while day <= last:
        holds = asking.get(day, Asking(normal))
        if is_due_on(holds.rhythm, day, starts_on=starts_on):
            for at in holds.rhythm.times:
                instant = datetime.combine(day, at, here).astimezone(UTC)
                if after < instant <= until:
                    found.append(Due(instant, day, holds.in_period))
        day += timedelta(days=1)
    return found


@dataclass(frozen=True)
class ToMake:
    """What the worker does for one target: rounds to put on the list, and how many are passed over."""

    rounds: tuple[Due, ...]
    passed_over: int


def to_make(dues: Iterable[Due], now: datetime) -> ToMake:
    """Of those that are over only the last is made: after a week's downtime nobody finds a heap of old rounds."""
    known = list(dues)
    over = [one for one in known if one.at <= now]
    ahead = [one for one in known if one.at > now]
    return ToMake((*over[-1:], *ahead), max(0, len(over) - 1))
