"""/healthz: this process answers. /readyz: it can do its work (database, migrations, worker); and how the log is.

A middleware in front of everything else: monitors use any host name, and no session is wanted.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.http import HttpRequest, HttpResponse

# The worker beats every few seconds; this long without one means that late cases would stay where they are.
WORKER_SECONDS = 60
NEEDED = ("database", "migrations", "worker")


def _migrated() -> bool:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


class Health:
    """Answers the two addresses; everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._was_migrated = False  # once true it stays so for this code

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            parts = self.parts()
            return HttpResponse(
                json.dumps(parts) + "\n",
                # A log that stands still is said here and stops nothing: matters must be taken in meanwhile.
                status=200 if {parts[name] for name in NEEDED} == {"ok"} else 503,
                content_type="application/json",
                headers={"Cache-Control": "no-store"},
            )
        return self.get_response(request)

    def parts(self) -> dict[str, str]:
        """`ok` or what is missing, for each part; no figures, no names: the address is public."""
        parts = {"database": "gone", "migrations": "unknown", "worker": "unknown", "record": "unknown"}
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                parts["database"] = "ok"
                self._was_migrated = self._was_migrated or _migrated()
                parts["migrations"] = "ok" if self._was_migrated else "pending"
                if self._was_migrated:
                    cursor.execute(
                        "SELECT coalesce(max(beat_at) > clock_timestamp() - %s * interval '1 second', false)"
                        " FROM ops_heartbeat",
                        [WORKER_SECONDS],
                    )
                    (beating,) = cursor.fetchone()
                    parts["worker"] = "ok" if beating else "silent"
                    cursor.execute("SELECT fault->>'code' FROM record_log WHERE ended_at IS NULL")
                    parts["record"] = next((code for (code,) in cursor.fetchall() if code), "ok")
        except Error:
            pass  # what could not be asked keeps the word it began with
        return parts
