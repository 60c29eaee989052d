"""One process at a time: a lock of the database's that ends with whoever holds it, and holds no row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(what: str, number: int) -> Iterator[bool]:
    """Whether this process is the only one at `what` with this number; who is not goes on to something else.

    It holds outside of transactions, for as long as the work takes; a worker that is killed lets go with its connection.
    """
    key = _key(what, number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", key)
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            _let_go(key)


@contextmanager
def one_at_a_time(what: str, number: int) -> Iterator[None]:
    """The same, but whoever comes second waits: for work of a moment, which the second one finds done."""
    key = _key(what, number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", key)
    try:
        yield
    finally:
        _let_go(key)


def _key(what: str, number: int) -> tuple[str, int]:
    return (f"answerable: {what}", number & 0x7FFFFFFF)


def _let_go(key: tuple[str, int]) -> None:
    if connection.connection is not None and not connection.connection.closed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", key)
