"""The way in to a report: who reads its incident; and, of a report that was sent, the body to which it went."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from answerable.incidents.access import Reader, incidents_for
from answerable.incidents.models import Report
from answerable.orgs.standing import standing


def reports_for(reader: Reader) -> QuerySet[Report]:
    """The reports that they may read."""
    bodies = standing().authorities
    refs = [f"authority:{bodies[pk].code}" for pk in reader.body_ids if pk in bodies]
    came_in = Q(state=Report.State.SENT, recipient__in=refs)
    rows = Report.objects.filter(Q(incident__in=incidents_for(reader).values("pk")) | came_in)
    return rows.select_related(
        "incident__authority", "incident__unit__authority", "incident__place", "sent_post__unit"
    )


def report_for(reader: Reader, report_id: UUID) -> Report:
    """A report that they may read; 404 for others."""
    row = reports_for(reader).filter(pk=report_id).first()
    if row is None:
        raise Http404
    return row
