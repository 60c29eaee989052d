"""Migrations, one process at a time."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

LOCK = 0x616E7377  # "answ": any number that nothing else uses


def migrate(*target: str, verbosity: int = 0) -> None:
    """Run what is pending. Of several processes that start at once, one migrates and the others wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            call_command("migrate", *target, interactive=False, verbosity=verbosity)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
