"""What a person is given for an act: the promise at once, the proof when it is published, the opening on request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import connection

from answerable.record import storage
from answerable.record.dummies import dummy_entry, dummy_opening
from answerable.record.growing import edge_of
from answerable.record.merkle import inclusion_path, leaf_hash
from answerable.record.models import Act
from answerable.record.openings import OpenedAct
from answerable.record.proofs import TlogProof
from answerable.record.tiles import TILE_HEIGHT, WIDTH, reader_of

# The newest checkpoint that everybody may have, of the epoch that the act is in.
_PLACE = f"""
SELECT e.epoch, e.idx, e.entry, c.size, {storage.COSIGNED} FROM record_entry e
JOIN LATERAL (
    SELECT epoch, size, note FROM record_checkpoint
    WHERE epoch = e.epoch AND published_at IS NOT NULL ORDER BY size DESC LIMIT 1
) AS c ON c.size > e.idx
WHERE e.act_id = %s
"""  # noqa: S608 - a constant


class Kind(StrEnum):
    """What a leaf is, for an auditor: nothing else is ever in the log."""

    ACT = "act"
    ERASED = "erased"
    DUMMY = "dummy"
    NOTICE = "notice"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Receipted:
    """An act with its receipt; None while no published checkpoint covers it."""

    act: int
    seq: int
    kind: str
    receipt: bytes | None


@dataclass(frozen=True)
class Leaf:
    """A leaf, opened for an auditor; `act` names the row of an act, `opening` is None once erased."""

    kind: Kind
    act: int | None
    opening: OpenedAct | None
    digest: bytes = b""


def receipt_of(act_id: int) -> bytes | None:
    """The act's `.tlog-proof` under the newest published checkpoint; None before it is covered by one.

    It carries no content: `extra` is the entry, a digest that the log shows anyway.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [act_id])
        row = cursor.fetchone()
    if row is None:
        return None
    epoch, index, entry, size, note = row
    path = path_of(epoch, index, size)
    return TlogProof(index, tuple(path), bytes(note), bytes(entry)).to_bytes()


def path_of(epoch: int, index: int, size: int) -> list[bytes]:
    """The inclusion path of a leaf; its tiles are read in one statement."""
    levels = range(len(f"{size:b}") // TILE_HEIGHT + 1)
    places = {(level, (index >> TILE_HEIGHT * level) // WIDTH) for level in levels} | set(edge_of(size))
    known = storage.tiles(epoch, sorted(places))
    return inclusion_path(index, size, reader_of(storage.fetch_from(known, storage.fetch_of(epoch)), size))


def receipts_of(matter: UUID) -> list[Receipted]:
    """Every act of a matter, in its order."""
    rows = Act.objects.filter(matter_id=matter).order_by("seq").values_list("pk", "seq", "kind")
    return [Receipted(pk, seq, kind, receipt_of(pk)) for pk, seq, kind in rows]


def opening_of(act_id: int) -> bytes | None:
    """Salt and verbatim record as an opening file; None once they were erased. Only for those who may know it."""
    opening = storage.opening(act_id)
    return OpenedAct(*opening).to_bytes() if opening else None


def leaf_at(epoch: int, index: int) -> Leaf | None:
    """What stands at a place of the log; None where nothing does. UNKNOWN: a leaf that nobody can account for."""
    return next((leaf for _index, leaf in leaves(epoch, index, index + 1)), None)


def leaves(epoch: int, low: int, high: int) -> list[tuple[int, Leaf]]:
    """The same for the places low … high - 1, each with its place."""
    rows = storage.entries(epoch, low, high)
    seed = _seed(epoch) if any(row.act is None for row in rows) else b""
    return [(row.index, _leaf(epoch, seed, row)) for row in rows]


def _leaf(epoch: int, seed: bytes, row: storage.Stored) -> Leaf:
    digest = leaf_hash(row.entry)
    if row.act is not None:
        opening = storage.opening(row.act)
        if opening is None:
            return Leaf(Kind.ERASED, row.act, None, digest)
        opened = OpenedAct(*opening)
        kind = Kind.ACT if opened.entry == row.entry else Kind.UNKNOWN
        return Leaf(kind, row.act, opened, digest)
    if row.entry[:1] == b"\x02":
        return Leaf(Kind.NOTICE, None, None, digest)
    if row.entry == dummy_entry(seed, epoch, row.index):
        return Leaf(Kind.DUMMY, None, OpenedAct(*dummy_opening(seed, epoch, row.index)), digest)
    return Leaf(Kind.UNKNOWN, None, None, digest)


def _seed(epoch: int) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seed FROM record_log WHERE epoch = %s", [epoch])
        (seed,) = cursor.fetchone()
    return bytes(seed)
