"""Plans, incidents, what must be closed before a response is, and what comes afterwards."""

from answerable.incidents.models.afterwards import Drill, Inject, Lesson, Review
from answerable.incidents.models.incidents import (
    Entry,
    FieldSending,
    Incident,
    IncidentRole,
    LevelChange,
    Photo,
    Strand,
    Task,
)
from answerable.incidents.models.open_ends import Promise, PublicWarning, Report, Requisition, Sent
from answerable.incidents.models.plans import Plan, PlanVersion

__all__ = [
    "Drill",
    "Entry",
    "FieldSending",
    "Incident",
    "IncidentRole",
    "Inject",
    "Lesson",
    "LevelChange",
    "Photo",
    "Plan",
    "PlanVersion",
    "Promise",
    "PublicWarning",
    "Report",
    "Requisition",
    "Review",
    "Sent",
    "Strand",
    "Task",
]
