"""The plan that an incident runs on, as its reports read it."""

from __future__ import annotations

from answerable.incidents.models import Incident, PlanVersion
from answerable.incidents.plans.reading import read_plan
from answerable.incidents.plans.schema import PlanFile


def plan_file_of(incident: Incident) -> PlanFile | None:
    """The plan's text as a plan; None as long as no plan was chosen. What was approved can be read."""
    if incident.plan_version_id is None:
        return None
    return read_plan(PlanVersion.objects.values_list("text", flat=True).get(pk=incident.plan_version_id))
