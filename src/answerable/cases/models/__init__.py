"""Grievances. One case: one complainant, one answerable post, its clocks and its record."""

from answerable.cases.models.cases import (
    ENDED,
    SPARSE_LISTS,
    Accused,
    Case,
    CaseText,
    Intake,
    Involvement,
    Move,
    Privacy,
    State,
    SteppedAside,
)
from answerable.cases.models.handling import (
    Attachment,
    Deadline,
    Decision,
    Message,
    Note,
    PaperCount,
    SavedView,
    TakenOut,
)
from answerable.cases.models.intake import (
    IntakeDraft,
    ReservedCode,
    SecretWish,
    Submission,
)

__all__ = [
    "ENDED",
    "SPARSE_LISTS",
    "Accused",
    "Attachment",
    "Case",
    "CaseText",
    "Deadline",
    "Decision",
    "Intake",
    "IntakeDraft",
    "Involvement",
    "Message",
    "Move",
    "Note",
    "PaperCount",
    "Privacy",
    "ReservedCode",
    "SavedView",
    "SecretWish",
    "State",
    "SteppedAside",
    "Submission",
    "TakenOut",
]
