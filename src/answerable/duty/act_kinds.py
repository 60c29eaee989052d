"""What can happen on duty; recorded on the matter of the line, or of the item on standby. Pure."""

from __future__ import annotations

from enum import StrEnum


class DutyAct(StrEnum):
    LINE_MADE = "duty.line_made"
    LINE_CHANGED = "duty.line_changed"
    LINE_CLOSED = "duty.line_closed"
    LINE_OPENED = "duty.line_opened"
    ROLE_SET = "duty.role_set"
    ROLE_REMOVED = "duty.role_removed"
    PATTERN_SET = "duty.pattern_set"
    PATTERN_ENDED = "duty.pattern_ended"
    EXTRA_SET = "duty.extra_set"
    EXTRA_REMOVED = "duty.extra_removed"
    PERSON_SET = "duty.person_set"
    PERSON_LEFT = "duty.person_left"
    QUALIFIED = "duty.qualified"
    SHIFTS_OPENED = "duty.shifts_opened"
    PUT_IN = "duty.put_in"
    TAKEN_OUT = "duty.taken_out"
    ABSENCE_TOLD = "duty.absence_told"
    ABSENCE_TAKEN_BACK = "duty.absence_taken_back"
    ENTRY_WRITTEN = "duty.entry_written"
    ENTRY_STRUCK = "duty.entry_struck"
    ITEM_SETTLED = "duty.item_settled"
    LEFT = "duty.hand_over_left"
    TAKEN = "duty.hand_over_taken"
    STANDBY_MADE = "duty.standby_made"
    STANDBY_CHANGED = "duty.standby_changed"
    STANDBY_CHECKED = "duty.standby_checked"
