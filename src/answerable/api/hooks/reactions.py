"""What other systems are told because of an act, and because somebody is missing on duty. Ids and states alone.

Whatever may be told may also be read with the key: a case about somebody's conduct is told to nobody (rights, rule 5).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from answerable.alerts.models import Alert
from answerable.api.hooks import steps
from answerable.api.models import Hook, HookMessage
from answerable.api.resources.case_rows import is_shown
from answerable.api.scopes import Event
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.core.statements import fetch
from answerable.duty.models import Line, LineRole
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, PublicWarning
from answerable.orgs.queries import subtree
from answerable.record.queries import ActShown
from answerable.record.reactions import on

#: Acts after which a case stands differently: its state, its unit, or its next date.
CHANGES = (
    ActKind.ACKNOWLEDGED,
    ActKind.ACCEPTED,
    ActKind.PASSED_ON,
    ActKind.TRANSFERRED,
    ActKind.EXTENDED,
    ActKind.DECIDED,
    ActKind.DECISION_DELIVERED,
    ActKind.CLOSED,
    ActKind.REOPENED,
    ActKind.WITHDRAWN,
    ActKind.WITHDRAWAL_UNDONE,
    ActKind.RAISED,
    ActKind.LIFTED,
    ActKind.REVIEW_ASKED,
    ActKind.REVIEW_DECIDED,
    ActKind.REREVIEW_ASKED,
    ActKind.REREVIEW_DECIDED,
)
_INCIDENTS = {
    IncidentAct.REPORTED: Event.INCIDENT_REPORTED,
    IncidentAct.ACTIVATED: Event.INCIDENT_ACTIVATED,
    IncidentAct.RAISED: Event.INCIDENT_LEVEL_CHANGED,
    IncidentAct.LOWERED: Event.INCIDENT_LEVEL_CHANGED,
    IncidentAct.STOOD_DOWN: Event.INCIDENT_STOOD_DOWN,
}
_WARNINGS = (
    IncidentAct.WARNED,
    IncidentAct.WARNING_UPDATED,
    IncidentAct.WARNING_CANCELLED,
    IncidentAct.ALL_CLEAR,
)
#: An alarm about duty that is older has been told, or nobody listened then.
LATELY = timedelta(days=1)


def _listening(event: Event, now: datetime) -> Any:
    live = Q(client__expires_at=None) | Q(client__expires_at__gt=now)
    rows = Hook.objects.filter(
        live,
        ended_at=None,
        stopped_at=None,
        kinds__contains=[event.value],
        client__revoked_at=None,
        client__post__closed_on=None,
        client__unit__closed_on=None,
    )
    return rows.select_related("client")


def _of_office(event: Event, authority_id: int, unit_id: int, now: datetime) -> list[Hook]:
    """Hooks of the office's keys; of a key that is narrowed to a unit, where the unit is its own or below."""
    rows = _listening(event, now).filter(client__authority=authority_id)
    return [one for one in rows if one.client.unit_id is None or unit_id in subtree([one.client.unit_id])]


@on(*CHANGES)
def tell_of_case(matter: UUID, act: ActShown, now: datetime) -> None:
    """The system that handed the case in."""
    # Most acts are of a case that nobody wants to hear of: one short question tells.
    hooked = fetch(Hook, "client_id = (SELECT client_id FROM api_handed_in WHERE case_id = %s)", [matter])
    client = hooked[0].client_id if hooked else None
    hooks = list(_listening(Event.CASE_CHANGED, now).filter(client=client)) if client else []
    case = Case.objects.select_related("unit").filter(pk=matter).first() if hooks else None
    if case is None or not is_shown(case):
        return
    data = {
        "code": case.code,
        "act": act.kind,
        "seq": act.seq,
        "state": case.state,
        "stage": case.stage,
        "unit": case.unit.code,
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "ended_at": case.ended_at.isoformat() if case.ended_at else None,
    }
    steps.queue(
        hooks, Event.CASE_CHANGED, data, key=f"act:{act.id}", now=now, at=act.at, matter=matter, seq=act.seq
    )


@on(*_INCIDENTS)
def tell_of_incident(matter: UUID, act: ActShown, now: datetime) -> None:
    incident = Incident.objects.filter(pk=matter).first()
    if incident is None:
        return
    event = _INCIDENTS[IncidentAct(act.kind)]
    data = {
        "code": incident.code,
        "seq": act.seq,
        "hazard": incident.hazard,
        "state": incident.state,
        "response_level": incident.response_level,
        "is_drill": incident.is_drill,
    }
    hooks = _of_office(event, incident.authority_id, incident.unit_id, now)
    steps.queue(hooks, event, data, key=f"act:{act.id}", now=now, at=act.at, matter=matter, seq=act.seq)


@on(*_WARNINGS)
def tell_of_warning(matter: UUID, act: ActShown, now: datetime) -> None:
    identifier = (act.body or {}).get("identifier", "")
    row = PublicWarning.objects.select_related("incident").filter(identifier=identifier).first()
    if row is None:
        return
    data = {
        "identifier": row.identifier,
        "kind": row.kind,
        "incident": row.incident.code,
        "seq": act.seq,
        "is_exercise": row.is_exercise,
        "expires_at": row.expires_at.isoformat(),
    }
    hooks = _of_office(Event.WARNING_SENT, row.incident.authority_id, row.incident.unit_id, now)
    steps.queue(
        hooks, Event.WARNING_SENT, data, key=f"act:{act.id}", now=now, at=act.at, matter=matter, seq=act.seq
    )


def look_at_gaps(now: datetime) -> int:
    """Tell of alarms about missing duty. Looked for, not reacted to: a storm's thousand alarms pass by untouched."""
    told = 0
    for event, seq in ((Event.DUTY_GAP, 1), (Event.DUTY_GAP_CLOSED, 2)):
        hooks = list(_listening(event, now))
        if not hooks:
            continue
        alerts = Alert.objects.filter(
            code="uncovered", authority__in={one.client.authority_id for one in hooks}
        )
        if event is Event.DUTY_GAP:
            alerts = alerts.filter(opened_at__gt=now - LATELY)
        else:
            alerts = alerts.filter(state=Alert.State.RESOLVED, ended_at__gt=now - LATELY)
        for alert in alerts.order_by("opened_at", "pk"):
            told += _tell_of_gap(alert, event, seq, hooks, now)
    return told


def _tell_of_gap(alert: Alert, event: Event, seq: int, hooks: list[Hook], now: datetime) -> int:
    at = alert.opened_at if event is Event.DUTY_GAP else alert.ended_at
    line = Line.objects.filter(pk=alert.context.get("line")).first()
    role = LineRole.objects.filter(pk=alert.context.get("role")).first()
    key = f"gap:{alert.pk}:{seq}"
    told = set(HookMessage.objects.filter(key=key, hook__in=hooks).values_list("hook", flat=True))
    fitting = [
        one
        for one in hooks
        if line is not None
        and role is not None
        and at is not None
        and one.pk not in told
        and one.made_at <= at
        and one.client.authority_id == alert.authority_id
        and (one.client.unit_id is None or line.unit_id in subtree([one.client.unit_id]))
    ]
    if not fitting or line is None or role is None:
        return 0
    data = {
        "line": line.code,
        "role": role.code,
        "from_at": alert.facts["from_at"],
        "until_at": alert.facts["until_at"],
        "missing": alert.facts["missing"],
    }
    steps.queue(fitting, event, data, key=key, now=now, at=at, matter=alert.pk, seq=seq)
    return len(fitting)
