"""Migrations, one process at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

LOCK = 0x616E7377  # "answ": any number that nothing else uses


def migrate(*target: str, verbosity: int = 0) -> None:
    """Run what is pending. Of several processes that start at once, one migrates and the others wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            with _no_garbage():
                call_command("migrate", *target, interactive=False, verbosity=verbosity)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Django makes the models of each step anew, some thousands in all; looking for garbage among them takes a fifth
    of the time and finds little.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def migrate_empty() -> None:
    """Make the tables of a database that has none; one that is merely behind is left to `upgrade`."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if not tables:
        migrate()


def point_at(url: str) -> None:
    """Let Django work on another database from now on; the address as libpq takes it."""
    facts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    connection.close()
    for name, key in (
        ("NAME", "dbname"),
        ("USER", "user"),
        ("PASSWORD", "password"),
        ("HOST", "host"),
        ("PORT", "port"),
    ):
        connection.settings_dict[name] = facts.get(key, "")
