"""Writes on due reports that compose: inside the caller's transaction, which they never open."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.alerts import steps as alarms
from answerable.alerts.around import context_of
from answerable.alerts.models import Alert
from answerable.alerts.telling import tell_posts
from answerable.core.refusals import Changed
from answerable.orgs.queries import head_of
from answerable.readiness.reports.models import DueReport, Version
from answerable.record.actors import Actor

SYSTEM = Actor.system()
LATE_CODE = "unit_report_late"


def lock_report(report_id: UUID) -> DueReport:
    """The report with its row locked. Raises DueReport.DoesNotExist."""
    rows = DueReport.objects.select_for_update(of=("self",))
    return rows.select_related("kind__authority", "unit__authority", "to_unit").get(pk=report_id)


def require_seen(report: DueReport, seen_version: int) -> None:
    """Raises Changed where somebody changed it since the page was made."""
    if report.version != seen_version:
        raise Changed(version=report.version)


def facts_of(report: DueReport) -> dict[str, Any]:
    """What a sentence about it needs: which report, which unit, by when; nothing that it says."""
    return {
        "step_zh": report.kind.name_in("zh"),
        "step_en": report.kind.name_in("en"),
        "unit_zh": report.unit.name_in("zh"),
        "unit_en": report.unit.name_in("en"),
        "until_at": report.due_at.isoformat(),
    }


def link_of(report: DueReport) -> str:
    return f"/desk/reports/{report.pk}"


def tell_unit(report: DueReport, code: str, *, key: str, now: datetime) -> None:
    """Before the unit's head, and before whoever sent the report of this kind last."""
    head = head_of(report.unit)
    last = Version.objects.filter(report__kind=report.kind_id, report__unit=report.unit_id).order_by("-at")
    posts = [head.pk if head else None, last.values_list("post_id", flat=True).first()]
    told = [pk for pk in dict.fromkeys(posts) if pk is not None]
    tell_posts(told, code, key=key, at=now, facts=facts_of(report))


def tell_above(report: DueReport, code: str, *, key: str, now: datetime) -> None:
    head = head_of(report.to_unit) if report.to_unit is not None else None
    if head is not None:
        tell_posts([head.pk], code, key=key, at=now, facts=facts_of(report))


def late_key(report: DueReport) -> str:
    return f"{LATE_CODE}:{report.pk}"


def raise_late(report: DueReport, *, now: datetime) -> None:
    """The unit's leader hears that it is late, then the level above. It wakes nobody: it is not urgent."""
    alarms.open_alert(
        LATE_CODE,
        authority_id=report.kind.authority_id,
        key=late_key(report),
        now=now,
        by=SYSTEM,
        facts=facts_of(report),
        context=context_of(report.unit),
        about=report.pk,
        link=link_of(report),
        is_urgent=False,
    )


def end_alarm(report: DueReport, *, by: Actor, now: datetime) -> None:
    """It was reported, or is not owed any more: nobody is asked for it."""
    rows = Alert.objects.filter(key=late_key(report)).exclude(state=Alert.State.RESOLVED)
    for pk in rows.values_list("pk", flat=True):
        alarms.resolve(alarms.lock_alert(pk), by=by, now=now)
