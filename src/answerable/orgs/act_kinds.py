"""What can happen to an organisation; recorded on the matter of the body that it happens to."""

from __future__ import annotations

from enum import StrEnum


class OrgAct(StrEnum):
    APPOINTED = "organisation.appointed"
    APPOINTMENT_ENDED = "organisation.appointment_ended"
    CREATED = "organisation.created"
    CHANGED = "organisation.changed"
    REMOVED = "organisation.removed"
    IMPORTED = "organisation.imported"
    EXPORTED = "organisation.exported"
    SIGN_IN_MADE = "organisation.sign_in_made"
    SIGN_IN_RENEWED = "organisation.sign_in_renewed"
    SIGN_IN_CLOSED = "organisation.sign_in_closed"
    SIGN_IN_OPENED = "organisation.sign_in_opened"
    RETENTION_REPORTED = "retention.reported"
    PASSWORD_SET = "organisation.password_set"  # noqa: S105
    SECOND_FACTOR_ADDED = "organisation.second_factor_added"
    SECOND_FACTOR_REMOVED = "organisation.second_factor_removed"
    SECOND_FACTOR_RESET = "organisation.second_factor_reset"
