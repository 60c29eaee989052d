"""The tree and its entries cut into files that never change (c2sp.org/tlog-tiles). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from answerable.record.invalid import Invalid
from answerable.record.merkle import MAX_SIZE, HashReader, node_hash

TILE_HEIGHT = 8
WIDTH = 1 << TILE_HEIGHT
HASH = 32
ENTRIES = -1  # the level that stands for entry bundles in a TileRef
MAX_ENTRY = 0xFFFF

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)

# (level, tile index, width) -> the tile's bytes
Fetch = Callable[[int, int, int], bytes]


class TileInvalid(Invalid):
    """A tile or bundle that cannot be what its path says."""


class TileRef(NamedTuple):
    """One tile, or, at level ENTRIES, one entry bundle."""

    level: int
    index: int  # type: ignore[assignment]  # the tile's, not tuple's method, which nobody asks a TileRef for
    width: int = WIDTH

    @property
    def path(self) -> str:
        if self.level == ENTRIES:
            return entries_path(self.index, self.width)
        return tile_path(self.level, self.index, self.width)


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """`tile/0/x001/x234/067`, with `.p/5` if partial. Raises ValueError for what no tree has."""
    if not 0 <= level <= 63:
        raise ValueError("tiles have levels 0 to 63")
    return f"tile/{level}/{_number(index)}{_suffix(width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """`tile/entries/x001/x234/067`, with `.p/5` if partial."""
    return f"tile/entries/{_number(index)}{_suffix(width)}"


def parse_path(path: str) -> TileRef | None:
    """What a path names; None unless it is written exactly as `tile_path` or `entries_path` would."""
    found = _PATH.fullmatch(path)
    if found is None or len(path) > 64:
        return None
    level, groups, width = found.groups()
    ref = TileRef(
        ENTRIES if level == "entries" else int(level),
        int(groups.replace("x", "").replace("/", "")),
        int(width) if width else WIDTH,
    )
    if ref.level > 63 or (width and ref.width >= WIDTH) or ref.index > MAX_SIZE:
        return None
    return ref if ref.path == path else None


def partial_width(level: int, size: int) -> int:
    """How many hashes the last tile of a level has beyond its full ones; 0 if it has none."""
    return (size >> (TILE_HEIGHT * level)) % WIDTH


def tiles_for(size: int) -> Iterator[TileRef]:
    """Every tile of a tree, full and partial, level by level. Its bundles have the places of level 0."""
    return new_tiles(0, size)


def new_tiles(old: int, size: int) -> Iterator[TileRef]:
    """The tiles that a tree of `size` leaves has and its beginning of `old` leaves had not."""
    level = 0
    while count := size >> (TILE_HEIGHT * level):
        had = old >> (TILE_HEIGHT * level)
        if count > had:
            for index in range(had // WIDTH, count // WIDTH):
                yield TileRef(level, index)
            if count % WIDTH:
                yield TileRef(level, count // WIDTH, count % WIDTH)
        level += 1


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries, each after its length in two bytes. Raises TileInvalid for one that is too long."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise TileInvalid("entry_too_long", str(len(entry)))
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle. Raises TileInvalid if they are fewer, more, or cut off."""
    entries: list[bytes] = []
    at = 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise TileInvalid("truncated", f"after {len(entries)} entries")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise TileInvalid("too_long", f"{len(data) - at} bytes after {width} entries")
    return entries


def decode_tile(data: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile. Raises TileInvalid if its length says otherwise."""
    if len(data) != width * HASH:
        raise TileInvalid("truncated" if len(data) < width * HASH else "too_long", f"{len(data)} bytes")
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def reader_of(fetch: Fetch, size: int) -> HashReader:
    """Read the hashes of a tree of `size` leaves from its tiles; each is fetched once.

    Hashes between the tiles' levels are computed. Nothing is checked but lengths: whoever does not trust
    the tiles compares the root.
    """
    fetched: dict[tuple[int, int], list[bytes]] = {}

    def read(level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, TILE_HEIGHT)
        if (index + 1) << level > size:
            raise ValueError("no such complete subtree in a tree of this size")
        tile, start = divmod(index << inner, WIDTH)
        if (tile_level, tile) not in fetched:
            whole = (tile + 1) << (TILE_HEIGHT * (tile_level + 1)) <= size
            width = WIDTH if whole else partial_width(tile_level, size)
            fetched[tile_level, tile] = decode_tile(fetch(tile_level, tile, width), width)
        return _top(fetched[tile_level, tile][start : start + (1 << inner)])

    return read


def _top(hashes: Sequence[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def _number(index: int) -> str:
    if index < 0:
        raise ValueError("tiles are counted from 0")
    digits = str(index)
    digits = digits.zfill(len(digits) + -len(digits) % 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _suffix(width: int) -> str:
    if not 1 <= width <= WIDTH:
        raise ValueError("a tile has 1 to 256 hashes")
    return "" if width == WIDTH else f".p/{width}"
