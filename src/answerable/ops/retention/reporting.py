"""The report on a month: an act on the matter of every body that works here, and an alarm where destruction fails."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from answerable.alerts import steps as alarms
from answerable.alerts.around import context_of
from answerable.alerts.models import Alert
from answerable.ops.models import KeepingReport, KeepingRun
from answerable.ops.retention import overview, running
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.checks import working_authorities
from answerable.orgs.models import Post, Role
from answerable.orgs.queries import root_unit
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of

#: A fault of minutes is the database's or the network's; one of an hour is somebody's.
ALARM_AFTER = timedelta(hours=1)
CODE = "keeping_failed"
#: Workers that look at the same instant: one does.
_LOCK = 7_409_231


def turn(now: datetime) -> int:
    """Report on the month that ended, raise and end alarms; one worker at a time. Returns how many reports were made."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            (is_mine,) = cursor.fetchone()
        if not is_mine:
            return 0
        _watch(now)
        this = running.month_of(now)
        last = (this - timedelta(days=1)).replace(day=1)
        return int(_began_before(this) and _report(last, now))


def _began_before(month: date) -> bool:
    """Whether anything ran here before this month: of the time before there is nothing to report."""
    first = KeepingRun.objects.order_by("since").values_list("since", flat=True).first()
    return first is not None and running.month_of(first) < month


def _report(month: date, now: datetime) -> bool:
    """One on each month, made once: the first turn after it ended."""
    if KeepingReport.objects.filter(month=month).exists():
        return False
    body = as_recorded(month, now)
    KeepingReport.objects.create(month=month, made_at=now, body=body)
    for authority in working_authorities():
        append(
            OrgAct.RETENTION_REPORTED,
            matter=matter_of("authority", authority.pk),
            by=Actor.system(),
            at=now,
            body=body,
        )
    return True


def as_recorded(month: date, now: datetime) -> dict[str, Any]:
    """Numbers by kind: destroyed in the month, overdue at its end; and which parts of the worker fail."""
    rows = overview.rows(now, month)
    return {
        "month": month.isoformat()[:7],
        "destroyed": {row.kind.code: row.destroyed for row in rows if row.destroyed},
        "overdue": {row.kind.code: row.overdue for row in rows if row.overdue},
        "failing": sorted({row.kind.run for row in rows if row.is_failing}),
        "without_time": overview.without_time(),
    }


def _watch(now: datetime) -> None:
    failing = {run.name: run for run in KeepingRun.objects.filter(failing_since__lte=now - ALARM_AFTER)}
    standing = Alert.objects.select_for_update().filter(code=CODE).exclude(state=Alert.State.RESOLVED)
    for alert in standing.order_by("pk"):
        if alert.facts.get("text") not in failing:
            alarms.resolve(alert, by=Actor.system(), now=now)
    bodies = list(working_authorities()) if failing else []
    for body in bodies:
        top = root_unit(body)
        runs = Post.objects.filter(unit__authority=body, role=Role.ADMINISTRATOR, closed_on=None).first()
        for name, run in failing.items():
            if top is None or runs is None:
                continue
            alarms.open_alert(
                CODE,
                authority_id=body.pk,
                key=f"{CODE}:{body.pk}:{name}:{run.failing_since}",
                now=now,
                by=Actor.system(),
                facts={"text": name, "from_at": run.failing_since.isoformat() if run.failing_since else ""},
                context={**context_of(top), "owner_post": runs.pk},
                link="/desk/kept/",
                is_urgent=False,
            )
