"""A log of about a million entries, made in a second or two, and every smaller log that is its beginning."""

from __future__ import annotations

import hashlib
import random

from answerable.record import checkpoints, cosignatures, notes, tiles
from answerable.record.merkle import HashReader, root_at
from answerable.record.tests.trees import LOG, ORIGIN

MILLION = random.Random(6962).randrange(1_000_000, 1 << 20)
SIZES = (1, 2, 255, 256, 257, 65_535, 65_536, 65_537, MILLION)
WITNESS = cosignatures.cosigner("witness.example/w1", b"\x02" * 32)
COSIGNED_AT = 1_700_000_000


def entry_of(index: int) -> bytes:
    """As long as ours, and as dull."""
    return b"\x01" + index.to_bytes(32, "big")


class BigLog:
    """Serves the tiles of the log's first `size` entries, by path, as a static file server would."""

    def __init__(self, levels: list[bytes], size: int) -> None:
        self._levels = levels
        self.size = size
        self.changed: dict[str, bytes] = {}

    @classmethod
    def of(cls, size: int) -> BigLog:
        sha256 = hashlib.sha256
        hashes = [sha256(b"\x00" + entry_of(index)).digest() for index in range(size)]
        levels = []
        while hashes:
            levels.append(b"".join(hashes))
            for _ in range(tiles.TILE_HEIGHT):
                pairs = zip(hashes[::2], hashes[1::2], strict=False)
                hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        return cls(levels, size)

    def first(self, size: int) -> BigLog:
        """The same log when it was smaller."""
        return BigLog(self._levels, size)

    def fetch(self, level: int, index: int, width: int) -> bytes:
        if level == tiles.ENTRIES:
            data = tiles.encode_bundle(entry_of(index * 256 + at) for at in range(width))
        else:
            start = index * 256 * 32
            data = self._levels[level][start : start + width * 32]
        path = tiles.TileRef(level, index, width).path
        return self.changed.get(path, data)

    def get(self, *parts: str) -> bytes | None:
        """The file at this path, or None: only what a log of this size has."""
        if parts == ("checkpoint",):
            return self.changed.get("checkpoint", self.checkpoint)
        ref = tiles.parse_path("/".join(parts))
        if ref is None:
            return None
        level = max(ref.level, 0)
        if ref.index * 256 + ref.width > self.size >> (8 * level):
            return None
        return self.fetch(*ref)

    @property
    def read(self) -> HashReader:
        return tiles.reader_of(self.fetch, self.size)

    @property
    def root(self) -> bytes:
        return root_at(self.size, self.read)

    @property
    def checkpoint(self) -> bytes:
        body = checkpoints.Checkpoint(ORIGIN, self.size, self.root).body()
        line = cosignatures.cosign(body, WITNESS, time=COSIGNED_AT)
        return notes.sign(body, LOG) + str(line).encode()

    def some(self) -> list[int]:
        """The corners of the tree, and a few places within."""
        within = random.Random(self.size).sample(range(self.size), min(3, self.size))
        return sorted({0, self.size // 2, self.size - 1, *within})
