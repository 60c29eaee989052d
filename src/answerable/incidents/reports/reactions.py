"""What happens because of an act: duties are opened whatever changed, and a message that was lost wakes somebody.

The services of an incident open duties themselves, in their own transaction; here they are opened once more for what
came by another way. It changes nothing where they are open.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from answerable.incidents.act_kinds import IncidentAct as A
from answerable.incidents.models import Incident, Report
from answerable.incidents.reports import reaching, steps
from answerable.incidents.reports.planned import plan_file_of
from answerable.record.queries import ActShown
from answerable.record.reactions import on


@on(A.REPORTED, A.ACTIVATED, A.RAISED, A.LOWERED, A.STOOD_DOWN, A.DISMISSED, A.SAME_AS)
def open_what_is_owed(matter: UUID, act: ActShown, now: datetime) -> None:
    """Every report that is owed from now on has its row, and its clock."""
    incident = Incident.objects.filter(pk=matter).first()
    if incident is not None:
        steps.open_duties(incident, plan_file_of(incident), now)


@on("message.undelivered")
def say_what_was_lost(matter: UUID, act: ActShown, now: datetime) -> None:
    """A report that may not have arrived is somebody's business at once."""
    body = act.body or {}
    if body.get("purpose") != "report":
        return
    incident = Incident.objects.select_related("authority", "unit__authority").filter(pk=matter).first()
    key = reaching.delivery_key(str(body.get("delivery", "")))
    row = Report.objects.filter(pk=key).first() if key else None
    if incident is not None and row is not None:
        reaching.raise_alarm("report_unsent", incident, row, now=now)
