"""Raise and lower the level of a response, say how long it lasts, and what the other two scales say."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.incidents import access, alarms, planned, queries, response_steps, rules, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, LevelChange, Strand
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.rules import CannotAct
from answerable.incidents.services.activation import published
from answerable.record.actors import Actor


@transaction.atomic(durable=True)
def raise_level(
    *,
    incident_id: UUID,
    level: int,
    grounds: str,
    measures: str,
    expected_until: datetime,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Incident:
    """To a graver level: its tasks are added to those that are there, their targets counted from now."""
    incident = steps.lock_active(incident_id, seen_version)
    access.require_commander_or_leader(by, incident, now)
    rules.require_raise(incident.response_level, level)
    plan = _plan_with(incident, level)
    change = _change(incident, level, grounds, measures, expected_until, by=by, now=now)
    added = []
    if plan is not None:
        strands = {row.code: row for row in Strand.objects.select_for_update().filter(incident=incident)}
        added = response_steps.set_tasks(incident, plan, level, strands, now=now)
        for strand in response_steps.reopen({task.strand for task in added}):
            steps.act(incident, IncidentAct.TRACK_REOPENED, by=by, now=now, body={"strand": strand.code})
    _record(incident, IncidentAct.RAISED, change, by=by, now=now, tasks=[task.code for task in added])
    return incident


@transaction.atomic(durable=True)
def lower_level(
    *,
    incident_id: UUID,
    level: int,
    grounds: str,
    measures: str,
    expected_until: datetime,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Incident:
    """To a milder level. What was begun or set stays: it is done or left out, each by somebody's word."""
    incident = steps.lock_active(incident_id, seen_version)
    access.require_commander_or_leader(by, incident, now)
    rules.require_lower(incident.response_level, level)
    _plan_with(incident, level)
    change = _change(incident, level, grounds, measures, expected_until, by=by, now=now)
    _record(incident, IncidentAct.LOWERED, change, by=by, now=now, tasks=[])
    return incident


@transaction.atomic(durable=True)
def set_scales(
    *,
    incident_id: UUID,
    event_grade: int | None,
    warning_level: int | None,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Incident:
    """The grade of the event and the level of the warning: scales of their own, which set nothing going (art. 3, 63)."""
    incident = steps.lock_incident(incident_id, seen_version)
    access.require_writer(by, incident, now)
    if incident.state not in rules.WRITTEN_IN:
        raise CannotAct("is_over")
    if any(scale is not None and scale not in rules.LEVELS for scale in (event_grade, warning_level)):
        raise CannotAct("level_unknown")
    if (event_grade, warning_level) != (incident.event_grade, incident.warning_level):
        steps.changed(incident, event_grade=event_grade, warning_level=warning_level)
        body = {"event_grade": event_grade, "warning_level": warning_level}
        steps.act(incident, IncidentAct.SCALES_SET, by=by, now=now, body=body)
    return incident


@transaction.atomic(durable=True)
def prolong(
    *,
    incident_id: UUID,
    expected_until: datetime,
    why: str,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Incident:
    """It is expected to last until another time, for a reason."""
    incident = steps.lock_active(incident_id, seen_version)
    access.require_commander_or_leader(by, incident, now)
    if expected_until <= now:
        raise CannotAct("in_the_past")
    if not why.strip():
        raise CannotAct("reason_missing")
    steps.changed(incident, expected_until=expected_until)
    body = {"until": expected_until.isoformat()}
    steps.act(incident, IncidentAct.PROLONGED, by=by, now=now, why=why.strip(), body=body)
    return incident


def _plan_with(incident: Incident, level: int) -> PlanFile | None:
    plan = planned.file_of(incident.plan_version) if incident.plan_version is not None else None
    if plan is not None and level not in {one.level for one in plan.scales.response}:
        raise CannotAct("level_not_in_plan", level=level)
    return plan


def _change(
    incident: Incident,
    level: int,
    grounds: str,
    measures: str,
    expected_until: datetime,
    *,
    by: Actor,
    now: datetime,
) -> LevelChange:
    grounds, measures = published(grounds, measures)
    if expected_until <= now:
        raise CannotAct("in_the_past")
    change = LevelChange.objects.create(
        incident=incident,
        before=incident.response_level,
        after=level,
        grounds=grounds,
        measures=measures,
        expected_until=expected_until,
        at=now,
        by_id=by.staff,
        post_id=by.post_id,
    )
    steps.changed(incident, response_level=level, expected_until=expected_until)
    return change


def _record(
    incident: Incident, kind: IncidentAct, change: LevelChange, *, by: Actor, now: datetime, tasks: list[str]
) -> None:
    body = {
        "from": change.before,
        "to": change.after,
        "grounds_sha256": steps.digest(change.grounds),
        "measures_sha256": steps.digest(change.measures),
        "expected_until": change.expected_until.isoformat() if change.expected_until else "",
        "tasks": tasks,
    }
    steps.act(incident, kind, by=by, now=now, body=body)
    told = queries.holders(incident)
    alarms.tell_level(incident, "incident_level", change.pk, by=by, now=now, told=told)
