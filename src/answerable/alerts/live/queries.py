"""Which alarms wait for somebody's answer: asked by every open desk, so in plain statements over a few rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from answerable.alerts.answering.access import may_answer
from answerable.alerts.models import Asked

#: An alarm that nobody answers asks again and again; what was last asked so long ago is on the board, and rings no more.
RINGS_FOR = timedelta(hours=24)

_MARKS = """
SELECT a.staff_id, count(DISTINCT a.alert_id), max(a.id)
FROM alerts_asked a JOIN alerts_alert l ON l.id = a.alert_id
WHERE a.staff_id = ANY(%s) AND a.at > %s AND a.answer = '' AND NOT a.is_told_only AND l.state = 'open'
GROUP BY a.staff_id
"""


def marks(staff_ids: Iterable[int], now: datetime) -> dict[int, str]:
    """For each of these whom an open alarm asks, a mark that differs whenever what asks them does."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [list(staff_ids), now - RINGS_FOR])
        return {staff: f"{count}.{newest}" for staff, count, newest in cursor.fetchall()}


def asking(staff_id: int, now: datetime, limit: int = 20) -> list[Asked]:
    """The open alarms that ask somebody, each once, newest first."""
    rows = Asked.objects.filter(
        staff=staff_id, at__gt=now - RINGS_FOR, answer="", is_told_only=False, alert__state="open"
    )
    newest: dict[object, Asked] = {}
    latest = rows.select_related("alert__authority", "staff").order_by("-at", "-pk")[: limit * 5]
    for row in may_answer(latest, now):
        newest.setdefault(row.alert_id, row)
    return list(newest.values())[:limit]
