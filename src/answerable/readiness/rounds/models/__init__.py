"""Templates as they were written, plans of rounds, rounds with their answers, and what was found."""

from answerable.readiness.rounds.models.findings import Finding, RoundPhoto
from answerable.readiness.rounds.models.plans import PlaceChange, RoundPlan, Target
from answerable.readiness.rounds.models.rounds import Answer, Round, Sending
from answerable.readiness.rounds.models.templates import RoundTemplate, TemplateVersion

__all__ = [
    "Answer",
    "Finding",
    "PlaceChange",
    "Round",
    "RoundPhoto",
    "RoundPlan",
    "RoundTemplate",
    "Sending",
    "Target",
    "TemplateVersion",
]
