"""Who has which role: handed on, acknowledged, and command taken over with a briefing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.duty.queries import absent_at
from answerable.incidents import access, alarms, role_steps, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, IncidentRole
from answerable.incidents.planned import MOMENT, Directory, file_of
from answerable.incidents.rules import CannotAct
from answerable.orgs.standing import standing
from answerable.record.actors import Actor


def _lock_role(incident: Incident, code: str) -> IncidentRole:
    rows = IncidentRole.objects.select_for_update(of=("self",)).select_related("staff")
    role = rows.filter(incident=incident, code=code, until_at=None).first()
    if role is None:
        raise CannotAct("role_unknown")
    return role


@transaction.atomic(durable=True)
def give_role(
    *, incident_id: UUID, code: str, to: int, by: Actor, now: datetime, why: str = ""
) -> IncidentRole:
    """Hand a role to somebody else, who is asked by an alarm of their own. Who has it, who commands, and leaders may.

    Raises CannotAct: no such role, theirs already, somebody of another body, one who only looks on.
    """
    incident = steps.lock_active(incident_id)
    role = _lock_role(incident, code)
    if by.staff_id is None or by.staff_id != role.staff_id:
        access.require_commander_or_leader(by, incident, now)
    if role.staff_id == to:
        raise CannotAct("already_theirs")
    post_id = _post_in(incident, to, now)
    alarms.end_roles([role], by=by, now=now)
    is_own = to == by.staff_id
    new = role_steps.pass_on(
        incident,
        role,
        staff_id=to,
        post_id=post_id,
        by=by,
        now=now,
        why=why.strip(),
        has_it=is_own,
        alert=False,
    )
    if not is_own:
        asked: list[list[dict[str, Any]]] = [[{"staff": to}], [{"follows": "leader"}]]
        if incident.commander_id not in (None, to):
            asked[1].insert(0, {"staff": incident.commander_id})
        alarms.ask_roles(incident, [(new, asked, alarms.ASK_MIN)], now=now)
        new.save(update_fields=["alert"])
    return new


@transaction.atomic(durable=True)
def acknowledge_role(*, incident_id: UUID, code: str, by: Actor, now: datetime) -> IncidentRole:
    """Its holder says on the page that they have it; the alarm that asks them is answered with it."""
    incident = steps.lock_active(incident_id)
    role = _lock_role(incident, code)
    if by.staff_id is None or role.staff_id != by.staff_id:
        raise CannotAct("role_unknown")
    if role_steps.acknowledge(incident, role, by=by, now=now):
        alarms.answer_role(role, by=by, now=now)
    return role


@transaction.atomic(durable=True)
def take_command(*, incident_id: UUID, by: Actor, now: datetime, why: str = "") -> Incident:
    """Take the command over. Leaders of the unit and above may at any time; whoever the plan names behind the commander,
    once the one who has it has not acknowledged or is away. The page shows the briefing to whoever took it.

    Raises CannotAct (`already_theirs`, `commander_there`), NotTheirs.
    """
    incident = steps.lock_active(incident_id)
    role = _commander_role(incident)
    if incident.commander_id == by.staff:
        raise CannotAct("already_theirs")
    if not access.leads(by, incident, now):
        _require_next(incident, role, by, now)
    post_id = _post_in(incident, by.staff, now, prefer=by.post_id)
    before = incident.commander_id
    role_steps.pass_on(
        incident, role, staff_id=by.staff, post_id=post_id, by=by, now=now, why=why.strip(), has_it=True,
        stands_in=True, alert=False,
    )  # fmt: skip
    alarms.end_roles([role], by=by, now=now)
    body = {"from": before, "to": by.staff}
    steps.act(incident, IncidentAct.COMMAND_TAKEN, by=by, now=now, why=why.strip(), body=body)
    return incident


def _commander_role(incident: Incident) -> IncidentRole:
    rows = IncidentRole.objects.select_for_update(of=("self",)).select_related("staff")
    return rows.get(incident=incident, is_commander=True, until_at=None)


def _require_next(incident: Incident, role: IncidentRole, by: Actor, now: datetime) -> None:
    """Whoever the plan names behind the commander, or is on duty where there is no plan, while the commander is gone."""
    if by.staff not in successors(incident, now):
        access.require_leader(by, incident, now)
    if not is_gone(role, now):
        raise CannotAct("commander_there", name=role.staff.name if role.staff else "")


def is_gone(role: IncidentRole, now: datetime) -> bool:
    """Whether a role's holder cannot be counted on: never said that they have it, is away, was locked out, or holds
    no post any more under which they could do anything."""
    if role.staff_id is None or role.acknowledged_at is None:
        return True
    staff = standing().staff.get(role.staff_id)
    return (
        staff is None
        or not staff.is_active
        or role_steps.post_in(role.incident, role.staff_id, now) is None
        or role.staff_id in absent_at([role.staff_id], now, now + MOMENT)
    )


def successors(incident: Incident, now: datetime) -> set[int]:
    """Whom the plan names for the command, in any order; who is on duty for the body where there is no plan."""
    if incident.plan_version is None:
        return access.on_duty_for(incident.authority_id, now)
    plan = file_of(incident.plan_version)
    roles = [plan.commander, *(role for role in plan.roles if role.backs == plan.commander.code)]
    directory = Directory(incident.authority_id, roles, now)
    return {one for role in roles for one in directory.people(role)}


def _post_in(incident: Incident, staff_id: int, now: datetime, *, prefer: int | None = None) -> int:
    post_id = role_steps.post_in(incident, staff_id, now, prefer=prefer)
    if post_id is None:
        raise CannotAct("not_of_body")
    return post_id
