"""What can happen to a roster and to its people; recorded on the matter of the line that it happens to. Pure."""

from __future__ import annotations

from enum import StrEnum


class RosterAct(StrEnum):
    BEGUN = "roster.begun"
    CHANGED = "roster.changed"
    UNDONE = "roster.undone"
    IMPORTED = "roster.imported"
    SOLVE_ASKED = "roster.solve_asked"
    SOLVE_STOPPED = "roster.solve_stopped"
    SOLVED = "roster.solved"
    FILLED = "roster.filled"
    PUBLISHED = "roster.published"
    DROPPED = "roster.dropped"
    SWAP_ASKED = "roster.swap_asked"
    SWAP_AGREED = "roster.swap_agreed"
    SWAP_DECLINED = "roster.swap_declined"
    SWAP_TAKEN_BACK = "roster.swap_taken_back"
    SWAP_DONE = "roster.swap_done"
    SWAP_REFUSED = "roster.swap_refused"
    SWAP_LAPSED = "roster.swap_lapsed"
    SET_APART = "roster.set_apart"
    APART_ENDED = "roster.apart_ended"
    WISHED = "roster.wished"
    CALENDAR_MADE = "roster.calendar_made"
    CALENDAR_ENDED = "roster.calendar_ended"
