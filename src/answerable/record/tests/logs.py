"""A whole log of one's own making in a folder, for what watches logs from outside."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from answerable.record.checkpoints import Checkpoint
from answerable.record.growing import grow
from answerable.record.merkle import consistency_path, leaf_hash, root_of
from answerable.record.notes import Signer, sign
from answerable.record.tests.trees import reader
from answerable.record.tiles import HASH, WIDTH, encode_bundle, entries_path, tile_path

ORIGIN = "town.example/record"
LOG = Signer(ORIGIN, bytes(32))


def entry(number: int, mark: int = 0) -> bytes:
    return b"\x01" + leaf_hash(b"%d %d" % (mark, number))


def text(words: str) -> bytes:
    return b"\x02" + words.encode()


class MadeLog:
    """Grows, forks and lies as it is told."""

    def __init__(self, folder: Path, signer: Signer = LOG) -> None:
        self.folder, self.signer = folder, signer
        self.entries: list[bytes] = []
        folder.mkdir(parents=True, exist_ok=True)

    def grow_to(self, size: int, *, mark: int = 0) -> MadeLog:
        self.entries += [entry(number, mark) for number in range(len(self.entries), size)]
        return self.publish()

    def add(self, *entries: bytes) -> MadeLog:
        self.entries += entries
        return self.publish()

    def publish(self, *signers: Signer) -> MadeLog:
        """Write every file anew, as the entries are now; partial tiles go when they are full."""
        size = len(self.entries)
        leaves = [leaf_hash(one) for one in self.entries]
        grown = grow(0, {}, leaves)
        for (level, index), tile in grown.tiles.items():
            self.write(tile_path(level, index, len(tile) // HASH), tile)
        for index in range(-(-size // WIDTH)):
            part = self.entries[index * WIDTH : (index + 1) * WIDTH]
            self.write(entries_path(index, len(part)), encode_bundle(part))
        self.write("checkpoint", self.note(*signers))
        return self

    def note(self, *signers: Signer) -> bytes:
        body = Checkpoint(self.signer.key.name, len(self.entries), self.root()).body()
        return sign(body, *(signers or (self.signer,)))

    def root(self, size: int | None = None) -> bytes:
        return root_of([leaf_hash(one) for one in self.entries][:size])

    def proof(self, old: int) -> Sequence[bytes]:
        leaves = [leaf_hash(one) for one in self.entries]
        return consistency_path(old, len(leaves), reader(leaves))

    def write(self, path: str, content: bytes) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        shutil.rmtree(place.with_name(f"{place.name}.p"), ignore_errors=True)

    def flip(self, path: str, at: int = 0) -> None:
        place = self.folder / path
        content = bytearray(place.read_bytes())
        content[at] ^= 1
        place.write_bytes(bytes(content))
