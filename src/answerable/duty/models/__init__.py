"""Who is on duty: lines and what they need, people and what they can, rosters, and the duty room itself."""

from answerable.duty.models.lines import ExtraNeed, Line, LineRole, Pattern, PatternNeed
from answerable.duty.models.people import Absence, Apart, Calendar, DutyPerson, Qualification, Wish
from answerable.duty.models.room import HandOver, LogEntry, StandbyCheck, StandbyItem
from answerable.duty.models.rosters import (
    Assignment,
    Origin,
    Roster,
    Shift,
    ShiftNeed,
    SolveRun,
    Swap,
)

__all__ = [
    "Absence",
    "Apart",
    "Assignment",
    "Calendar",
    "DutyPerson",
    "ExtraNeed",
    "HandOver",
    "Line",
    "LineRole",
    "LogEntry",
    "Origin",
    "Pattern",
    "PatternNeed",
    "Qualification",
    "Roster",
    "Shift",
    "ShiftNeed",
    "SolveRun",
    "StandbyCheck",
    "StandbyItem",
    "Swap",
    "Wish",
]
