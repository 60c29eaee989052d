"""What happens because of an act: whoever lifted a response whose warning still stands is asked for the all clear."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from answerable.alerts import steps as alarms
from answerable.alerts.around import context_of
from answerable.incidents.act_kinds import IncidentAct as A
from answerable.incidents.models import Incident
from answerable.incidents.warnings import queries
from answerable.incidents.warnings.alarm import CODE, key_of
from answerable.record.actors import Actor
from answerable.record.queries import ActShown
from answerable.record.reactions import on


@on(A.STOOD_DOWN)
def ask_for_the_all_clear(matter: UUID, act: ActShown, now: datetime) -> None:
    """The danger is over, and the page still warns of it: that ends by an all clear, and not by being forgotten."""
    incident = Incident.objects.select_related("unit__authority").filter(pk=matter).first()
    newest = queries.newest_of(incident) if incident is not None else None
    last = queries.last_of(newest)
    if incident is None or last is None or not last.is_in_force(now):
        return
    post = incident.commander_post_id
    alarms.open_alert(
        CODE,
        authority_id=incident.authority_id,
        key=key_of(incident),
        now=now,
        by=Actor.system(),
        facts={"case": incident.code},
        context=context_of(incident.unit) | ({"owner_post": post} if post is not None else {}),
        # Not about the matter: what is, and is not urgent, waits for the morning's digest.
        link=reverse("incident_warnings:compose", args=[incident.pk, "all-clear"]),
        is_urgent=False,
        is_drill=incident.is_drill,
    )
