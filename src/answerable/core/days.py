"""The days this house keeps: 1900 to 2200. Pure: no Django, no clock.

At the ends of the calendar arithmetic fails: the first day of year 1 in Shanghai lies before year 1 in UTC, which
PostgreSQL keeps and Python cannot read again. No matter and no appointment is that old, and every such day was a slip.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

FIRST_YEAR, LAST_YEAR = 1900, 2200
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)

#: What a column of instants may hold: these years in every zone, and the midnight that ends the last of them.
FIRST_AT = datetime(FIRST_YEAR - 1, 12, 31, tzinfo=UTC)
LAST_AT = datetime(LAST_YEAR + 1, 1, 2, tzinfo=UTC)


def is_kept(day: date) -> bool:
    """Whether a day (or an instant, in its own zone) lies within the years that are kept."""
    return FIRST_YEAR <= day.year <= LAST_YEAR
