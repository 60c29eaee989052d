"""Statements of the tests' own that need no trigger: what is put back was checked when it was made, and where
everything goes no row is left to point at another.
"""

from __future__ import annotations

from functools import cache

from django.db import connection

_MAY = "SELECT current_setting('server_version_num')::int >= 150000"
_ASK = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
# Triggers on the organisation's tables make a new token after every change (orgs/standing.py).
_NEW_TOKEN = "UPDATE orgs_state SET token = gen_random_uuid()"


@cache
def _may(_place: tuple[str, int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_MAY)
        (is_new,) = cursor.fetchone()
        if is_new:
            cursor.execute(_ASK)
            (is_new,) = cursor.fetchone()
    return bool(is_new)


def may_rest() -> bool:
    """Whether this role may let them rest: our own server's may (ops/postgres.py); on another they all work."""
    return _may((connection.settings_dict["HOST"], connection.settings_dict["PORT"]))


def resting(script: str) -> str:
    """`script` with the triggers at rest, where they may; for one `execute`, in a transaction or as its own."""
    if not may_rest():
        return script
    return f"SET LOCAL session_replication_role = replica;{_NEW_TOKEN};{script};SET LOCAL session_replication_role = origin"
