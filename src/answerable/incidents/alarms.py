"""What of an incident raises an alarm, and what an answer to one means. Ends them when the response does.

A first call asks whoever is on duty. A response tells the leader and the level above at once, and asks each role's
holder, then whoever is next for it, then the commander. "I have it" in the alarm is the role's acknowledgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from answerable.alerts import steps as alarms
from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.around import context_of
from answerable.alerts.ladders import ladder_for
from answerable.alerts.models import Alert, Asked
from answerable.alerts.steps import Raising
from answerable.incidents import role_steps
from answerable.incidents.access import leads_unit
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Incident, IncidentRole
from answerable.incidents.steps import lock_incident
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import standing
from answerable.record.actors import Actor
from answerable.record.queries import ActShown
from answerable.record.reactions import on

SYSTEM = Actor.system()
#: Minutes to acknowledge before the next is asked, where no plan says.
ASK_MIN = 10
#: A drill's alarms climb for so many rounds; a real one until somebody has it.
DRILL_ROUNDS = 2


def facts_of(incident: Incident) -> dict[str, Any]:
    """What the sentence of an alarm needs: code, hazard, place and level; nobody's name, nothing of a call."""
    found: dict[str, Any] = {"incident": incident.code, "level": incident.response_level or ""}
    for tongue in ("zh", "en"):
        with translation.override("zh-hans" if tongue == "zh" else "en"):
            found[f"hazard_{tongue}"] = gettext(HAZARDS.get(incident.hazard, incident.hazard))
            place = incident.place.name_in(tongue) if incident.place is not None else ""
            found[f"place_{tongue}"] = place or incident.place_text or gettext("a point on the map")
    return found


def link_of(incident: Incident) -> str:
    return f"/desk/incidents/{incident.pk}"


def raise_call(incident: Incident, *, by: Actor, now: datetime, has_it: bool) -> None:
    """Somebody on duty must look at a first call. `has_it`: whoever took it down is on duty or leads, and has it."""
    alert = alarms.open_alert(
        "incident_reported",
        authority_id=incident.authority_id,
        key=f"incident_reported:{incident.pk}",
        now=now,
        by=SYSTEM,
        facts=facts_of(incident),
        context=context_of(incident.unit),
        about=incident.pk,
        link=link_of(incident),
        is_drill=incident.is_drill,
    )
    if has_it and by.staff_id is not None:
        alarms.acknowledge(alarms.lock_alert(alert.pk), by.staff_id, by=by, now=now)


def end_call(incident: Incident, *, by: Actor, now: datetime) -> None:
    """The call has been dealt with."""
    for alert in Alert.objects.filter(key=f"incident_reported:{incident.pk}"):
        alarms.resolve(alarms.lock_alert(alert.pk), by=by, now=now)


def tell_level(
    incident: Incident, code: str, change_id: int, *, by: Actor, now: datetime, told: Iterable[int] = ()
) -> None:
    """The leader hears at once and says so; the level above, and `told`, who have roles, hear it at the same time.
    `code`: `incident_activated`, `incident_level` or `incident_lifted`."""
    ladder = dict(ladder_for(incident.authority_id, "incident_activated"))
    first, *rest = ladder["steps"]
    also = [{"staff": pk, "told": True} for pk in dict.fromkeys(told) if pk != by.staff_id]
    ladder["steps"] = [{**first, "targets": [*first["targets"], *also]}, *rest]
    alert = alarms.open_alert(
        code,
        authority_id=incident.authority_id,
        key=f"incident_level:{incident.pk}:{change_id}",
        now=now,
        by=SYSTEM,
        facts=facts_of(incident),
        context=context_of(incident.unit),
        about=incident.pk,
        link=link_of(incident),
        is_drill=incident.is_drill,
        ladder=ladder,
    )
    if by.staff_id is not None and alert.state == Alert.State.OPEN:
        leader = context_of(incident.unit).get("leader_post")
        if leader is not None and by.post_id == leader:
            # Who decided it knows.
            alarms.acknowledge(alarms.lock_alert(alert.pk), by.staff_id, by=by, now=now)


def ask_roles(
    incident: Incident,
    asked: Sequence[tuple[IncidentRole, Sequence[Sequence[Mapping[str, Any]]], int]],
    *,
    now: datetime,
) -> None:
    """Ask the holder of each role, with the steps that follow and the minutes between; sets the roles' `alert`.

    The rows are not saved here.
    """
    facts, drill = facts_of(incident), incident.is_drill
    context = {**context_of(incident.unit), "incident": str(incident.pk)}
    raising = [
        Raising(
            code="incident_role",
            # Asked again, where the alarm before was taken by somebody who cannot have the role.
            key=f"incident_role:{role.incident_id}:{role.code}:{role.alert or role.from_at.isoformat()}",
            ladder={
                "code": "incident_role",
                "mode": "one",
                "repeat_after_s": 600,
                "rounds": DRILL_ROUNDS if drill else 0,
                "steps": [
                    {"after_s": ask_min * 60 if n else 0, "targets": list(targets)}
                    for n, targets in enumerate(targets_of_steps)
                ],
            },
            facts={**facts, "role_zh": role.name_zh, "role_en": role.name_en},
            # Not `about` the incident: whom a matter is kept from would be asked for each of two hundred.
            context=context,
            link=link_of(incident),
        )
        for role, targets_of_steps, ask_min in asked
    ]
    kept = alarms.open_alerts(raising, authority_id=incident.authority_id, now=now, is_drill=drill)
    for (role, _steps, _min), one in zip(asked, raising, strict=True):
        role.alert = kept[one.key]


def answer_role(role: IncidentRole, *, by: Actor, now: datetime) -> None:
    """The holder said on the page that they have it: the alarm is answered with it, where it still waits."""
    alert = Alert.objects.filter(pk=role.alert, state=Alert.State.OPEN).first() if role.alert else None
    if alert is not None and by.staff_id is not None:
        locked = alarms.lock_alert(alert.pk)
        if locked.state == Alert.State.OPEN:
            alarms.acknowledge(locked, by.staff_id, by=by, now=now)


def end_roles(roles: Iterable[IncidentRole], *, by: Actor, now: datetime) -> None:
    """The alarms of these roles are over."""
    ids = [alert for role in roles if (alert := role.alert) is not None]
    open_ = Alert.objects.filter(pk__in=ids).exclude(state=Alert.State.RESOLVED)
    for pk in open_.order_by("pk").values_list("pk", flat=True):
        alarms.resolve(alarms.lock_alert(pk), by=by, now=now)


# ---------------------------------------------------------------- because of an act


@on(AlertAct.ACKNOWLEDGED)
def take_role(matter: UUID, act: ActShown, now: datetime) -> None:
    """Whoever says "I have it" has the role: its holder has acknowledged, or it has fallen to the next one."""
    role = IncidentRole.objects.filter(alert=matter, until_at=None).first()
    alert = Alert.objects.filter(pk=matter).first() if role is not None else None
    if role is None or alert is None or alert.answered_by_id is None:
        return
    incident = lock_incident(role.incident_id)
    role = IncidentRole.objects.filter(pk=role.pk, until_at=None).first()
    if role is None or incident.state != Incident.State.ACTIVE:
        return
    who = alert.answered_by_id
    post_id = role_steps.post_in(incident, who, now, prefer=act.post_id)
    may = who == role.staff_id or (post_id is not None and _was_meant(alert, who, incident, now))
    if may:
        role_steps.taken(incident, role, staff_id=who, post_id=post_id, now=now)
        return
    # Everybody of the body sees its alarms. Whoever was neither asked nor leads gets no role by pressing a button, and
    # administrators and auditors never do: whoever has it is asked anew.
    first = [{"staff": role.staff_id}] if role.staff_id else [{"post": role.post_id}]
    ask_roles(incident, [(role, [first, [{"follows": "leader"}]], ASK_MIN)], now=now)
    role.save(update_fields=["alert"])


def _was_meant(alert: Alert, staff_id: int, incident: Incident, now: datetime) -> bool:
    """Whether the alarm asked them for the role, or they lead the incident's unit or above."""
    if Asked.objects.filter(alert=alert, staff=staff_id, is_told_only=False).exists():
        return True
    staff = standing().staff.get(staff_id)
    return staff is not None and leads_unit(tuple(posts_of(staff, now)), incident.unit)


@on(IncidentAct.STOOD_DOWN)
def end_all(matter: UUID, act: ActShown, now: datetime) -> None:
    """The response is over: nobody is asked any more."""
    roles = IncidentRole.objects.filter(incident=matter).exclude(alert=None)
    ids = [alert for alert in roles.values_list("alert", flat=True) if alert is not None]
    rows = Alert.objects.filter(pk__in=ids) | Alert.objects.filter(about=matter, code="incident_reported")
    for pk in rows.exclude(state=Alert.State.RESOLVED).order_by("pk").values_list("pk", flat=True):
        alarms.resolve(alarms.lock_alert(pk), by=SYSTEM, now=now)
