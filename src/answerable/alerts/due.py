"""A message that is due, with what its text is made of: read in one statement, without what only the engine needs.

Plain rows: a storm brings thousands, and a model with all its columns costs more than all that is done with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from answerable.alerts.models import ContactPoint
from answerable.core.statements import prepared

#: Of `alerts_delivery d`, in the order of `DueMessage`.
COLUMNS = """d.id, d.kind, d.purpose, d.language, d.facts, d.key, d.channel_id, d.contact_id, d.is_urgent,
    d.may_be_duplicate, d.tries"""
#: Whom it asks and about what: of alerts_asked a and alerts_alert m, in the order of `About`.
ABOUT = "a.id, m.authority_id, m.code, m.facts, m.is_drill"
_CARRIED = f"""
SELECT d.carried_by_id, {COLUMNS}, {ABOUT} FROM alerts_delivery d LEFT JOIN alerts_asked a ON a.id = d.asked_id
LEFT JOIN alerts_alert m ON m.id = a.alert_id WHERE d.carried_by_id = ANY(%s)
ORDER BY d.is_urgent DESC, d.queued_at, d.id
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class About:
    """Whom a message asks, and the alarm that it is about."""

    asked_id: int
    authority_id: int
    code: str
    facts: dict[str, Any]
    is_drill: bool


@dataclass(slots=True)
class DueMessage:
    """One row of `alerts_delivery`, as far as the sender reads it."""

    pk: UUID
    kind: str
    purpose: str
    language: str
    facts: dict[str, Any]
    key: str
    channel_id: UUID | None
    contact_id: int | None
    is_urgent: bool
    may_be_duplicate: bool
    tries: int
    about: About | None
    contact: ContactPoint | None = None


def from_row(row: Sequence[Any]) -> DueMessage:
    """Of COLUMNS followed by ABOUT."""
    pk, kind, purpose, language, facts, key, channel_id, contact_id, is_urgent, doubtful, tries = row[:11]
    asked_id, authority_id, code, said, is_drill = row[11:]
    return DueMessage(
        pk,
        kind,
        purpose,
        language,
        json.loads(facts),
        key,
        channel_id,
        contact_id,
        is_urgent,
        doubtful,
        tries,
        None if asked_id is None else About(asked_id, authority_id, code, json.loads(said), is_drill),
    )


def read(sql: str, values: Any) -> list[DueMessage]:
    """The rows of a statement that gives COLUMNS and ABOUT."""
    with prepared() as cursor:
        cursor.execute(sql, values)
        return [from_row(row) for row in cursor.fetchall()]


def carried_by(ids: list[UUID]) -> dict[UUID, list[DueMessage]]:
    """The messages that go out with these, in the order in which they are told."""
    found: dict[UUID, list[DueMessage]] = {}
    with prepared() as cursor:
        cursor.execute(_CARRIED, [ids])
        for carrier, *row in cursor.fetchall():
            found.setdefault(carrier, []).append(from_row(row))
    return found
