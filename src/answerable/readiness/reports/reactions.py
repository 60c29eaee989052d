"""What happens because of an act: a response that begins or ends makes the reports after an event due."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident
from answerable.orgs.queries import local_today
from answerable.readiness.reports.making import open_after
from answerable.readiness.reports.models import Kind
from answerable.record.queries import ActShown
from answerable.record.reactions import on

_AFTER = {IncidentAct.ACTIVATED: Kind.After.ACTIVATION, IncidentAct.STOOD_DOWN: Kind.After.END}


@on(*_AFTER)
def owe_after_event(matter: UUID, act: ActShown, now: datetime) -> None:
    """Once an incident and unit, however often this runs; nothing after a drill, or before the kind began."""
    incident = (
        Incident.objects.select_related("authority", "unit", "place")
        .filter(pk=matter, is_drill=False)
        .first()
    )
    if incident is None:
        return
    kinds = Kind.objects.filter(
        authority=incident.authority_id,
        rhythm=Kind.Rhythm.AFTER_EVENT,
        after=_AFTER[IncidentAct(act.kind)],
        stopped_at=None,
        begins_on__lte=local_today(incident.authority, act.at),
    )
    for kind in kinds.select_related("authority").order_by("pk"):
        open_after(kind, incident, act.at, now=now)
