"""Set a response going: a physical hazard of the closed list, a level, the grounds, how long, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.incidents import access, alarms, planned, response_steps, rules, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, LevelChange, PlanVersion
from answerable.incidents.rules import CannotAct
from answerable.incidents.wording import moment_text
from answerable.orgs.standing import held
from answerable.record.actors import Actor


@dataclass(frozen=True)
class Decision:
    """What is decided. `plan_version_id`: the version that the response runs on, None for none.

    Grounds and measures are published; `event_grade` and `warning_level` are scales of their own, null where nobody
    has said.
    """

    hazard: str
    level: int
    grounds: str
    measures: str
    expected_until: datetime
    plan_version_id: int | None = None
    event_grade: int | None = None
    warning_level: int | None = None


def activate(
    *, incident_id: UUID, decision: Decision, by: Actor, now: datetime, seen_version: int | None = None
) -> Incident:
    """Activate: tracks, tasks and roles of the plan are there at once, and everybody in it is asked.

    Raises CannotAct; of two who activate at once the second is told so (`is_active`), and nothing is doubled.
    """
    with held():
        return _activate(incident_id, decision, by=by, now=now, seen_version=seen_version)


@transaction.atomic(durable=True)
def _activate(
    incident_id: UUID, decision: Decision, *, by: Actor, now: datetime, seen_version: int | None
) -> Incident:
    incident = steps.lock_incident(incident_id)
    _require_waiting(incident)
    steps.require_version(incident, seen_version)
    access.require_director(by, incident, now)
    decision = _checked(decision, now)
    version = _version(incident, decision)
    plan = planned.file_of(version) if version is not None else None
    if plan is not None and decision.level not in {one.level for one in plan.scales.response}:
        raise CannotAct("level_not_in_plan", level=decision.level)
    # What is written from here on says the level and the hazard as decided.
    incident.hazard, incident.response_level = decision.hazard, decision.level
    strands = response_steps.open_strands(incident, plan)
    tasks = (
        response_steps.set_tasks(incident, plan, decision.level, strands, now=now) if plan is not None else []
    )
    roles, commander = response_steps.fill_roles(incident, plan, strands, by=by, now=now)
    change = _change(incident, None, decision, by=by, now=now)
    steps.changed(
        incident,
        state=Incident.State.ACTIVE,
        hazard=decision.hazard,
        response_level=decision.level,
        event_grade=decision.event_grade,
        warning_level=decision.warning_level,
        plan_version=version,
        activated_at=now,
        expected_until=decision.expected_until,
        commander_id=commander.staff,
        commander_post_id=commander.post,
    )
    steps.act(
        incident,
        IncidentAct.ACTIVATED,
        by=by,
        now=now,
        body={
            "hazard": decision.hazard,
            "level": decision.level,
            "grounds_sha256": steps.digest(decision.grounds),
            "measures_sha256": steps.digest(decision.measures),
            "expected_until": decision.expected_until.isoformat(),
            "event_grade": decision.event_grade,
            "warning_level": decision.warning_level,
            "plan": version.pk if version is not None else None,
            "plan_sha256": bytes(version.sha256).hex() if version is not None else "",
            "drill": incident.is_drill,
            "commander": commander.staff,
            "roles": [[role.code, role.staff_id, role.post_id] for role in roles],
            "tasks": [task.code for task in tasks],
        },
    )
    alarms.tell_level(incident, "incident_activated", change.pk, by=by, now=now)
    alarms.end_call(incident, by=by, now=now)
    return incident


def _require_waiting(incident: Incident) -> None:
    if incident.state == Incident.State.ACTIVE:
        first = LevelChange.objects.filter(incident=incident).order_by("pk").select_related("by").first()
        who = first.by.name if first is not None else ""
        raise CannotAct("is_active", at=moment_text(incident.activated_at, incident.authority.zone), who=who)
    if incident.state != Incident.State.REPORTED:
        raise CannotAct("not_reported", state=incident.get_state_display())


def _checked(decision: Decision, now: datetime) -> Decision:
    rules.require_hazard(decision.hazard)
    if decision.level not in rules.LEVELS:
        raise CannotAct("level_unknown")
    for scale in (decision.event_grade, decision.warning_level):
        if scale is not None and scale not in rules.LEVELS:
            raise CannotAct("level_unknown")
    if decision.expected_until <= now:
        raise CannotAct("in_the_past")
    grounds, measures = published(decision.grounds, decision.measures)
    return Decision(**{**decision.__dict__, "grounds": grounds, "measures": measures})


def published(grounds: str, measures: str) -> tuple[str, str]:
    """Grounds and measures as they are published. Raises CannotAct: missing, or about people and no danger."""
    grounds = steps.cleaned(grounds, most=steps.LONGEST_ENTRY)
    measures = steps.cleaned(measures, most=steps.LONGEST_ENTRY)
    if not grounds:
        raise CannotAct("grounds_missing")
    if not measures:
        raise CannotAct("measures_missing")
    rules.require_of_nobody(grounds, measures)
    return grounds, measures


def _version(incident: Incident, decision: Decision) -> PlanVersion | None:
    """The version that was chosen, as long as it is in use for this body and hazard; it is kept with the incident."""
    if decision.plan_version_id is None:
        return None
    for version in planned.versions_in_use(incident.authority_id, decision.hazard):
        if version.pk == decision.plan_version_id:
            return version
    raise CannotAct("plan_not_in_use")


def _change(
    incident: Incident, before: int | None, decision: Decision, *, by: Actor, now: datetime
) -> LevelChange:
    return LevelChange.objects.create(
        incident=incident,
        before=before,
        after=decision.level,
        grounds=decision.grounds,
        measures=decision.measures,
        expected_until=decision.expected_until,
        at=now,
        by_id=by.staff,
        post_id=by.post_id,
    )
