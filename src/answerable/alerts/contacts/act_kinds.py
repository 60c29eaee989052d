"""What can happen to the ways by which staff are reached; recorded on their body's matter, never with an address."""

from __future__ import annotations

from enum import StrEnum


class ContactAct(StrEnum):
    ADDED = "contact.added"
    CHANGED = "contact.changed"
    REMOVED = "contact.removed"
    CODE_SENT = "contact.code_sent"
    CODE_WRONG = "contact.code_wrong"
    VERIFIED = "contact.verified"
    CONFIRMED_BY_HAND = "contact.confirmed_by_hand"
    SHOWN = "contact.shown"
    TESTED = "contact.tested"
    QUIET_HOURS = "contact.quiet_hours"
    EXPIRED = "contact.expired"
