"""The one clock: the database's. Read once at the edge, handed down as `now`."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """The database's wall clock as an aware UTC instant.

    Web and worker processes may disagree about the time; the database is the only one asked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone()
    return instant.astimezone(UTC)
