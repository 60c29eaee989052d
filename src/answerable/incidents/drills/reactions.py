"""What happens because a drill was stopped: every alarm of it is over at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from answerable.alerts import steps as alarms
from answerable.alerts.models import Alert
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import IncidentRole
from answerable.record.actors import Actor
from answerable.record.queries import ActShown
from answerable.record.reactions import on


@on(IncidentAct.DRILL_STOPPED)
def end_alarms(matter: UUID, act: ActShown, now: datetime) -> None:
    """Nobody is called about a drill while something real is under way."""
    roles = IncidentRole.objects.filter(incident=matter).exclude(alert=None)
    ids = [alert for alert in roles.values_list("alert", flat=True) if alert is not None]
    rows = Alert.objects.filter(pk__in=ids) | Alert.objects.filter(about=matter)
    open_ = rows.exclude(state=Alert.State.RESOLVED).order_by("pk")
    for pk in list(open_.values_list("pk", flat=True)):
        alarms.resolve(alarms.lock_alert(pk), by=Actor.system(), now=now)
