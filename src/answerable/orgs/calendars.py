"""Local days and working days of an office. Pure: no Django, no clock, no I/O after the first look.

Holidays come from the `holidays` library. Where a state moves working days to a weekend (China's 调休), the
moved day counts as a working day. An office's own closures and extra working days come on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

SATURDAY, SUNDAY = 5, 6

# Countries whose government declares holidays and moved working days year by year. Beyond the last declared
# year the library can only guess (for China it knows the festivals, but no bridge days and no 调休).
FIRST_YEAR_TO_LOOK_AT = {"CN": 2020}


class DayKind(StrEnum):
    CALENDAR = "calendar"
    WORKING = "working"


class Closure(StrEnum):
    """Why a day is not a working day."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OFFICE = "office"


class CalendarFault(ValueError):
    """The calendar of an office cannot be used as it is; the message says what to change."""


@dataclass(frozen=True)
class _YearTable:
    closed: Mapping[date, tuple[Closure, str]]
    moved: frozenset[date]  # weekend days that are worked
    estimated: frozenset[date]  # holidays whose date the library only estimates (moon sightings)


@lru_cache(maxsize=8)
def _supported() -> Mapping[str, list[str]]:
    return holidays.list_supported_countries()


def _library_language(country: str, language: str | None) -> str | None:
    probe = holidays.country_holidays(country)
    known = probe.supported_languages or ()
    if language:
        for wanted in (
            {"zh": "zh_CN", "en": "en_US"}.get(language[:2].lower(), language),
            language[:2].lower(),
        ):
            if wanted in known:
                return wanted
    return probe.default_language


@lru_cache(maxsize=256)
def _names(country: str, year: int, language: str | None) -> Mapping[date, str]:
    found = holidays.country_holidays(
        country, years=[year], expand=False, language=_library_language(country, language)
    )
    return {day: name for day, name in found.items() if day.year == year}


@lru_cache(maxsize=256)
def _year_table(country: str | None, year: int) -> _YearTable:
    weekend, named, moved, mark = {SATURDAY, SUNDAY}, {}, frozenset[date](), ""
    if country:
        found = holidays.country_holidays(
            country, years=[year], expand=False, language=_library_language(country, None)
        )
        weekend = set(found.weekend)
        named = {day: name for day, name in found.items() if day.year == year}
        moved = frozenset(day for day in found.weekend_workdays if day.year == year)
        mark = found.tr(getattr(type(found), "estimated_label", "") or "").replace("%s", "").strip()
    closed: dict[date, tuple[Closure, str]] = {}
    day = date(year, 1, 1)
    while day.year == year:
        if day in named:
            closed[day] = (Closure.HOLIDAY, named[day])
        elif day.weekday() in weekend and day not in moved:
            closed[day] = (Closure.WEEKEND, "")
        if day == date.max:
            break
        day += timedelta(days=1)
    estimated = frozenset(day for day, name in named.items() if mark and mark in name)
    return _YearTable(closed, moved, estimated)


@lru_cache(maxsize=64)
def _known_until(country: str | None) -> date | None:
    if country is None or country not in FIRST_YEAR_TO_LOOK_AT:
        return None
    year = FIRST_YEAR_TO_LOOK_AT[country]
    while _year_table(country, year + 1).moved:
        year += 1
    return date(year, 12, 31)


@lru_cache(maxsize=64)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=4096)
def _day_start(zone: str, day: date) -> datetime:
    """The first UTC instant whose local date in `zone` is `day` or later."""
    tz = ZoneInfo(zone)
    candidate = datetime.combine(day, time(), tzinfo=tz).astimezone(UTC)
    tick = timedelta(microseconds=1)
    if candidate.astimezone(tz).date() >= day and (candidate - tick).astimezone(tz).date() < day:
        return candidate
    # Midnight does not exist here (clocks jump over it), or the whole day does not: find the jump.
    before, after = candidate - timedelta(days=2), candidate + timedelta(days=2)
    while after - before > tick:
        middle = before + (after - before) / 2
        if middle.astimezone(tz).date() >= day:
            after = middle
        else:
            before = middle
    return after


def holiday_name(country: str | None, day: date, language: str) -> str:
    """The name of the holiday on `day` in `language` where the library knows it, else in the country's own."""
    if not country:
        return ""
    return _names(country, day.year, language).get(day, "")


@dataclass(frozen=True)
class WorkCalendar:
    """Days of one office.

    `zone` is an IANA name, `country` a code of the `holidays` library ("CN", or None for weekends only),
    `extra_closed` and `extra_working` the office's own exceptions. Raises `CalendarFault` where one of them
    is unknown or they contradict each other.
    """

    zone: str
    country: str | None = None
    extra_closed: frozenset[date] = frozenset()
    extra_working: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.country == "":
            object.__setattr__(self, "country", None)
        if not _is_zone(self.zone):
            raise CalendarFault(
                f"The time zone “{self.zone}” is unknown; write an IANA name such as Asia/Shanghai."
            )
        if self.country is not None and self.country not in _supported():
            raise CalendarFault(
                f"The country “{self.country}” has no holiday calendar; write a two-letter code such as CN, "
                "or leave it empty for weekends only."
            )
        both = self.extra_closed & self.extra_working
        if both:
            raise CalendarFault(
                f"{min(both)} is entered both as closed and as a working day; keep one of the two."
            )

    def is_working(self, day: date) -> bool:
        """Whether the office works on the local day `day`."""
        if day in self.extra_working:
            return True
        return day not in self.extra_closed and day not in _year_table(self.country, day.year).closed

    def why_closed(self, day: date) -> tuple[Closure, str] | None:
        """Why `day` is not worked, with the holiday's name in the country's own language; None if it is."""
        if day in self.extra_working:
            return None
        if day in self.extra_closed:
            return _year_table(self.country, day.year).closed.get(day, (Closure.OFFICE, ""))
        return _year_table(self.country, day.year).closed.get(day)

    def is_moved_working_day(self, day: date) -> bool:
        """A day that would be free by the week but is worked: 调休, or the office's own exception."""
        if day in self.extra_closed:
            return False
        return day in _year_table(self.country, day.year).moved or (
            day in self.extra_working and day in _year_table(self.country, day.year).closed
        )

    def is_estimated(self, day: date) -> bool:
        """Whether the library only estimates the holiday on `day`."""
        return day in _year_table(self.country, day.year).estimated

    def known_until(self) -> date | None:
        """The last day whose working days are declared; None where they follow from rules for all years."""
        return _known_until(self.country)

    def local_day(self, at: datetime) -> date:
        """The local date of the aware instant `at`."""
        if at.tzinfo is None:
            raise ValueError("A naive datetime has no local day here; give an aware one.")
        return at.astimezone(ZoneInfo(self.zone)).date()

    def day_start(self, day: date) -> datetime:
        """The first UTC instant of the local day `day`, also where daylight saving skips midnight."""
        return _day_start(self.zone, day)

    def working_days_between(self, after: date, until: date) -> int:
        """Working days later than `after`, up to and with `until`; 0 where there is none."""
        return _working_days(self, after, until)


@lru_cache(maxsize=4096)
def _working_days(calendar: WorkCalendar, after: date, until: date) -> int:
    """Counted once a pair of days: a page of a list asks for some twenty, and the next page for the same."""
    count, day = 0, after
    while day < until:
        day += timedelta(days=1)
        count += calendar.is_working(day)
    return count
