"""Take what is due, as many of each kind as can be in the air at once: one short transaction, before anything goes out.

Rows are locked with SKIP LOCKED, urgent ones first; a try is opened in the ledger for each. What is not in the air is
never marked: a crash leaves nothing but these with an unknown outcome. Many alarms to one contact go out as one
message: they are tied to it for good, so that the same key always means the same content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from answerable.alerts.models import ContactPoint, Delivery
from answerable.alerts.throttles import Gone, free_at

#: What people get many of in a storm. A program (`webhook`) gets each by itself.
BUNDLED = ("alarm", "told")
NOT_BUNDLED_WAYS = frozenset({"webhook"})

_DUE = """
WITH lane AS (SELECT * FROM unnest(%(kinds)s::text[], %(rooms)s::int[]) AS lane (kind, room)),
urgent AS (
    SELECT d.* FROM lane CROSS JOIN LATERAL (
        SELECT id, kind FROM alerts_delivery WHERE state = 'queued' AND carried_by_id IS NULL AND kind = lane.kind
        AND is_urgent AND next_try_at <= %(now)s ORDER BY next_try_at LIMIT lane.room FOR UPDATE SKIP LOCKED
    ) d
), calm AS (
    SELECT d.* FROM lane CROSS JOIN LATERAL (
        SELECT id, kind FROM alerts_delivery WHERE state = 'queued' AND carried_by_id IS NULL AND kind = lane.kind
        AND NOT is_urgent AND next_try_at <= %(now)s ORDER BY next_try_at
        LIMIT lane.room - (SELECT count(*) FROM urgent WHERE urgent.kind = lane.kind) FOR UPDATE SKIP LOCKED
    ) d
)
SELECT id FROM urgent UNION ALL SELECT id FROM calm
"""
_MARK = """
WITH held AS (
    UPDATE alerts_delivery SET state = 'sending', claimed_at = %(now)s, tries = tries + 1, reported = ''
    WHERE id = ANY(%(ids)s) RETURNING id, tries
)
INSERT INTO alerts_attempt (delivery_id, number, began_at, outcome, detail)
SELECT id, tries, %(now)s, 'unknown', '' FROM held
"""
_GATHER = """
UPDATE alerts_delivery d SET carried_by_id = c.carrier
FROM unnest(%(contacts)s::bigint[], %(carriers)s::uuid[]) AS c (contact, carrier)
WHERE d.id IN (
    SELECT id FROM alerts_delivery WHERE contact_id = ANY(%(contacts)s) AND claimed_at IS NULL AND state = 'queued'
    AND carried_by_id IS NULL AND tries = 0 AND purpose = ANY(%(purposes)s) AND next_try_at <= %(now)s
    AND NOT id = ANY(%(apart)s) FOR UPDATE SKIP LOCKED
) AND d.contact_id = c.contact
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

    row: Delivery
    carries: list[Delivery] = field(default_factory=list)


def take(rooms: Mapping[str, int], now: datetime) -> list[Taken]:
    """Mark what goes out now, `rooms[kind]` of each kind at most, and open their tries. Committed on return."""
    rooms = {kind: room for kind, room in rooms.items() if room > 0}
    if not rooms:
        return []
    with transaction.atomic():
        rows = _due(rooms, now)
        if not rows:
            return []
        chosen, is_bundled = _one_each(rows, now)
        ids = [row.pk for row in chosen]
        if not ids:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_MARK, {"ids": ids, "now": now})
            if is_bundled or any(row.tries for row in chosen):
                cursor.execute(_MARK_CARRIED, {"ids": ids, "now": now})
                is_bundled = cursor.rowcount > 0
        for row in chosen:
            row.state, row.claimed_at, row.tries = Delivery.State.SENDING, now, row.tries + 1
        carried = _carried(ids) if is_bundled else {}
    return [Taken(row, carried.get(row.pk, [])) for row in chosen]


def _due(rooms: Mapping[str, int], now: datetime) -> list[Delivery]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"kinds": list(rooms), "rooms": list(rooms.values()), "now": now})
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return []
    found = _with_alarms().in_bulk(ids)
    return [found[pk] for pk in ids]


def _with_alarms() -> QuerySet[Delivery]:
    """Deliveries with what their texts are made of, and without what only the engine reads."""
    rows = Delivery.objects.select_related("asked__alert")
    return rows.defer("asked__alert__ladder", "asked__alert__context")


def _carried(ids: list[UUID]) -> dict[UUID, list[Delivery]]:
    found: dict[UUID, list[Delivery]] = defaultdict(list)
    for row in _with_alarms().filter(carried_by__in=ids).order_by("-is_urgent", "queued_at", "pk"):
        if row.carried_by_id is not None:
            found[row.carried_by_id].append(row)
    return found


def _one_each(rows: list[Delivery], now: datetime) -> tuple[list[Delivery], bool]:
    """Leave one message a contact: it carries the others that are due, or all wait while the contact had enough.

    Gives those that go, and whether any carries others.

    The contact is locked meanwhile, so that two senders do not both count it free; what another one holds is left
    to it.
    """
    with_contact = {row.contact_id for row in rows if row.contact_id is not None}
    if not with_contact:
        return rows, False
    held = ContactPoint.objects.select_for_update(skip_locked=True, no_key=True).in_bulk(with_contact)
    gone = _gone(held, now)
    chosen: list[Delivery] = []
    first: dict[int, UUID] = {}
    wait: dict[int, datetime] = {}
    for row in rows:
        if row.contact_id is None:
            chosen.append(row)
            continue
        if row.contact_id not in held:
            continue
        row.contact = held[row.contact_id]
        if row.tries or not _is_bundled(row):
            chosen.append(row)  # one more try of what was let through before waits for nothing
        elif row.contact_id in first or row.contact_id in wait:
            continue  # carried by the first, or held back with it
        elif (until := _free_at(row, gone[row.contact_id], now)) is not None:
            wait[row.contact_id] = until
        else:
            chosen.append(row)
            first[row.contact_id] = row.pk
    is_bundled = False
    with connection.cursor() as cursor:
        about: dict[str, Any] = {"now": now, "purposes": list(BUNDLED), "apart": [row.pk for row in chosen]}
        if first:
            carriers = about | {"contacts": list(first), "carriers": list(first.values())}
            cursor.execute(_GATHER, carriers)
            is_bundled = cursor.rowcount > 0
        if wait:
            cursor.execute(_WAIT, about | {"contacts": list(wait), "until": list(wait.values())})
    return chosen, is_bundled


def _is_bundled(row: Delivery) -> bool:
    return row.purpose in BUNDLED and row.kind not in NOT_BUNDLED_WAYS


def _gone(contacts: Iterable[int], now: datetime) -> dict[int, list[Gone]]:
    found: dict[int, list[Gone]] = defaultdict(list)
    longest = max((minutes for _most, minutes in settings.THROTTLES.values()), default=0)
    if not longest:
        return found
    since = now - timedelta(minutes=longest)
    with connection.cursor() as cursor:
        cursor.execute(_GONE, {"contacts": list(contacts), "since": since, "purposes": list(BUNDLED)})
        for contact, at, is_urgent in cursor.fetchall():
            found[contact].append(Gone(at, is_urgent))
    return found


def _free_at(row: Delivery, gone: list[Gone], now: datetime) -> datetime | None:
    if row.kind not in settings.THROTTLES:
        return None
    most, minutes = settings.THROTTLES[row.kind]
    return free_at(most, timedelta(minutes=minutes), gone, is_urgent=row.is_urgent, now=now)
