"""The public files of a log, by their paths: the same for the web, for an export and for a mirror of it.

Only what a published checkpoint covers is there. A partial tile is the beginning of the tile as it stands now.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import connection

from answerable.record import anchoring, keys, promises, storage, witnesses
from answerable.record.encoding import from_decimal
from answerable.record.stopped import LogStopped
from answerable.record.tiles import (
    ENTRIES,
    HASH,
    TILE_HEIGHT,
    WIDTH,
    TileRef,
    encode_bundle,
    parse_path,
)

CHECKPOINT = "checkpoint"
POLICY = "policy"
VKEY = "vkey"
PROMISE_VKEY = "promise-vkey"
ANCHORS = "anchors/"  # `index`; and for each size in it what was stamped, and the stamp
INDEX = "index"
KEY_CHANGE = "key-change/"  # and the entry's place: the checkpoint that old and new key have both signed


class File(NamedTuple):
    content: bytes
    is_text: bool
    is_final: bool  # it never changes, so it may be kept for ever


class Epoch(NamedTuple):
    number: int
    origin: str
    is_current: bool


def epochs() -> list[Epoch]:
    """Every epoch, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch, origin, ended_at IS NULL FROM record_log ORDER BY epoch")
        return [Epoch(*row) for row in cursor.fetchall()]


def read(path: str, number: int = 1) -> File | None:
    """The file at this path of an epoch's log; None where there is none, or not yet.

    An epoch's tiles and checkpoints are its own for ever. Policy and key without an epoch are those in use.
    """
    known = epochs()
    if path in (POLICY, VKEY, PROMISE_VKEY):
        epoch = next((one for one in known if number == 1 and one.is_current), None)
        epoch = epoch or next((one for one in known if one.number == number), None)
        text = _text(path, epoch) if epoch else None
        return File(text, is_text=True, is_final=False) if text else None
    epoch = next((one for one in known if one.number == number), None)
    if epoch is None:
        return None
    if path == CHECKPOINT:
        newest = storage.newest(epoch.number, published=True)
        return File(newest.note, is_text=True, is_final=False) if newest else None
    if path.startswith(KEY_CHANGE):
        index = from_decimal(path.removeprefix(KEY_CHANGE))
        note = storage.key_change(epoch.number, index) if index is not None else None
        return File(note, is_text=True, is_final=True) if note else None
    if path.startswith(ANCHORS):
        return _anchored(epoch.number, path.removeprefix(ANCHORS))
    ref = parse_path(path)
    if ref is None:
        return None
    content = tile(epoch, ref, published_size(epoch))
    return File(content, is_text=False, is_final=True) if content else None


def _anchored(epoch: int, name: str) -> File | None:
    if name == INDEX:
        lines = [f"{size} {at:%Y-%m-%dT%H:%M:%SZ}\n" for size, at in anchoring.anchors(epoch)]
        return File("".join(lines).encode(), is_text=True, is_final=False)
    number, _dot, kind = name.partition(".")
    size = from_decimal(number)
    found = anchoring.find(epoch, size) if size is not None else None
    if found is None or kind not in ("checkpoint", "tsr"):
        return None
    if kind == "checkpoint":
        return File(found.note, is_text=True, is_final=True)
    return File(found.token, is_text=False, is_final=True)


def published_size(epoch: Epoch) -> int:
    newest = storage.newest(epoch.number, published=True)
    return newest.size if newest else 0


def tile(epoch: Epoch, ref: TileRef, size: int) -> bytes | None:
    """A tile or bundle of a tree of `size` leaves; None where that tree has none such."""
    count = size >> TILE_HEIGHT * max(ref.level, 0)
    low, high = ref.index * WIDTH, ref.index * WIDTH + ref.width
    if high > count:
        return None
    if ref.level == ENTRIES:
        found = storage.raw_entries(epoch.number, low, high)
        return encode_bundle(found) if len(found) == ref.width else None
    stored = storage.tiles(epoch.number, [(ref.level, ref.index)]).get((ref.level, ref.index), b"")
    return stored[: ref.width * HASH] if len(stored) >= ref.width * HASH else None


def address_of(epoch: Epoch) -> str:
    """Where an epoch's files are found."""
    return f"{settings.BASE_URL}/record/" + ("" if epoch.number == 1 else f"{epoch.number}/")


def _text(name: str, epoch: Epoch) -> bytes | None:
    if name == PROMISE_VKEY:
        try:
            return f"{promises.verifier_key(epoch.origin)}\n".encode()
        except LogStopped:
            return None
    known = keys.verifier_keys(epoch.number, epoch.origin)
    if name == VKEY:
        return f"{known[0]}\n".encode() if known else None
    lines = [f"log {key} {address_of(epoch)}\n" for key in known]
    return "".join([*lines, *(f"{line}\n" for line in witnesses.policy_lines())]).encode()
