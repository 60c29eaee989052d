"""The plan that an incident runs on, as its reports and warnings read it."""

from __future__ import annotations

from answerable.incidents.models import Incident, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans.schema import PlanFile


def plan_file_of(incident: Incident) -> PlanFile | None:
    """The plan's text as a plan; None as long as no plan was chosen."""
    if incident.plan_version_id is None:
        return None
    return file_of(PlanVersion.objects.get(pk=incident.plan_version_id))
