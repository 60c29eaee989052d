"""Append acts to a matter, inside the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from answerable.core.statements import prepared
from answerable.record.actors import Actor
from answerable.record.merkle import entry, leaf_hash, record_bytes

VERSION = 1

_LOCK = "SELECT seq, leaf, at FROM record_matter WHERE id = %s FOR UPDATE"

_INSERT = """
WITH head AS (
    INSERT INTO record_matter (id, seq, leaf, at) VALUES (%(matter)s, %(last)s, %(leaf)s, %(at)s)
    ON CONFLICT (id) DO UPDATE SET seq = EXCLUDED.seq, leaf = EXCLUDED.leaf, at = EXCLUDED.at
), act AS (
    INSERT INTO record_act (matter_id, seq, kind, recorded_at, happened_at, actor_kind, post_id, leaf)
    SELECT %(matter)s, s, k, %(at)s, h, %(actor)s::text, %(post)s::bigint, l
    FROM unnest(%(seqs)s::int[], %(kinds)s::text[], %(happened)s::timestamptz[], %(leaves)s::bytea[]) AS t(s, k, h, l)
    RETURNING id, seq
), told AS (
    SELECT act.id, o.* FROM act JOIN unnest(%(seqs)s::int[], %(salts)s::bytea[], %(bodies)s::bytea[],
        %(entries)s::bytea[]) AS o(seq, salt, body, entry) USING (seq)
), opened AS (
    INSERT INTO record_opening (act_id, salt, body) SELECT id, salt, body FROM told
), boxed AS (
    INSERT INTO record_outbox (act_id, tries) SELECT id, 0 FROM act
), waiting AS (
    INSERT INTO record_pending (act_id, entry) SELECT id, entry FROM told
)
SELECT id, seq FROM act ORDER BY seq
"""


@dataclass(frozen=True)
class Draft:
    """An act to be appended. `body` holds JSON values; never an identity, never free text of a person."""

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    happened_at: datetime | None = None
    claimed_by: str = ""


@dataclass(frozen=True)
class Appended:
    id: int
    seq: int
    kind: str
    at: datetime
    leaf: bytes


def hold(matter: UUID) -> None:
    """Lock the matter's head before its first act. Whoever writes to several takes them in the order of their keys, as
    the sender of messages does: held in the order of the acts, two such writers may wait for each other."""
    with prepared() as cursor:
        cursor.execute(_LOCK, [matter])


def stamp(matter: UUID, now: datetime) -> datetime:
    """Lock the matter and give the instant its next act will bear: never before the last one."""
    with prepared() as cursor:
        cursor.execute(_LOCK, [matter])
        row = cursor.fetchone()
    return max(now, row[2]) if row and row[2] else now


def append(
    act: str,
    /,
    *,
    matter: UUID,
    by: Actor,
    at: datetime,
    why: str = "",
    happened_at: datetime | None = None,
    claimed_by: str = "",
    new_matter: bool = False,
    body: Mapping[str, Any] | None = None,
) -> Appended:
    """Append one act; see `append_all`."""
    draft = Draft(str(act), body or {}, why, happened_at, claimed_by)
    return append_all([draft], matter=matter, by=by, at=at, new_matter=new_matter)[0]


def append_all(
    drafts: Sequence[Draft], *, matter: UUID, by: Actor, at: datetime, new_matter: bool = False
) -> list[Appended]:
    """Append acts in order, with salts, openings, and a row each for reactions and for the log, in one statement.

    Locks the matter's head, so two writers to one matter queue up here; the instant of the acts is `at`
    or the matter's last one, whichever is later. `new_matter` spares the lock where the caller just made the
    id. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("acts are appended inside the transaction of what they record")
    seq, prev = 0, b""
    with prepared() as cursor:
        if not new_matter:
            cursor.execute(_LOCK, [matter])
            row = cursor.fetchone()
            if row:
                seq, prev = row[0], bytes(row[1] or b"")
                at = max(at, row[2]) if row[2] else at
        at = at.astimezone(UTC)
        first, salts, bodies, entries, leaves = seq + 1, [], [], [], []
        for draft in drafts:
            seq += 1
            salt = secrets.token_bytes(32)
            bytes_ = record_bytes(_fields(draft, matter=matter, seq=seq, by=by, at=at, prev=prev))
            entries.append(entry(salt, bytes_))
            prev = leaf_hash(entries[-1])
            salts.append(salt)
            bodies.append(bytes_)
            leaves.append(prev)
        cursor.execute(
            _INSERT,
            {
                "matter": matter,
                "last": seq,
                "leaf": prev,
                "at": at,
                "actor": by.kind.value,
                "post": by.post_id,
                "seqs": list(range(first, seq + 1)),
                "kinds": [d.kind for d in drafts],
                "happened": [d.happened_at for d in drafts],
                "leaves": leaves,
                "salts": salts,
                "bodies": bodies,
                "entries": entries,
            },
        )
        rows = cursor.fetchall()
    return [
        Appended(id_, n, d.kind, at, leaf) for (id_, n), d, leaf in zip(rows, drafts, leaves, strict=True)
    ]


def _fields(draft: Draft, *, matter: UUID, seq: int, by: Actor, at: datetime, prev: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "v": VERSION,
        "act": draft.kind,
        "matter": str(matter),
        "seq": seq,
        "recorded_at": at.isoformat(timespec="microseconds"),
        "actor": by.kind.value,
        "prev": prev.hex(),
        "body": dict(draft.body),
    }
    if by.post_id is not None:
        fields["post"] = by.post_id
    if by.staff_id is not None:
        fields["staff"] = by.staff_id
    if by.stands_in:
        fields["stands_in"] = True
    if by.client:
        fields["client"] = by.client
    if draft.why:
        fields["why"] = draft.why
    if draft.happened_at is not None:
        fields["happened_at"] = draft.happened_at.astimezone(UTC).isoformat(timespec="microseconds")
        fields["claimed_by"] = draft.claimed_by
    return fields
