"""Looks at the reports that are owed: somebody is reminded before one is due, and told when it is late.

The partial index `report_due` holds open reports alone, so an idle turn costs one small read.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from answerable.incidents.models import Report
from answerable.incidents.reports import services
from answerable.incidents.reports.rules import REMIND_AT_MOST

log = logging.getLogger(__name__)


def watch(now: datetime) -> int:
    """Remind and call late; each report by itself, any number of workers. Returns how many changed."""
    return sum(_apart(report_id, now) for report_id in waiting(now).values_list("pk", flat=True))


def waiting(now: datetime) -> QuerySet[Report]:
    """The open reports that may need something: due within the hour and not known to be late, or past their window."""
    soon = Q(due_at__lte=now + REMIND_AT_MOST, late_at=None)
    lapsed = Q(due_at=None, until_at__lte=now)
    return Report.objects.filter(soon | lapsed, state=Report.State.DUE).order_by("due_at", "pk")


def _apart(report_id: object, now: datetime) -> int:
    """One that fails holds up no other."""
    try:
        return int(services.look_after(report_id=report_id, now=now))  # type: ignore[arg-type]
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("a report could not be looked after", extra={"report": str(report_id)})
        return 0
