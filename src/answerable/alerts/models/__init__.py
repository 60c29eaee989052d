"""What is told to whom: notices, messages out, alerts and how they climb, how people are reached, roll calls."""

from answerable.alerts.models.contacts import ContactPoint, QuietHours
from answerable.alerts.models.escalations import (
    Alert,
    AlertNote,
    Asked,
    EscalationRule,
    EscalationStep,
    StepTarget,
)
from answerable.alerts.models.messages import Attempt, Delivery, Notice
from answerable.alerts.models.replies import Reply
from answerable.alerts.models.rollcalls import RollCall, RollCallPlan

__all__ = [
    "Alert",
    "AlertNote",
    "Asked",
    "Attempt",
    "ContactPoint",
    "Delivery",
    "EscalationRule",
    "EscalationStep",
    "Notice",
    "QuietHours",
    "Reply",
    "RollCall",
    "RollCallPlan",
    "StepTarget",
]
