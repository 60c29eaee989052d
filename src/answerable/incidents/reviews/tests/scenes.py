"""A response that went to its end, for the tests of what comes after."""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.incidents.models import Incident, PlanVersion, Report, Review, Strand, Task
from answerable.incidents.reports.services import open_reports
from answerable.incidents.reviews import services
from answerable.incidents.services.standing_down import stand_down
from answerable.incidents.tests.responses import make_plan, respond
from tests.cast import MONDAY, Cast

END = MONDAY + timedelta(hours=2)


def ended(cast: Cast, *, version: PlanVersion | None = None, now: datetime = MONDAY) -> Incident:
    """Activated a minute after the call; every task done 15 minutes later but one, lifted after two hours."""
    version = version or PlanVersion.objects.filter(plan__code="flood").first() or make_plan(cast)
    incident = respond(cast, version, now=now)
    open_reports(incident_id=incident.pk, now=now + timedelta(minutes=1))
    return lift(cast, incident, now=now)


def lift(cast: Cast, incident: Incident, *, now: datetime = MONDAY) -> Incident:
    """End whatever is open, by rows, and lift by the service. The task `look` is late, `shelter` was not needed."""
    at = now + timedelta(minutes=16)
    Task.objects.filter(incident=incident).update(state="done", ended_at=at, ended_by=cast.mayor)
    Task.objects.filter(incident=incident, code="look").update(ended_at=now + timedelta(minutes=51))
    Task.objects.filter(incident=incident, code="close_road").update(state="left_out")
    Strand.objects.filter(incident=incident).update(closed_at=at, closed_by=cast.mayor)
    Report.objects.filter(incident=incident).update(state="sent", sent_at=at, sent_by=cast.mayor)
    return stand_down(
        incident_id=incident.pk,
        grounds="水位回落到警戒线以下",
        measures="继续巡查",
        by=cast.actor(cast.mayor),
        now=now + timedelta(hours=2),
    )


def signed(cast: Cast, incident: Incident, now: datetime = END) -> Review:
    """Its review, written and signed by the mayor an hour after the end."""
    at = now + timedelta(hours=1)
    review = services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=at)
    return services.sign_review(
        incident_id=incident.pk,
        well="转移很快。",
        badly="钥匙找不到。",
        by=cast.actor(cast.mayor),
        seen_version=review.version,
        now=at,
    )
