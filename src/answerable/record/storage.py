"""The log's rows: all its SQL. Nothing here checks what it reads; `proving` does."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from answerable.record.growing import edge_of
from answerable.record.tiles import HASH, Fetch

# Taken by presence, whatever its number: a transaction that commits late is in the next batch.
_TAKE = """
WITH taken AS (
    DELETE FROM record_pending WHERE ctid = ANY(ARRAY(SELECT ctid FROM record_pending ORDER BY act_id LIMIT %s))
    RETURNING act_id, entry
)
SELECT taken.act_id, taken.entry, record_act.leaf FROM taken LEFT JOIN record_act ON record_act.id = taken.act_id
ORDER BY taken.act_id
"""

_PUT_TILES = """
INSERT INTO record_tile (epoch, level, idx, hashes)
SELECT %s, * FROM unnest(%s::int[], %s::bigint[], %s::bytea[])
ON CONFLICT (epoch, level, idx) DO UPDATE SET hashes = EXCLUDED.hashes
"""

#: The note of the checkpoint `c`, with the lines of its witnesses
COSIGNED = """c.note || coalesce((SELECT string_agg(w.line, ''::bytea ORDER BY w.witness) FROM record_cosignature w
WHERE w.epoch = c.epoch AND w.size = c.size), ''::bytea)"""

_HEAD = "SELECT epoch, origin, size, padded, root, seed, fault FROM record_log WHERE ended_at IS NULL"


@dataclass(frozen=True)
class Head:
    """The log as it stands."""

    epoch: int
    origin: str
    size: int
    padded: int
    root: bytes
    seed: bytes
    fault: Mapping[str, Any] | None


class Taken(NamedTuple):
    act: int
    entry: bytes
    leaf: bytes | None


class Stored(NamedTuple):
    """An entry with the act that it commits to, and that act's own leaf."""

    index: int  # type: ignore[assignment]  # its place in the log, not tuple's method
    entry: bytes
    act: int | None
    leaf: bytes | None


class Signed(NamedTuple):
    """A stored checkpoint."""

    size: int
    note: bytes
    made_at: datetime
    published_at: datetime | None


def head() -> Head | None:
    """The current epoch's head; None before the log's first start."""
    return _head(_HEAD)


def _head(sql: str) -> Head | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    if row is None:
        return None
    epoch, origin, size, padded, root, seed, fault = row
    return Head(epoch, origin, size, padded, bytes(root), bytes(seed), _json(fault))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


@contextmanager
def fenced() -> Iterator[Head | None]:
    """A transaction in which nobody else writes to the log; None while another process begins or ends an epoch."""
    with transaction.atomic(durable=True):
        yield locked_head()


def locked_head() -> Head | None:
    """The head, and nobody else writes to the log until the caller's transaction ends."""
    return _head(f"{_HEAD} FOR UPDATE")


def lost() -> list[int]:
    """Acts that are neither in the log nor waiting for it, oldest first: whoever holds their promise can prove it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM record_act a WHERE NOT EXISTS (SELECT FROM record_entry WHERE act_id = a.id)"
            " AND NOT EXISTS (SELECT FROM record_pending WHERE act_id = a.id) ORDER BY id"
        )
        return [act for (act,) in cursor.fetchall()]


# ---------------------------------------------------------------- growing


def take(limit: int) -> list[Taken]:
    """Take acts that wait; inside the fence."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [limit])
        return [
            Taken(act, bytes(entry), bytes(leaf) if leaf is not None else None)
            for act, entry, leaf in cursor.fetchall()
        ]


def edge(log: Head) -> dict[tuple[int, int], bytes]:
    """The partial tiles at the right edge, as they are stored."""
    return tiles(log.epoch, edge_of(log.size))


def tiles(epoch: int, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """These tiles (level, index), as they are stored; those that are not there are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT level, idx, hashes FROM record_tile JOIN unnest(%s::int[], %s::bigint[]) AS w(l, i)"
            " ON level = l AND idx = i WHERE epoch = %s",
            [[level for level, _ in places], [index for _, index in places], epoch],
        )
        return {(level, index): bytes(hashes) for level, index, hashes in cursor.fetchall()}


def put(
    log: Head,
    entries: Sequence[tuple[bytes, int | None]],
    grown: Mapping[tuple[int, int], bytes],
    root: bytes,
) -> None:
    """Write entries, tiles and head; inside the fence."""
    rows = [b"PGCOPY\n\xff\r\n\x00" + bytes(8)]
    for index, (entry, act) in enumerate(entries, start=log.size):
        rows.append(struct.pack("!hihiqi", 4, 2, log.epoch, 8, index, len(entry)))
        rows.append(entry)
        rows.append(struct.pack("!i", -1) if act is None else struct.pack("!iq", 8, act))
    rows.append(struct.pack("!h", -1))
    with connection.cursor() as cursor:
        with cursor.copy(  # type: ignore[attr-defined]
            "COPY record_entry (epoch, idx, entry, act_id) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.write(b"".join(rows))
        put_tiles(log.epoch, grown)
        cursor.execute(
            "UPDATE record_log SET size = %s, root = %s WHERE epoch = %s",
            [log.size + len(entries), root, log.epoch],
        )


def put_tiles(epoch: int, grown: Mapping[tuple[int, int], bytes]) -> None:
    with connection.cursor() as cursor:
        levels, indexes = [level for level, _ in grown], [index for _, index in grown]
        cursor.execute(_PUT_TILES, [epoch, levels, indexes, list(grown.values())])


# ---------------------------------------------------------------- reading


def fetch_of(epoch: int) -> Fetch:
    """Tiles for `tiles.reader_of`, each cut to the width that is asked for."""

    def fetch(level: int, index: int, width: int) -> bytes:
        return tiles(epoch, [(level, index)]).get((level, index), b"")[: width * HASH]

    return fetch


def fetch_from(known: Mapping[tuple[int, int], bytes], otherwise: Fetch) -> Fetch:
    """The same out of tiles that were read before."""

    def fetch(level: int, index: int, width: int) -> bytes:
        data = known.get((level, index))
        return otherwise(level, index, width) if data is None else data[: width * HASH]

    return fetch


def entries(epoch: int, low: int, high: int) -> list[Stored]:
    """Entries low … high - 1, those that are there, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.idx, e.entry, e.act_id, a.leaf FROM record_entry e LEFT JOIN record_act a ON a.id = e.act_id"
            " WHERE e.epoch = %s AND e.idx >= %s AND e.idx < %s ORDER BY e.idx",
            [epoch, low, high],
        )
        return [
            Stored(index, bytes(entry), act, bytes(leaf) if leaf is not None else None)
            for index, entry, act, leaf in cursor.fetchall()
        ]


def raw_entries(epoch: int, low: int, high: int) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry FROM record_entry WHERE epoch = %s AND idx >= %s AND idx < %s ORDER BY idx",
            [epoch, low, high],
        )
        return [bytes(entry) for (entry,) in cursor.fetchall()]


def opening(act: int) -> tuple[bytes, bytes] | None:
    """Salt and record of an act; None once they were erased."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT salt, body FROM record_opening WHERE act_id = %s", [act])
        row = cursor.fetchone()
    return (bytes(row[0]), bytes(row[1])) if row else None


def newest(epoch: int, *, published: bool = False) -> Signed | None:
    """The newest checkpoint of an epoch; or the newest that everybody may have, with what witnesses have added."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT size, {COSIGNED if published else 'note'}, made_at, published_at FROM record_checkpoint c"  # noqa: S608
            " WHERE epoch = %s AND (published_at IS NOT NULL OR NOT %s) ORDER BY size DESC LIMIT 1",
            [epoch, published],
        )
        row = cursor.fetchone()
    return Signed(row[0], bytes(row[1]), row[2], row[3]) if row else None


def keys(epoch: int) -> list[tuple[bytes, int | None]]:
    """Public keys of an epoch's checkpoints and up to which size each signs (None: still does), oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public, until_size FROM record_log_key WHERE epoch = %s AND NOT is_for_promises"
            " ORDER BY from_size, id",
            [epoch],
        )
        return [(bytes(public), until) for public, until in cursor.fetchall()]


def key_change(epoch: int, index: int) -> bytes | None:
    """The checkpoint that the old key signed together with the one that the entry at `index` names, once public."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.note FROM record_checkpoint c JOIN record_log_key k ON k.epoch = c.epoch"
            " AND NOT k.is_for_promises AND k.until_size = c.size WHERE c.epoch = %(epoch)s"
            " AND k.from_size <= %(index)s AND c.size > %(index)s"
            " AND EXISTS (SELECT FROM record_log_key WHERE epoch = %(epoch)s AND NOT is_for_promises"
            " AND from_size = %(index)s + 1)"
            " AND EXISTS (SELECT FROM record_checkpoint WHERE epoch = %(epoch)s AND size >= c.size"
            " AND published_at IS NOT NULL) ORDER BY c.size LIMIT 1",
            {"epoch": epoch, "index": index},
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def key_changes(epoch: int) -> list[int]:
    """The places of the entries that name a new key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT from_size - 1 FROM record_log_key WHERE epoch = %s AND NOT is_for_promises AND from_size > 0"
            " ORDER BY 1",
            [epoch],
        )
        return [index for (index,) in cursor.fetchall()]


def note_padded(epoch: int, size: int) -> None:
    """Remember that dummies were filled in up to this size."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record_log SET padded = %s WHERE epoch = %s", [size, epoch])


def add_checkpoint(epoch: int, size: int, note: bytes) -> None:
    """Store a signed head, stamped by the database and never before the one before it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_checkpoint (epoch, size, note, made_at) SELECT %s, %s, %s, greatest("
            "clock_timestamp(), (SELECT max(made_at) FROM record_checkpoint WHERE epoch = %s))",
            [epoch, size, note, epoch],
        )


def publish(epoch: int, size: int) -> int:
    """From now on everybody may have this checkpoint, and all that lies before it; 1, or 0 if it was so already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record_checkpoint SET published_at = greatest(clock_timestamp(), made_at)"
            " WHERE epoch = %s AND size = %s AND published_at IS NULL",
            [epoch, size],
        )
        return int(cursor.rowcount)


def due_in(epoch: int, cadence_s: float) -> float:
    """Seconds until the next publication is due, by the database's clock; 0 or less: now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM made_at - clock_timestamp()) FROM record_checkpoint"
            " WHERE epoch = %s ORDER BY size DESC LIMIT 1",
            [epoch],
        )
        row = cursor.fetchone()
    return float(row[0]) + cadence_s if row else 0.0


def note_fault(epoch: int, fault: Mapping[str, Any] | None) -> bool:
    """Remember why the log stands still (None: it goes on); whether that is new."""
    text = None if fault is None else json.dumps(fault)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record_log SET fault = %s::jsonb WHERE epoch = %s AND fault IS DISTINCT FROM %s::jsonb",
            [text, epoch, text],
        )
        return bool(cursor.rowcount)
