"""Reads of incidents: which are open, what of one is open, who has its roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from answerable.core.names import in_language
from answerable.incidents import nearness, rules
from answerable.incidents.models import (
    Incident,
    IncidentRole,
    Promise,
    Report,
    Requisition,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.rules import OpenEnd, OpenKind, Part
from answerable.orgs.models import Place

#: States in which somebody has still to do something about an incident.
OPEN = (Incident.State.REPORTED, Incident.State.ACTIVE)


def open_incidents(authority_ids: Iterable[int]) -> QuerySet[Incident]:
    """Calls that wait and responses under way, of these bodies: the gravest response first, then the newest call."""
    rows = Incident.objects.filter(authority__in=list(authority_ids), state__in=OPEN)
    waits = Case(
        When(state=Incident.State.REPORTED, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return rows.select_related("authority", "unit", "place", "commander", "plan_version__plan").order_by(
        waits, "response_level", "-reported_at", "-pk"
    )


def similar(
    authority_id: int,
    hazard: str,
    where: nearness.Where,
    *,
    now: datetime,
    is_drill: bool = False,
    except_id: UUID | None = None,
) -> list[Incident]:
    """Open incidents that a call may be about: same hazard, hours ago, near or not known to be far; newest first."""
    rows = open_incidents([authority_id]).filter(
        hazard=hazard, is_drill=is_drill, reported_at__gt=now - nearness.WITHIN
    )
    found = [one for one in rows if nearness.may_be_same(where, where_of(one), one.reported_at, now)]
    return sorted(
        (one for one in found if one.pk != except_id), key=lambda one: one.reported_at, reverse=True
    )


def where_of(incident: Incident) -> nearness.Where:
    return where(incident.place, incident.latitude, incident.longitude)


def where(place: Place | None, latitude: Any, longitude: Any) -> nearness.Where:
    """Where a danger is as `nearness` takes it: the point that was told, else that of the place."""
    if latitude is None and place is not None:
        latitude, longitude = place.latitude, place.longitude
    path = tuple(place.path or [place.pk]) if place is not None else ()
    point = (float(latitude), float(longitude)) if latitude is not None and longitude is not None else None
    return nearness.Where(path, point)


# ---------------------------------------------------------------- the guard


def open_ends(incident: Incident, *, now: datetime) -> list[OpenEnd]:
    """Exactly what must end before the response is lifted, in the active language; empty where nothing is open."""
    return rules.open_ends(parts_of(incident, now=now))


def parts_of(incident: Incident, *, now: datetime) -> Iterator[Part]:
    """Everything of the response that can be open, as the guard sees it. Six reads, however much there is."""
    for strand in Strand.objects.filter(incident=incident):
        yield Part(OpenKind.STRAND, strand.pk, strand.name, strand.closed_at is not None)
    # What has ended is not read: a long response has a thousand tasks.
    for task in Task.objects.filter(incident=incident, state__in=["open", "begun"]).order_by(
        "position", "pk"
    ):
        yield Part(OpenKind.TASK, task.pk, title_of(task), False, task.due_at)
    for sent in Sent.objects.filter(incident=incident, back_at=None).order_by("at", "pk"):
        yield Part(OpenKind.SENT, sent.pk, sent.what, False)
    for item in Requisition.objects.filter(incident=incident, returned_at=None).order_by("at", "pk"):
        yield Part(OpenKind.REQUISITION, item.pk, item.what, False)
    for report in Report.objects.filter(incident=incident, state=Report.State.DUE).order_by("due_at", "pk"):
        is_owed = rules.is_report_open(report.kind, report.state, report.due_at, now)
        yield Part(OpenKind.REPORT, report.pk, report_text(report), not is_owed, report.due_at)
    for promise in Promise.objects.filter(incident=incident, answered_at=None).order_by("due_at", "at", "pk"):
        yield Part(OpenKind.PROMISE, promise.pk, promise.what, False, promise.due_at)


def title_of(task: Task) -> str:
    return in_language(task.title_zh, task.title_en)


def check_of(task: Task) -> str:
    return in_language(task.check_zh, task.check_en)


def report_text(report: Report) -> str:
    to = in_language(report.recipient_zh, report.recipient_en)
    name = in_language(report.name_zh, report.name_en) or str(report.get_kind_display())
    return f"{name} · {to}" if to else name


# ---------------------------------------------------------------- who has what


def roles_in_force(incident: Incident) -> QuerySet[IncidentRole]:
    """Who has each role now, in the plan's order."""
    return (
        IncidentRole.objects.filter(incident=incident, until_at=None)
        .select_related("staff", "post", "strand")
        .order_by("position", "pk")
    )


def holders(incident: Incident) -> list[int]:
    """Everybody who has a role now."""
    rows = IncidentRole.objects.filter(incident=incident, until_at=None).exclude(staff=None)
    return [pk for pk in rows.order_by("position", "pk").values_list("staff", flat=True) if pk is not None]


def roles_of(staff_id: int, incident: Incident) -> list[IncidentRole]:
    """The roles that somebody has in an incident now."""
    return list(IncidentRole.objects.filter(incident=incident, staff=staff_id, until_at=None).order_by("pk"))


def next_due(incident: Incident) -> Task | None:
    """The open task that is due first."""
    rows = Task.objects.filter(incident=incident, state__in=["open", "begun"]).exclude(due_at=None)
    return rows.order_by("due_at", "position", "pk").first()


def next_due_of_all(incident: Incident) -> tuple[str, datetime] | None:
    """What is due first, be it a task or a report that is owed, and when."""
    task = next_due(incident)
    reports = Report.objects.filter(incident=incident, state=Report.State.DUE).exclude(due_at=None)
    report = reports.order_by("due_at", "pk").first()
    found = [(title_of(task), task.due_at)] if task is not None and task.due_at is not None else []
    if report is not None and report.due_at is not None:
        found.append((report_text(report), report.due_at))
    return min(found, key=lambda one: one[1]) if found else None


def is_open(incident: Incident) -> bool:
    return incident.state in OPEN


def newest(authority_ids: Iterable[int]) -> QuerySet[Incident]:
    """Every incident of these bodies, the newest call first."""
    rows = Incident.objects.filter(Q(authority__in=list(authority_ids)))
    return rows.select_related("authority", "unit", "place").order_by("-reported_at", "-pk")
