"""/healthz: this process answers. /readyz: it can do its work (database, migrations, worker, key file), and how the log
is.
/readyz/alarms: alarms climb: the engine has turned within a minute, and nothing that is due waits.

A middleware in front of everything else: monitors use any host name, and no session is wanted.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.http import HttpRequest, HttpResponse

# The worker beats every few seconds; this long without one means that late cases would stay where they are.
WORKER_SECONDS = 60
#: The engine says so every few seconds; and nothing that is due waits for longer than this.
ENGINE_SECONDS, STALLED_SECONDS = 60, 30
NEEDED = ("database", "migrations", "worker", "keys")

_ALARMS = """
SELECT coalesce((SELECT max(beat_at) > clock_timestamp() - %(silent)s * interval '1 second'
        FROM ops_heartbeat WHERE name = 'alarms'), false),
    EXISTS (SELECT FROM alerts_alert WHERE next_at < clock_timestamp() - %(stalled)s * interval '1 second')
    OR EXISTS (SELECT FROM alerts_delivery WHERE state = 'queued' AND asked_id IS NOT NULL AND kind <> 'landline'
        AND carried_by_id IS NULL AND next_try_at < clock_timestamp() - %(stalled)s * interval '1 second')
"""


def _keys() -> str:
    """Without the key file no receipt opens and no matter can be registered."""
    from answerable.parties import keys
    from answerable.parties.keyfile import KeyFileError

    try:
        keys.ring()
    except KeyFileError as fault:
        return fault.code
    return "ok"


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
        if request.path_info == "/readyz/alarms":
            # Apart from /readyz: an office whose alarms stand still must go on taking matters in.
            word = self.alarms()
            return HttpResponse(
                word + "\n",
                status=200 if word == "ok" else 503,
                content_type="text/plain",
                headers={"Cache-Control": "no-store"},
            )
        return self.get_response(request)

    def alarms(self) -> str:
        """`ok`, `silent` (the engine has not turned), `stalled` (something due waits), or `unknown`."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(_ALARMS, {"silent": ENGINE_SECONDS, "stalled": STALLED_SECONDS})
                turns, waits = cursor.fetchone()
        except Error:
            return "unknown"
        return "silent" if not turns else "stalled" if waits else "ok"

    def parts(self) -> dict[str, str]:
        """`ok` or what is missing, for each part; no figures, no names: the address is public."""
        parts = {"database": "gone", "migrations": "unknown", "worker": "unknown", "record": "unknown"}
        parts["keys"] = _keys()
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
