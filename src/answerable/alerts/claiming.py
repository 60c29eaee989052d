"""Take what is due, as many of each kind as can be in the air at once: one short transaction, before anything goes out.

Rows are locked with SKIP LOCKED, urgent ones first; a try is opened in the ledger for each. What is not in the air is
never marked: a crash leaves nothing but these with an unknown outcome. Many alarms to one contact go out as one
message: they are tied to it for good, so that the same key always means the same content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from answerable.alerts import due
from answerable.alerts.due import DueMessage
from answerable.alerts.models import ContactPoint
from answerable.alerts.throttles import Gone, free_at
from answerable.core.statements import fetch, prepared

#: What people get many of in a storm. A program (`webhook`) gets each by itself.
BUNDLED = ("alarm", "told")
NOT_BUNDLED_WAYS = frozenset({"webhook"})

# What is read is the row as it is locked; what it is about does not change.
_DUE = f"""
WITH lane AS (SELECT * FROM unnest(%(kinds)s::text[], %(rooms)s::int[]) AS lane (kind, room)),
urgent AS (
    SELECT d.* FROM lane CROSS JOIN LATERAL (
        SELECT {due.COLUMNS}, d.asked_id, d.next_try_at FROM alerts_delivery d
        WHERE state = 'queued' AND carried_by_id IS NULL AND kind = lane.kind
        AND is_urgent AND next_try_at <= %(now)s ORDER BY next_try_at LIMIT lane.room FOR UPDATE SKIP LOCKED
    ) d
), calm AS (
    SELECT d.* FROM lane CROSS JOIN LATERAL (
        SELECT {due.COLUMNS}, d.asked_id, d.next_try_at FROM alerts_delivery d
        WHERE state = 'queued' AND carried_by_id IS NULL AND kind = lane.kind
        AND NOT is_urgent AND next_try_at <= %(now)s ORDER BY next_try_at
        LIMIT lane.room - (SELECT count(*) FROM urgent WHERE urgent.kind = lane.kind) FOR UPDATE SKIP LOCKED
    ) d
)
SELECT {due.COLUMNS}, {due.ABOUT} FROM (SELECT * FROM urgent UNION ALL SELECT * FROM calm) d
LEFT JOIN alerts_asked a ON a.id = d.asked_id LEFT JOIN alerts_alert m ON m.id = a.alert_id
ORDER BY d.is_urgent DESC, d.next_try_at
"""  # noqa: S608 - our own names
# What is gathered was never in the air, and is none of those that are marked.
_MARK = """
WITH held AS (
    UPDATE alerts_delivery SET state = 'sending', claimed_at = %(now)s, tries = tries + 1, reported = ''
    WHERE id = ANY(%(ids)s) RETURNING id, tries
), opened AS (
    INSERT INTO alerts_attempt (delivery_id, number, began_at, outcome, detail)
    SELECT id, tries, %(now)s, 'unknown', '' FROM held
), gathered AS (
    UPDATE alerts_delivery d
    SET carried_by_id = c.carrier, state = 'sending', claimed_at = %(now)s, tries = tries + 1
    FROM unnest(%(contacts)s::bigint[], %(carriers)s::uuid[]) AS c (contact, carrier)
    WHERE d.id IN (
        SELECT id FROM alerts_delivery WHERE contact_id = ANY(%(contacts)s) AND claimed_at IS NULL
        AND state = 'queued' AND carried_by_id IS NULL AND tries = 0 AND purpose = ANY(%(purposes)s)
        AND next_try_at <= %(now)s AND NOT id = ANY(%(ids)s) FOR UPDATE SKIP LOCKED
    ) AND d.contact_id = c.contact RETURNING 1
)
SELECT count(*) FROM gathered
"""
_MARK_CARRIED = """
UPDATE alerts_delivery SET state = 'sending', claimed_at = %(now)s, tries = tries + 1
WHERE carried_by_id = ANY(%(ids)s) AND state = 'queued'
"""
_GONE = """
SELECT contact_id, claimed_at, is_urgent FROM alerts_delivery
WHERE contact_id = ANY(%(contacts)s) AND claimed_at > %(since)s AND carried_by_id IS NULL
AND purpose = ANY(%(purposes)s) AND (may_be_duplicate OR state IN ('sending', 'sent', 'unknown'))
"""
_WAIT = """
UPDATE alerts_delivery d SET next_try_at = w.until
FROM unnest(%(contacts)s::bigint[], %(until)s::timestamptz[]) AS w (contact, until)
WHERE d.id IN (
    SELECT id FROM alerts_delivery WHERE contact_id = ANY(%(contacts)s) AND state = 'queued'
    AND carried_by_id IS NULL AND tries = 0 AND purpose = ANY(%(purposes)s) AND next_try_at <= %(now)s
    FOR UPDATE SKIP LOCKED
) AND d.contact_id = w.contact
"""


@dataclass
class Taken:
    """A message that is about to be in the air, and those that go with it."""

    row: DueMessage
    carries: list[DueMessage] = field(default_factory=list)


@dataclass
class _Sorted:
    """What goes now; which of it carries the others of its contact; until when contacts wait that had enough."""

    goes: list[DueMessage] = field(default_factory=list)
    first: dict[int, UUID] = field(default_factory=dict)
    wait: dict[int, datetime] = field(default_factory=dict)


def take(rooms: Mapping[str, int], now: datetime) -> list[Taken]:
    """Mark what goes out now, `rooms[kind]` of each kind at most, and open their tries. Committed on return."""
    with transaction.atomic():
        return mark(rooms, now)


def mark(rooms: Mapping[str, int], now: datetime) -> list[Taken]:
    """The same inside the caller's transaction: nothing is handed over before it is committed."""
    rooms = {kind: room for kind, room in rooms.items() if room > 0}
    if not rooms:
        return []
    rows = due.read(_DUE, {"kinds": list(rooms), "rooms": list(rooms.values()), "now": now})
    if not rows:
        return []
    found = _one_each(rows, now)
    is_bundled = _mark(found, now)
    for row in found.goes:
        row.tries += 1
    carried = due.carried_by([row.pk for row in found.goes]) if is_bundled else {}
    return [Taken(row, carried.get(row.pk, [])) for row in found.goes]


def _mark(found: _Sorted, now: datetime) -> bool:
    """Write down what goes and what waits; gives whether any of it carries others."""
    ids = [row.pk for row in found.goes]
    about: dict[str, Any] = {"now": now, "ids": ids, "purposes": list(BUNDLED)}
    is_bundled = False
    with prepared() as cursor:
        if found.wait:
            until = {"contacts": list(found.wait), "until": list(found.wait.values())}
            cursor.execute(_WAIT, about | until)
        if ids:
            carriers = {"contacts": list(found.first), "carriers": list(found.first.values())}
            cursor.execute(_MARK, about | carriers)
            is_bundled = cursor.fetchone()[0] > 0
        if any(row.tries for row in found.goes):
            cursor.execute(_MARK_CARRIED, {"ids": ids, "now": now})
            is_bundled = is_bundled or cursor.rowcount > 0
    return is_bundled


def _one_each(rows: Sequence[DueMessage], now: datetime) -> _Sorted:
    """Leave one message a contact: it carries the others that are due, or all wait while the contact had enough.

    The contact is locked meanwhile, so that two senders do not both count it free; what another one holds is left
    to it.
    """
    found = _Sorted()
    held = _locked({row.contact_id for row in rows if row.contact_id is not None})
    gone = _gone(rows, now)
    for row in rows:
        if row.contact_id is None:
            found.goes.append(row)
            continue
        if row.contact_id not in held:
            continue
        row.contact = held[row.contact_id]
        if row.tries or not _is_bundled(row):
            found.goes.append(row)  # one more try of what was let through before waits for nothing
        elif row.contact_id in found.first or row.contact_id in found.wait:
            continue  # carried by the first, or held back with it
        elif (until := _free_at(row, gone[row.contact_id], now)) is not None:
            found.wait[row.contact_id] = until
        else:
            found.goes.append(row)
            found.first[row.contact_id] = row.pk
    return found


def _locked(contacts: set[int]) -> dict[int, ContactPoint]:
    if not contacts:
        return {}
    rows = fetch(ContactPoint, "id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED", [list(contacts)])
    return {row.pk: row for row in rows}


def _is_bundled(row: DueMessage) -> bool:
    return row.purpose in BUNDLED and row.kind not in NOT_BUNDLED_WAYS


def _gone(rows: Iterable[DueMessage], now: datetime) -> dict[int, list[Gone]]:
    """What went out of late to the contacts of those that a throttle may hold back."""
    found: dict[int, list[Gone]] = defaultdict(list)
    asked = {row.contact_id for row in rows if row.kind in settings.THROTTLES and not row.tries}
    longest = max((minutes for _most, minutes in settings.THROTTLES.values()), default=0)
    contacts = [pk for pk in asked if pk is not None]
    if not contacts or not longest:
        return found
    since = now - timedelta(minutes=longest)
    with prepared() as cursor:
        cursor.execute(_GONE, {"contacts": contacts, "since": since, "purposes": list(BUNDLED)})
        for contact, at, is_urgent in cursor.fetchall():
            found[contact].append(Gone(at, is_urgent))
    return found


def _free_at(row: DueMessage, gone: list[Gone], now: datetime) -> datetime | None:
    if row.kind not in settings.THROTTLES:
        return None
    most, minutes = settings.THROTTLES[row.kind]
    return free_at(most, timedelta(minutes=minutes), gone, is_urgent=row.is_urgent, now=now)
