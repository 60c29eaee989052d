"""Looks at the reports that are owed: a reminder before, an alarm to the unit's leader when one is late.

Two partial indexes hold what is open, so an idle turn costs two small reads. What a standstill hid stands as missed: an
office that comes back after three days is told what is owed now, and not ninety times what was not done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from answerable.readiness.reports import steps
from answerable.readiness.reports.act_kinds import DueReportAct
from answerable.readiness.reports.models import DueReport
from answerable.readiness.reports.rules import TELL_WITHIN, State
from answerable.record.actors import Actor
from answerable.record.append import append

log = logging.getLogger(__name__)
SYSTEM = Actor.system()
OWED = (State.OPEN, State.BACK)


def watch(now: datetime, limit: int = 500) -> int:
    """Remind and find late; each report by itself, any number of workers. Returns how many changed."""
    soon = DueReport.objects.filter(state__in=OWED, reminded_at=None, remind_at__lte=now, due_at__gt=now)
    late = DueReport.objects.filter(state=State.OPEN, late_at=None, due_at__lt=now)
    done = 0
    for rows, order, look_after in ((soon, "remind_at", remind), (late, "due_at", find_late)):
        for pk in list(rows.order_by(order, "pk").values_list("pk", flat=True)[:limit]):
            done += _apart(look_after, pk, now)
    return done


def _apart(look_after: Callable[..., bool], report_id: UUID, now: datetime) -> int:
    """One that fails holds up no other."""
    try:
        return int(look_after(report_id=report_id, now=now))
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("a due report could not be looked after", extra={"report": str(report_id)})
        return 0


@transaction.atomic(durable=True)
def remind(*, report_id: UUID, now: datetime) -> bool:
    """Put it before the unit once. A notice and no act: nothing about the report has changed."""
    report = steps.lock_report(report_id)
    if report.reminded_at is not None or report.state not in OWED:
        return False
    report.reminded_at = now
    report.save(update_fields=["reminded_at"])
    steps.tell_unit(report, "unit_report_due", key=f"unit_report_due:{report.pk}", now=now)
    return True


@transaction.atomic(durable=True)
def find_late(*, report_id: UUID, now: datetime) -> bool:
    """Write down that it is late, and alarm the unit's leader where that is fresh."""
    report = steps.lock_report(report_id)
    if report.late_at is not None or report.state != State.OPEN:
        return False
    report.late_at, report.is_told = now, now - report.due_at <= TELL_WITHIN
    report.save(update_fields=["late_at", "is_told"])
    append(DueReportAct.LATE, matter=report.pk, by=SYSTEM, at=now, body={"due_at": report.due_at.isoformat()})
    if report.is_told:
        steps.raise_late(report, now=now)
    return True
