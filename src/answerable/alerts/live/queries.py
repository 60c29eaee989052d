"""Which alarms wait for somebody's answer: asked by every open desk, so in plain statements over a few rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from answerable.alerts.answering.access import may_answer
from answerable.alerts.models import Asked

#: An alarm that nobody answers asks again and again; what was last asked so long ago is on the board, and rings no more.
RINGS_FOR = timedelta(hours=24)
#: Of what is not urgent so many are counted.
MOST_COUNTED = 1000
#: A rule begins again after a week at the latest: what asked nobody for longer asks nobody any more.
CALM_FOR = timedelta(days=8)

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
    """The open urgent alarms that ask somebody, each once, newest first."""
    rows = _asks(staff_id).filter(at__gt=now - RINGS_FOR, alert__is_urgent=True)
    newest: dict[object, Asked] = {}
    latest = rows.select_related("alert__authority", "staff").order_by("-at", "-pk")[: limit * 5]
    for row in may_answer(latest, now):
        newest.setdefault(row.alert_id, row)
    return list(newest.values())[:limit]


def calm_count(staff_id: int, now: datetime) -> int:
    """How many open alarms that are not urgent ask somebody: a number, and nothing that rings."""
    rows = _asks(staff_id).filter(at__gt=now - CALM_FOR, alert__is_urgent=False)
    rows = rows.select_related("alert", "staff").defer("alert__ladder", "alert__context")
    return len({row.alert_id for row in may_answer(rows.order_by("-pk")[:MOST_COUNTED], now)})


def _asks(staff_id: int) -> QuerySet[Asked]:
    return Asked.objects.filter(staff=staff_id, answer="", is_told_only=False, alert__state="open")
