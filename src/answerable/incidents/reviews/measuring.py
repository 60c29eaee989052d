"""The figures of a response out of its own rows and the targets of the plan version that it ran on. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from answerable.incidents import planned
from answerable.incidents.drills.rules import at_pace
from answerable.incidents.models import Incident, IncidentRole, Inject, Report, Review, Task
from answerable.incidents.reviews.rules import Figures, Had, measured, minutes


def figures_of(review: Review, *, now: datetime) -> Figures:
    """As they stood when the review was signed, else as they stand now."""
    if review.signed_at is not None:
        return Figures.from_record(review.measured)
    return measure(review.incident, now=now)


def measure(incident: Incident, *, now: datetime) -> Figures:
    """What can be measured of a response, at `now`. Four reads, however long it was."""
    until = incident.stood_down_at or now
    pace = incident.pace
    began, ended = incident.activated_at, incident.stood_down_at
    return Figures(
        pace=pace,
        to_activation_min=minutes(incident.reported_at, began, pace) if began else None,
        lasted_min=minutes(began, ended, pace) if began and ended else None,
        tasks=measured(_tasks(incident), until=until, pace=pace),
        # A telephone rings at its own speed, in a table-top too.
        roles=measured(_roles(incident), until=until),
        reports=measured(_reports(incident, now), until=now, pace=pace),
        events=measured(_events(incident), until=until, pace=pace),
    )


def _tasks(incident: Incident) -> Iterator[Had]:
    rows = Task.objects.filter(incident=incident).select_related("strand")
    for task in rows.order_by("strand__position", "position", "pk"):
        yield Had(
            code=task.code,
            name_zh=task.title_zh,
            name_en=task.title_en,
            set_at=task.set_at,
            due_at=task.due_at,
            ended_at=task.ended_at if task.state == Task.State.DONE else None,
            group=task.strand.code,
            is_left_out=task.state == Task.State.LEFT_OUT,
        )


def _roles(incident: Incident) -> Iterator[Had]:
    """When a role was first taken up, whoever had it: its post stands here and nobody's name."""
    version = incident.plan_version
    asks = {role.code: role.ask for role in planned.file_of(version).roles} if version else {}
    seen: dict[str, Had] = {}
    rows = IncidentRole.objects.filter(incident=incident).select_related("post__unit")
    for role in rows.order_by("position", "from_at", "pk"):
        first = seen.get(role.code)
        if first is not None and (first.ended_at is not None or role.acknowledged_at is None):
            continue
        set_at = first.set_at if first is not None else role.from_at
        ask = asks.get(role.code)
        seen[role.code] = Had(
            code=role.code,
            name_zh=role.name_zh,
            name_en=role.name_en,
            set_at=set_at,
            due_at=at_pace(set_at, timedelta(minutes=ask), 1) if ask else None,
            ended_at=role.acknowledged_at,
            group=f"{role.post.unit.code}/{role.post.code}" if role.post else "",
        )
    yield from seen.values()


def _reports(incident: Incident, now: datetime) -> Iterator[Had]:
    owed = Q(state=Report.State.DUE, due_at__lte=now) | ~Q(state=Report.State.DUE)
    for row in Report.objects.filter(owed, incident=incident).order_by("opened_at", "number", "pk"):
        yield Had(
            code=f"{row.duty}-{row.number}",
            name_zh=row.name_zh,
            name_en=row.name_en,
            set_at=row.opened_at,
            due_at=row.due_at,
            ended_at=row.sent_at,
            group=row.recipient,
            is_left_out=row.state == Report.State.WAIVED,
        )


def _events(incident: Incident) -> Iterator[Had]:
    for row in Inject.objects.filter(incident=incident).exclude(told_at=None).order_by("position"):
        assert row.told_at is not None
        yield Had(
            code=str(row.position),
            name_zh=row.text_zh,
            name_en=row.text_en,
            set_at=row.told_at,
            due_at=None,
            ended_at=row.met_at,
        )
