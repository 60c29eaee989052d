"""Writes on roles that compose: who gets one, who takes one up, who commands. On a locked incident."""

from __future__ import annotations

from datetime import datetime

from answerable.incidents.access import LOOK_ON
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, IncidentRole
from answerable.incidents.steps import act, changed
from answerable.orgs.models import Role
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import standing
from answerable.record.actors import Actor, ActorKind


def acknowledge(incident: Incident, role: IncidentRole, *, by: Actor, now: datetime) -> bool:
    """Its holder says that they have it. A second time changes nothing; returns whether this was the first."""
    if role.acknowledged_at is not None:
        return False
    role.acknowledged_at = now
    role.save(update_fields=["acknowledged_at"])
    act(incident, IncidentAct.ROLE_ACKNOWLEDGED, by=by, now=now, body={"role": role.code})
    return True


def pass_on(
    incident: Incident,
    role: IncidentRole,
    *,
    staff_id: int,
    post_id: int | None,
    by: Actor,
    now: datetime,
    why: str = "",
    has_it: bool = False,
    stands_in: bool = False,
    alert: bool = True,
) -> IncidentRole:
    """The role has a new holder: the old row ends, a new one begins. `has_it`: they said so already.

    `alert`: the alarm that asks for it stays with the role. Whoever commands is named by the incident too.
    """
    role.until_at = now
    role.save(update_fields=["until_at"])
    new = IncidentRole.objects.create(
        incident=incident,
        code=role.code,
        name_zh=role.name_zh,
        name_en=role.name_en,
        position=role.position,
        group=role.group,
        strand_id=role.strand_id,
        is_commander=role.is_commander,
        duty_zh=role.duty_zh,
        duty_en=role.duty_en,
        post_id=post_id,
        staff_id=staff_id,
        stands_in=stands_in,
        alert=role.alert if alert else None,
        from_at=now,
        acknowledged_at=now if has_it else None,
    )
    body = {"role": role.code, "from": role.staff_id, "to": staff_id, "post": post_id}
    act(incident, IncidentAct.ROLE_GIVEN, by=by, now=now, why=why, body=body)
    if role.is_commander:
        changed(incident, commander_id=staff_id, commander_post_id=post_id)
    return new


def taken(
    incident: Incident, role: IncidentRole, *, staff_id: int, post_id: int | None, now: datetime
) -> IncidentRole:
    """Somebody said "I have it" to the role's alarm: its holder, or the one to whom it fell."""
    by = Actor(ActorKind.STAFF, staff_id=staff_id, post_id=post_id)
    if role.staff_id == staff_id:
        acknowledge(incident, role, by=by, now=now)
        return role
    new = pass_on(
        incident, role, staff_id=staff_id, post_id=post_id, by=by, now=now, has_it=True, stands_in=True
    )
    if role.is_commander:
        act(incident, IncidentAct.COMMAND_TAKEN, by=by, now=now, body={"from": role.staff_id, "to": staff_id})
    return new


def post_in(incident: Incident, staff_id: int, now: datetime, *, prefer: int | None = None) -> int | None:
    """The post under which somebody may have a role: of the body, else of the one above it; None for whoever holds
    none there, or only looks on."""
    staff = standing().staff.get(staff_id)
    posts = posts_of(staff, now) if staff is not None and staff.is_active else []
    bodies = [incident.authority_id, incident.authority.above_id]
    fit = [post for post in posts if post.role not in LOOK_ON and post.unit.authority_id in bodies]
    fit.sort(
        key=lambda post: (
            post.pk != prefer,
            bodies.index(post.unit.authority_id),
            post.role != Role.LEADER,
            post.pk,
        )
    )
    return fit[0].pk if fit else None
