"""What can happen to an alarm; recorded under the alarm's own id. Rules and roll-call plans: under their body's."""

from __future__ import annotations

from enum import StrEnum


class AlertAct(StrEnum):
    RAISED = "alert.raised"
    STEP_TAKEN = "alert.step_taken"
    ACKNOWLEDGED = "alert.acknowledged"
    PASSED = "alert.passed"
    NOTED = "alert.noted"
    CALLED = "alert.called"
    RESOLVED = "alert.resolved"
    UNANSWERED = "alert.unanswered"
    MESSAGES_DROPPED = "alert.messages_dropped"
    CLOCK_PUT_BACK = "alert.clock_put_back"
    RULE_KEPT = "alert.rule_kept"
    RULE_RETIRED = "alert.rule_retired"
    ROLL_CALLED = "alert.roll_called"
    ROLL_CALL_CLOSED = "alert.roll_call_closed"
    ROLL_CALL_PLANNED = "alert.roll_call_planned"
    ROLL_CALL_UNPLANNED = "alert.roll_call_unplanned"
