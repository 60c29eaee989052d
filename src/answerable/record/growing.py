"""How tiles grow when leaves are added at the right edge. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from answerable.record.merkle import node_hash, root_at
from answerable.record.tiles import HASH, TILE_HEIGHT, WIDTH, partial_width, reader_of

FULL = WIDTH * HASH


@dataclass(frozen=True)
class Grown:
    """The tiles that changed or are new, by level and index, and the root of the larger tree."""

    tiles: Mapping[tuple[int, int], bytes]
    root: bytes


def edge_of(size: int) -> list[tuple[int, int]]:
    """The partial tiles of a tree: level and index. A tree's root follows from them alone."""
    return [
        (level, size >> TILE_HEIGHT * (level + 1))
        for level in range(-(-size.bit_length() // TILE_HEIGHT) or 1)
        if partial_width(level, size)
    ]


def grow(size: int, edge: Mapping[tuple[int, int], bytes], leaves: Sequence[bytes]) -> Grown:
    """Add leaf hashes to a tree of `size` leaves whose partial tiles are `edge`."""
    tiles: dict[tuple[int, int], bytes] = {}
    new, level = list(leaves), 0
    while new:
        first = size >> TILE_HEIGHT * (level + 1)
        data = edge.get((level, first), b"") + b"".join(new)
        new = []
        for at in range(0, len(data), FULL):
            tile = data[at : at + FULL]
            tiles[level, first + at // FULL] = tile
            if len(tile) == FULL:
                new.append(top(tile))
        level += 1
    after = size + len(leaves)
    known = {**edge, **tiles}
    reader = reader_of(lambda level, index, width: known[level, index][: width * HASH], after)
    return Grown(tiles, root_at(after, reader))


def top(tile: bytes) -> bytes:
    """The hash over a full tile, which stands in the level above."""
    hashes = [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]
