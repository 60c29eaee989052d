"""What is signed is recomputed from the bytes that are stored, and must continue what was signed before.

Other logs have died of a flipped bit that they signed over. Here it is found first, and said where.
"""

from __future__ import annotations

from answerable.record import checkpoints, guard, keys, starting, storage
from answerable.record.checkpoints import Checkpoint
from answerable.record.dummies import dummy_entry
from answerable.record.growing import top
from answerable.record.invalid import Invalid
from answerable.record.merkle import EMPTY_ROOT, HashReader, consistency_path, leaf_hash, root_at
from answerable.record.merkle import verify_consistency as require_consistent
from answerable.record.stopped import LogStopped
from answerable.record.tiles import HASH, TILE_HEIGHT, WIDTH, TileInvalid, reader_of

_CHUNK = 16 * WIDTH


def require_extension(
    log: storage.Head, last: storage.Signed | None, guarded: guard.Signed | None, size: int
) -> bytes:
    """The root at `size`, after seeing that entries and tiles since the last checkpoint are sound and continue it.

    Raises LogStopped with what is damaged, or with what was signed and is not there any more.
    """
    before = _opened(log, last)
    require_not_older(log, last, guarded)
    try:
        check_leaves(log, before.size, size)
        check_nodes(log, before.size, size)
        read = reader_of(storage.fetch_of(log.epoch), size)
        root = root_at(size, read)
        _require_same(log, read, before, Checkpoint(log.origin, size, root))
        if size == log.size and root != log.root:
            raise LogStopped("head_damaged", size=size)
    except TileInvalid:
        check_edge(log, size)
        raise LogStopped("head_damaged", size=size) from None
    if guarded is not None and guarded.epoch == log.epoch and root_at(guarded.size, read) != guarded.root:
        raise LogStopped("forked", origin=guarded.origin, signed=guarded.size)
    return root


def _opened(log: storage.Head, last: storage.Signed | None) -> Checkpoint:
    """The last checkpoint, which must still bear one of the log's signatures."""
    if last is None:
        return Checkpoint(log.origin, 0, EMPTY_ROOT)
    for key in keys.verifier_keys(log.epoch, log.origin):
        try:
            found = checkpoints.open_checkpoint(last.note, key)
        except Invalid:
            continue
        if found.size == last.size:
            return found
    raise LogStopped("checkpoint_damaged", size=last.size)


def require_not_older(log: storage.Head, last: storage.Signed | None, guarded: guard.Signed | None) -> None:
    """The database is no older than what the file outside it says was signed. Raises LogStopped.

    A file that is gone says nothing: where something was signed, somebody has to decide.
    """
    if guarded is None:
        if last is not None:
            raise LogStopped("guard_missing", path=str(starting.guard_path()))
        return
    if guarded.epoch > log.epoch or (guarded.epoch == log.epoch and guarded.size > log.size):
        raise LogStopped("rolled_back", size=log.size, signed=guarded.size, origin=guarded.origin)
    if guarded.epoch == log.epoch and guarded.origin != log.origin:
        raise LogStopped("forked", origin=guarded.origin, signed=guarded.size)


def _require_same(log: storage.Head, read: HashReader, before: Checkpoint, now: Checkpoint) -> None:
    """The new head continues the old one: by its root over the stored tiles, and by the proof a monitor would ask for."""
    if root_at(before.size, read) != before.root:
        check_edge(log, before.size)
        raise LogStopped("not_an_extension", size=now.size, signed=before.size)
    try:
        path = consistency_path(before.size, now.size, read)
        require_consistent(before.size, before.root, now.size, now.root, path)
    except Invalid:
        raise LogStopped("not_an_extension", size=now.size, signed=before.size) from None


# ---------------------------------------------------------------- entries against tiles, tiles against tiles


def check_leaves(log: storage.Head, low: int, high: int) -> None:
    """Entries low … high - 1 are all there, are their acts', and are what the lowest tiles say."""
    for start in range(low, high, _CHUNK):
        end = min(start + _CHUNK, high)
        rows = storage.entries(log.epoch, start, end)
        places = [(0, index) for index in range(start // WIDTH, (end - 1) // WIDTH + 1)]
        tiles = storage.tiles(log.epoch, places)
        for index, row in zip(range(start, end), [*rows, *[None] * (end - start - len(rows))], strict=False):
            if row is None or row.index != index:
                raise LogStopped("entry_damaged", index=index)
            tile, at = divmod(index, WIDTH)
            _check_leaf(log, row, tiles.get((0, tile), b"")[at * HASH : (at + 1) * HASH])


def _check_leaf(log: storage.Head, row: storage.Stored, in_tile: bytes) -> None:
    leaf = leaf_hash(row.entry)
    if row.act is not None and leaf != row.leaf:
        raise LogStopped("entry_damaged", index=row.index)
    if leaf == in_tile:
        return
    is_sound = row.act is not None or row.entry == dummy_entry(log.seed, log.epoch, row.index)
    if is_sound:
        raise LogStopped("tile_damaged", level=0, index=row.index // WIDTH)
    raise LogStopped("entry_damaged", index=row.index)


def check_nodes(log: storage.Head, low: int, high: int) -> None:
    """Every hash above the lowest level that the leaves low … high - 1 completed is what the tile below it says."""
    level = 1
    while high >> TILE_HEIGHT * level:
        first, last = low >> TILE_HEIGHT * level, high >> TILE_HEIGHT * level
        for start in range(first, last, 64):
            indexes = range(start, min(start + 64, last))
            below = storage.tiles(log.epoch, [(level - 1, index) for index in indexes])
            above = storage.tiles(
                log.epoch, [(level, tile) for tile in range(start // WIDTH, indexes[-1] // WIDTH + 1)]
            )
            for index in indexes:
                _check_node(level, index, below.get((level - 1, index), b""), above)
        level += 1


def _check_node(level: int, index: int, below: bytes, above: dict[tuple[int, int], bytes]) -> None:
    tile, at = divmod(index, WIDTH)
    if len(below) != WIDTH * HASH:
        raise LogStopped("tile_damaged", level=level - 1, index=index)
    if top(below) != above.get((level, tile), b"")[at * HASH : (at + 1) * HASH]:
        raise LogStopped("tile_damaged", level=level, index=tile)


def check_tile(log: storage.Head, level: int, index: int, size: int) -> None:
    """One tile against what lies under it and what stands above it, as far as a tree of `size` leaves goes."""
    width = TILE_HEIGHT * level
    count = size >> width
    low, high = index * WIDTH, min((index + 1) * WIDTH, count)
    if low >= high:
        return
    if level == 0:
        check_leaves(log, low, high)
    else:
        _check_children(log, level, low, high, size)
    if high == (index + 1) * WIDTH:
        above = (level + 1, index // WIDTH)
        found = storage.tiles(log.epoch, [(level, index), above])
        _check_node(level + 1, index, found.get((level, index), b""), found)


def _check_children(log: storage.Head, level: int, low: int, high: int, size: int) -> None:
    mine = storage.tiles(log.epoch, [(level, low // WIDTH)])
    below = storage.tiles(log.epoch, [(level - 1, child) for child in range(low, high)])
    for child in range(low, high):
        try:
            _check_node(level, child, below.get((level - 1, child), b""), mine)
        except LogStopped:
            check_tile(log, level - 1, child, size)  # which of the two is it? What lies under them tells
            raise


def check_edge(log: storage.Head, size: int) -> None:
    """Every tile that the root at `size` is made of, each down to what proves it; says which one is damaged."""
    level = 0
    while size >> TILE_HEIGHT * level:
        check_tile(log, level, max(0, (size >> TILE_HEIGHT * level) - 1) // WIDTH, size)
        level += 1
