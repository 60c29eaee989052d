"""Write down what came of tries: a whole group in one short transaction, with everything that follows from it.

The next way to somebody comes forward, a contact is known to fail or to work again, the case's record gets its act.
A try that somebody else took over meanwhile is left as it stands there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from answerable.alerts import outcomes
from answerable.alerts.models import Delivery
from answerable.alerts.outcomes import Change, Outcome
from answerable.core.statements import prepared
from answerable.record.actors import Actor
from answerable.record.append import append

log = logging.getLogger(__name__)
WORKER_STOPPED = Outcome("unknown", "the worker stopped while sending")
#: Taken up again at once by one turn; the rest by the next.
RECOVER_AT_ONCE = 1000

_COLUMNS = """d.id, d.tries, d.may_be_duplicate, d.is_urgent, d.reported, d.contact_id, d.matter, d.kind, d.purpose,
    (SELECT c.failing_since IS NOT NULL FROM alerts_contact c WHERE c.id = d.contact_id)"""
_HELD = f"""
SELECT {_COLUMNS} FROM alerts_delivery d WHERE d.id = ANY(%(ids)s) AND d.state = 'sending' ORDER BY d.id FOR UPDATE
"""  # noqa: S608 - our own names
_STALLED = f"""
SELECT {_COLUMNS} FROM alerts_delivery d
WHERE (d.claimed_at < %(before)s OR d.claimed_at > %(after)s) AND d.state = 'sending' AND d.carried_by_id IS NULL
ORDER BY d.claimed_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""  # noqa: S608
_WRITE = """
WITH came AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(tries)s::int[], %(outcomes)s::text[], %(details)s::text[],
        %(states)s::text[], %(again)s::timestamptz[], %(doubtful)s::bool[], %(providers)s::text[])
        AS v (id, number, outcome, detail, state, again, doubtful, provider)
), tried AS (
    UPDATE alerts_attempt a SET ended_at = %(now)s, outcome = v.outcome, detail = v.detail
    FROM came v WHERE a.delivery_id = v.id AND a.number = v.number
)
UPDATE alerts_delivery d SET state = v.state, next_try_at = v.again, outcome = v.detail,
    may_be_duplicate = v.doubtful, provider_id = CASE WHEN v.provider = '' THEN d.provider_id ELSE v.provider END,
    ended_at = CASE WHEN v.again IS NULL THEN %(now)s::timestamptz END,
    facts = CASE WHEN v.again IS NULL THEN d.facts - 'sealed' ELSE d.facts END
FROM came v WHERE d.id = v.id
"""
# A message that carries others and those that it carries stand alike. The same provider's name on many rows would make
# its callbacks ambiguous.
_WRITE_CARRIED = """
UPDATE alerts_delivery d SET state = v.state, next_try_at = v.again, outcome = v.detail,
    may_be_duplicate = v.doubtful, ended_at = CASE WHEN v.again IS NULL THEN %(now)s::timestamptz END,
    facts = CASE WHEN v.again IS NULL THEN d.facts - 'sealed' ELSE d.facts END
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(again)s::timestamptz[], %(details)s::text[], %(doubtful)s::bool[])
    AS v (id, state, again, detail, doubtful)
WHERE d.carried_by_id = v.id
"""
# The one that is due next, if it is still to come: one that another sender holds goes out anyway.
_FORWARD = """
UPDATE alerts_delivery SET next_try_at = %(now)s WHERE next_try_at > %(now)s AND id IN (
    SELECT n.id FROM (
        SELECT DISTINCT asked_id FROM alerts_delivery
        WHERE (id = ANY(%(ids)s) OR carried_by_id = ANY(%(ids)s)) AND asked_id IS NOT NULL
    ) AS a CROSS JOIN LATERAL (
        SELECT id FROM alerts_delivery WHERE asked_id = a.asked_id AND state = 'queued' AND tries = 0
        AND carried_by_id IS NULL ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS n
)
"""
_CONTACTS = """
UPDATE alerts_contact SET failing_since = {value} WHERE id IN (
    SELECT id FROM alerts_contact WHERE id = ANY(%(contacts)s) AND {where} ORDER BY id FOR NO KEY UPDATE
)
"""
_RENEW = """
UPDATE alerts_delivery d SET claimed_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(tries)s::int[]) AS v (id, tries)
WHERE d.id = v.id AND d.tries = v.tries AND d.state = 'sending'
"""


@dataclass(frozen=True)
class Result:
    """What came of try number `tries` of a delivery. `carries`: whether others may go with it."""

    delivery: UUID
    tries: int
    outcome: Outcome
    carries: bool = True


@dataclass(frozen=True, slots=True)
class _Held:
    """A message in the air, locked: what its outcome is judged by."""

    pk: UUID
    tries: int
    may_be_duplicate: bool
    is_urgent: bool
    reported: str
    contact_id: int | None
    matter: UUID | None
    kind: str
    purpose: str
    is_contact_failing: bool | None


@dataclass(frozen=True, slots=True)
class _Settled:
    row: _Held
    outcome: Outcome
    change: Change
    carries: bool = True


def settle(results: Sequence[Result], now: datetime) -> None:
    """Write down a group. Where one of them cannot be, the others are; that one is found stalled in time."""
    try:
        with transaction.atomic():
            write(results, now)
        return
    except Exception:
        if len(results) == 1 or connection.connection is None or connection.connection.closed:
            raise
        log.exception("a group of outcomes could not be written; each is by itself")
    for one in results:
        try:
            with transaction.atomic():
                write([one], now)
        except Exception:
            log.exception("an outcome could not be written", extra={"delivery": str(one.delivery)})


def write(results: Sequence[Result], now: datetime) -> None:
    """Write down a group inside the caller's transaction, all of it or nothing."""
    held = {row.pk: row for row in _held(_HELD, {"ids": [one.delivery for one in results]})}
    settled = []
    for one in results:
        row = held.get(one.delivery)
        if row is not None and row.tries == one.tries:
            settled.append(_Settled(row, one.outcome, _after(row, one.outcome, now), one.carries))
    _write(settled, now)


def _held(sql: str, values: dict[str, Any]) -> list[_Held]:
    with prepared() as cursor:
        cursor.execute(sql, values)
        return [_Held(*row) for row in cursor.fetchall()]


def _after(row: _Held, outcome: Outcome, now: datetime) -> Change:
    return outcomes.after(
        outcome,
        tries=row.tries,
        may_be_duplicate=row.may_be_duplicate,
        is_urgent=row.is_urgent,
        reported=row.reported,
        now=now,
    )


def _write(settled: Sequence[_Settled], now: datetime) -> None:
    if not settled:
        return
    details = [_storable(one.outcome.detail) for one in settled]
    values: dict[str, Any] = {
        "now": now,
        "ids": [one.row.pk for one in settled],
        "tries": [one.row.tries for one in settled],
        "outcomes": [one.outcome.kind for one in settled],
        "details": details,
        "states": [one.change.state for one in settled],
        "again": [one.change.next_try_at for one in settled],
        "doubtful": [one.change.may_be_duplicate for one in settled],
        "providers": [
            detail[:120] if one.outcome.kind == "sent" else ""
            for one, detail in zip(settled, details, strict=True)
        ],
    }
    with prepared() as cursor:
        cursor.execute(_WRITE, values)
        if any(one.carries for one in settled):
            cursor.execute(_WRITE_CARRIED, values)
    ended = [one for one in settled if one.row.matter is not None and one.change.has_ended]
    # Each matter's chain is locked until the commit: in one order, so that two groups never wait for each other.
    for one in sorted(ended, key=lambda one: str(one.row.matter)):
        record(one.row, one.change.state, _storable(one.outcome.detail), now)
    forward = [
        one.row.pk
        for one in settled
        if outcomes.next_way_now(one.outcome, one.change, tries=one.row.tries, is_urgent=one.row.is_urgent)
    ]
    pull_forward(forward, now)
    works = {
        one.row.contact_id for one in settled if one.change.state == "sent" and one.row.is_contact_failing
    }
    fails = {one.row.contact_id for one in settled if one.change.state == "failed"}
    mark_contacts(works=works, fails=fails, now=now)


def _storable(detail: str) -> str:
    return detail.replace("\0", "")[:200]


def record(row: Delivery | _Held, state: str, receipt: str, now: datetime) -> None:
    """The act in the case's record: it went out, or it did not."""
    act = "message.delivered" if state == "sent" else "message.undelivered"
    body = {
        "delivery": str(row.pk),
        "kind": row.kind,
        "purpose": row.purpose,
        "tries": row.tries,
        "state": state,
    }
    if state == "sent" and receipt:
        body["receipt"] = receipt
    assert row.matter is not None
    append(act, matter=row.matter, by=Actor.system(), at=now, body=body)


def pull_forward(ids: Sequence[UUID], now: datetime) -> None:
    """Let the next way to whoever these messages were for be tried at once."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_FORWARD, {"ids": list(ids), "now": now})


def mark_contacts(*, works: Iterable[int | None], fails: Iterable[int | None], now: datetime) -> None:
    """Since when messages to a contact fail; none, as soon as one arrives."""
    with connection.cursor() as cursor:
        for contacts, value, where in (
            (works, "NULL", "failing_since IS NOT NULL"),
            (fails, "%(now)s", "failing_since IS NULL"),
        ):
            known = [pk for pk in contacts if pk is not None]
            if known:
                cursor.execute(_CONTACTS.format(value=value, where=where), {"contacts": known, "now": now})


def renew(held: Iterable[tuple[UUID, int]], now: datetime) -> None:
    """Say that somebody still has these tries (delivery, number) in hand."""
    pairs = list(held)
    if pairs:
        values: dict[str, Any] = {
            "ids": [pk for pk, _tries in pairs],
            "tries": [tries for _pk, tries in pairs],
            "now": now,
        }
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, values)


@transaction.atomic
def recover_stalled(now: datetime) -> int:
    """Queue again what a dead worker left in `sending`, marked as a possible duplicate; one way further meanwhile.

    A claim of the future was made before the clock was put back: it is as old as it can be told.
    """
    about = {
        "before": now - outcomes.STALLED_AFTER,
        "after": now + outcomes.STALLED_AFTER,
        "most": RECOVER_AT_ONCE,
    }
    settled = []
    for row in _held(_STALLED, about):
        change = _after(row, WORKER_STOPPED, now)
        if not change.has_ended:
            change = Change(change.state, change.may_be_duplicate, now)
        settled.append(_Settled(row, WORKER_STOPPED, change))
    _write(settled, now)
    return len(settled)
