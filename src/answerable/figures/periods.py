"""Which months are looked at: whole months of the office's calendar, and the same length before them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: Longer is a matter for the open data, not for a page.
LONGEST = 120
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
FIRST_YEAR = 1990


class Kind(StrEnum):
    """How a period is called: by what it is, whichever way it was asked for."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    MONTHS = "months"


def month_after(day: date, months: int) -> date:
    """The first day of the month so many months after (or, below zero, before) the day's own."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """From the first day of a month up to the first day of another, which is not in it."""

    first: date
    end: date

    @property
    def months(self) -> int:
        return (self.end.year - self.first.year) * 12 + self.end.month - self.first.month

    @property
    def last(self) -> date:
        """The first day of its last month."""
        return month_after(self.end, -1)

    @property
    def kind(self) -> Kind:
        if self.months == 1:
            return Kind.MONTH
        if self.months == 3 and self.first.month % 3 == 1:
            return Kind.QUARTER
        return Kind.YEAR if self.months == 12 and self.first.month == 1 else Kind.MONTHS

    def before(self) -> Period:
        """The same length, up to where this one begins."""
        return Period(month_after(self.first, -self.months), self.first)

    def after(self) -> Period:
        return Period(self.end, month_after(self.end, self.months))

    def each_month(self) -> Iterator[date]:
        return (month_after(self.first, n) for n in range(self.months))

    def query(self) -> dict[str, str]:
        """How an address names it."""
        return {"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"}


def month(day: date) -> Period:
    return Period(day.replace(day=1), month_after(day, 1))


def quarter(day: date) -> Period:
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period(first, month_after(first, 3))


def year(day: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1))


def read_month(said: str) -> date | None:
    """The first day of a month typed as 2026-03; None for anything else."""
    found = _MONTH.fullmatch(said.strip())
    if found is None or not FIRST_YEAR <= int(found[1]) < 9000:
        return None
    return date(int(found[1]), int(found[2]), 1)


def read(said_from: str, said_to: str, today: date) -> Period:
    """The period of an address; this month where it names none. What is turned round is turned back, and what is too
    long is cut at its beginning."""
    first, last = read_month(said_from), read_month(said_to)
    if first is None and last is None:
        return month(today)
    first, last = first or last, last or first
    assert first is not None
    assert last is not None
    first, last = min(first, last), max(first, last)
    return Period(max(first, month_after(last, 1 - LONGEST)), month_after(last, 1))
