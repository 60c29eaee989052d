"""Making damaged rows again out of what proves them: entries from their acts, tiles from their entries.

An entry may only become what its act's leaf, or else its tile, already says; the database refuses anything else.
What comes out must lead to the last signed checkpoint, or nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from answerable.record import guard, proving, starting, storage
from answerable.record.dummies import dummy_entry
from answerable.record.growing import edge_of, grow
from answerable.record.invalid import Invalid
from answerable.record.merkle import EMPTY_ROOT, leaf_hash
from answerable.record.merkle import entry as entry_of
from answerable.record.stopped import LogStopped
from answerable.record.tiles import HASH, WIDTH, decode_bundle, entries_path

_CHUNK = 64 * WIDTH


@dataclass
class Repaired:
    entries: int = 0
    tiles: int = 0
    waiting: int = 0  # acts that had been lost on their way into the log


def repair(folder: Path | None = None) -> Repaired:
    """Go through the whole log and make again what is damaged; one transaction.

    `folder` is what `record export` wrote, for entries that nothing in the database proves any more (their opening
    was erased). Raises LogStopped (not_repairable, repair_differs) with the log as it was.
    """
    done = Repaired()
    with storage.fenced() as log:
        if log is None:
            return done
        size, root = 0, EMPTY_ROOT
        edge: Mapping[tuple[int, int], bytes] = {}
        for low in range(0, log.size, _CHUNK):
            high = min(low + _CHUNK, log.size)
            leaves = [leaf_hash(entry) for entry in _sound_entries(log, low, high, folder, done)]
            grown = grow(size, edge, leaves)
            _put_right(log, grown.tiles, done)
            edge = {place: {**edge, **grown.tiles}[place] for place in edge_of(high)}
            size, root = high, grown.root
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE record_log SET root = %s, fault = NULL WHERE epoch = %s", [root, log.epoch]
            )
        _require_signed(storage.head() or log)
        done.waiting = _wait_again()
    return done


def _wait_again() -> int:
    """Acts that somebody took out of the queue come back into it, if their openings still prove them; how many."""
    count = 0
    for act in storage.lost():
        opening = storage.opening(act)
        if opening is None:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO record_pending (act_id, entry) SELECT a.id, %(entry)s FROM record_act a"
                " WHERE a.id = %(act)s AND a.leaf = %(leaf)s"
                " AND NOT EXISTS (SELECT FROM record_entry WHERE entry = %(entry)s)",
                {"act": act, "entry": entry_of(*opening), "leaf": leaf_hash(entry_of(*opening))},
            )
            count += cursor.rowcount
    return count


def _require_signed(log: storage.Head) -> None:
    last = storage.newest(log.epoch)
    try:
        proving.require_extension(log, last, guard.last(starting.guard_path()), log.size)
    except LogStopped as stopped:
        if stopped.code in ("rolled_back", "forked", "guard_damaged", "guard_missing"):
            raise
        raise LogStopped("repair_differs", signed=last.size if last else 0) from stopped


def _put_right(log: storage.Head, tiles: Mapping[tuple[int, int], bytes], done: Repaired) -> None:
    there = storage.tiles(log.epoch, list(tiles))
    wrong = {place: tile for place, tile in tiles.items() if there.get(place, b"")[: len(tile)] != tile}
    if wrong:
        storage.put_tiles(log.epoch, wrong)
        done.tiles += len(wrong)


def _sound_entries(
    log: storage.Head, low: int, high: int, folder: Path | None, done: Repaired
) -> Iterator[bytes]:
    rows = {row.index: row for row in storage.entries(log.epoch, low, high)}
    places = [(0, index) for index in range(low // WIDTH, (high - 1) // WIDTH + 1)]
    tiles = storage.tiles(log.epoch, places)
    for index in range(low, high):
        row = rows.get(index)
        tile, at = divmod(index, WIDTH)
        in_tile = tiles.get((0, tile), b"")[at * HASH : (at + 1) * HASH]
        if row is not None and _is_sound(log, row, in_tile):
            yield row.entry
            continue
        if row is None:
            raise LogStopped("not_repairable", index=index)
        wanted = row.leaf if row.act is not None else in_tile
        found = _again(log, row, wanted, folder)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE record_entry SET entry = %s WHERE epoch = %s AND idx = %s", [found, log.epoch, index]
            )
        done.entries += 1
        yield found


def _is_sound(log: storage.Head, row: storage.Stored, in_tile: bytes) -> bool:
    leaf = leaf_hash(row.entry)
    if row.act is not None:
        return leaf == row.leaf
    return leaf == in_tile or row.entry == dummy_entry(log.seed, log.epoch, row.index)


def _again(log: storage.Head, row: storage.Stored, wanted: bytes | None, folder: Path | None) -> bytes:
    """The entry whose leaf is `wanted`: from the act's opening, from the seed of dummies, or from exported files."""
    for candidate in _candidates(log, row, folder):
        if leaf_hash(candidate) == wanted:
            return candidate
    raise LogStopped("not_repairable", index=row.index)


def _candidates(log: storage.Head, row: storage.Stored, folder: Path | None) -> Iterator[bytes]:
    if row.act is None:
        yield dummy_entry(log.seed, log.epoch, row.index)
    else:
        opening = storage.opening(row.act)
        if opening is not None:
            yield entry_of(*opening)
    if folder is not None:
        yield from _exported(folder, row.index)


def _exported(folder: Path, index: int) -> Iterator[bytes]:
    tile, at = divmod(index, WIDTH)
    whole = folder / entries_path(tile)
    partial = sorted((folder / f"{entries_path(tile)}.p").glob("*"))
    for path in [whole, *partial]:
        try:
            width = WIDTH if path == whole else int(path.name)
            yield decode_bundle(path.read_bytes(), width)[at]
        except (OSError, ValueError, IndexError, Invalid):
            continue
