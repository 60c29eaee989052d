"""A log made again from its entries, and compared with every tile and the signed head. No Django, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from answerable.record.checkpoints import Checkpoint
from answerable.record.growing import Grown, edge_of, grow
from answerable.record.merkle import leaf_hash, root_at
from answerable.record.openings import ENTRY_TYPE_TEXT
from answerable.record.tiles import (
    ENTRIES,
    HASH,
    TILE_HEIGHT,
    WIDTH,
    TileInvalid,
    TileRef,
    decode_bundle,
    partial_width,
    reader_of,
)
from answerable.record.watch.asking import CannotLook
from answerable.record.watch.misbehaved import Misbehaved
from answerable.record.watch.seen import Edge, Seen

CHUNK = 16 * WIDTH
MAX_BUNDLE = WIDTH * (2 + 0xFFFF)
Get = Callable[[str, int], bytes]  # path below the epoch's address, and how many bytes it may have


def rebuild(
    seen: Seen, head: Checkpoint, note: bytes, get: Get, *, shown: int | None = None
) -> tuple[Seen, list[tuple[int, bytes]]]:
    """Go on from `seen` to `head`, whose signature is known to be good; with the public entries between them.

    `shown`: the size of the newest head, where `head` is an older one: partial tiles are there for that one only.
    Raises Misbehaved with what is not as it must be, and CannotLook.
    """
    return _Rebuilding(seen, head, note, get, head.size if shown is None else shown).run()


def texts(low: int, high: int, size: int, get: Get) -> Iterator[tuple[int, bytes]]:
    """The public entries among low … high - 1 as they are served, unproved: where to look for a changed key."""
    for index in range(low // WIDTH, -(-high // WIDTH)):
        _path, entries = _bundle(index, size, get)
        for place, entry in enumerate(entries, start=index * WIDTH):
            if low <= place < high and entry[:1] == ENTRY_TYPE_TEXT:
                yield place, entry[1:]


class _Rebuilding:
    def __init__(self, seen: Seen, head: Checkpoint, note: bytes, get: Get, shown: int) -> None:
        self.seen, self.head, self.note, self.get, self.shown = seen, head, note, get, shown
        self.evidence = {"checkpoint.before": seen.note, "checkpoint.now": note}
        self.texts: list[tuple[int, bytes]] = []
        self.lie: tuple[str, bytes] | None = None  # the first tile that is not what the entries say
        self.other: int | None = None  # the first entry that is not what was seen before

    def run(self) -> tuple[Seen, list[tuple[int, bytes]]]:
        size, edge, root = self.seen.size, self.seen.edge, self.seen.root
        try:
            while size < self.head.size:
                end = min(self.head.size, (size // CHUNK + 1) * CHUNK)
                grown = grow(size, edge, self._leaves(size, end, edge))
                self._compare(grown.tiles, end)
                edge = _edge(end, edge, grown)
                size, root = end, grown.root
        except CannotLook as fault:
            raise self._of_a_log(fault) from None
        if root != self.head.root:
            raise self._explained()
        if self.other is not None:
            raise self._fault("entry_rewritten", origin=self.head.origin, index=self.other)
        if self.lie is not None:
            raise self._fault("tile_lies", path=self.lie[0])
        done = replace(self.seen, size=size, root=root, note=self.note, edge=edge)
        return done, self.texts

    def _leaves(self, size: int, end: int, edge: Edge) -> list[bytes]:
        """The leaf hashes size … end - 1 from the entries; those before them in the same bundle are as they were."""
        found = []
        for index in range(size // WIDTH, -(-end // WIDTH)):
            path, entries = self._entries(index)
            known = edge.get((0, index), b"")
            for place, entry in enumerate(entries[: end - index * WIDTH], start=index * WIDTH):
                self._require_ours(place, entry, path)
                leaf, at = leaf_hash(entry), (place % WIDTH) * HASH
                if place < size:
                    if leaf != known[at : at + HASH]:
                        self.other = place if self.other is None else self.other
                        self._keep(path, entry)
                    continue
                found.append(leaf)
                if entry[:1] == ENTRY_TYPE_TEXT:
                    self.texts.append((place, entry[1:]))
        return found

    def _entries(self, index: int) -> tuple[str, list[bytes]]:
        try:
            return _bundle(index, self.shown, self.get)
        except TileInvalid as error:
            raise self._fault("bundle_malformed", path=error.detail) from error

    def _require_ours(self, place: int, entry: bytes, path: str) -> None:
        if entry[:1] == b"\x01" and len(entry) == 33:
            return
        if entry[:1] == ENTRY_TYPE_TEXT and len(entry) > 1:
            try:
                entry.decode()
            except UnicodeDecodeError:
                pass
            else:
                return
        self._keep(path, entry)
        raise self._fault("entry_strange", index=place)

    def _compare(self, made: Mapping[tuple[int, int], bytes], size: int) -> None:
        """Full tiles as soon as they are full, partial ones of the newest head alone: those of others may be gone."""
        for (level, index), tile in made.items():
            if len(tile) == WIDTH * HASH or size == self.shown:
                ref = TileRef(level, index, len(tile) // HASH)
                served = _tile(ref, self.get)
                if served != tile and self.lie is None:
                    self.lie = (ref.path, served)
                    self._keep(ref.path, served)

    def _explained(self) -> Misbehaved:
        """Why the entries do not lead to the signed head: what do the tiles say?"""
        before, head = self.seen, self.head
        if before.size == head.size:
            return self._fault("forked", origin=head.origin, before=before.size)
        read = reader_of(self._shown_tile, head.size)
        try:
            if root_at(head.size, read) != head.root:
                return self._fault("unproved", origin=head.origin, now=head.size)
            if before.size and root_at(before.size, read) != before.root:
                return self._fault("forked", origin=head.origin, before=before.size)
        except TileInvalid:
            return self._fault("unproved", origin=head.origin, now=head.size)
        except CannotLook as fault:
            return self._of_a_log(fault)
        return self._fault("entries_lie", path=self.lie[0] if self.lie else "tile/entries")

    def _shown_tile(self, level: int, index: int, width: int) -> bytes:
        count = self.shown >> TILE_HEIGHT * level
        return _tile(TileRef(level, index, min(WIDTH, count - index * WIDTH)), self.get)[: width * HASH]

    def _of_a_log(self, fault: CannotLook) -> Misbehaved:
        """A log that signed a head must show what is under it; a machine that is away may come back."""
        path = str(fault.facts.get("url", ""))
        if fault.code == "missing":
            return self._fault("missing", origin=self.head.origin, now=self.head.size, path=path)
        if fault.code == "endless":
            return self._fault("too_long", path=path)
        raise fault

    def _keep(self, path: str, content: bytes) -> None:
        self.evidence.setdefault(path.replace("/", "-"), content)

    def _fault(self, code: str, **facts: object) -> Misbehaved:
        return Misbehaved(code, self.evidence, **facts)


def _edge(size: int, before: Edge, grown: Grown) -> Edge:
    known = {**before, **grown.tiles}
    return {(level, at): known[level, at][: partial_width(level, size) * HASH] for level, at in edge_of(size)}


def _bundle(index: int, size: int, get: Get) -> tuple[str, list[bytes]]:
    """The entries of a bundle as it is in a tree of that size. Raises TileInvalid with its path, and CannotLook."""
    ref = TileRef(ENTRIES, index, min(WIDTH, size - index * WIDTH))
    try:
        data, width = get(ref.path, MAX_BUNDLE), ref.width
    except CannotLook as fault:
        if fault.code != "missing" or ref.width == WIDTH:
            raise
        data, width = get(ref._replace(width=WIDTH).path, MAX_BUNDLE), WIDTH  # it has become full meanwhile
    try:
        return ref.path, decode_bundle(data, width)[: ref.width]
    except TileInvalid as error:
        raise TileInvalid(error.code, ref.path) from error


def _tile(ref: TileRef, get: Get) -> bytes:
    try:
        return get(ref.path, ref.width * HASH)
    except CannotLook as fault:
        if fault.code != "missing" or ref.width == WIDTH:
            raise
        return get(ref._replace(width=WIDTH).path, WIDTH * HASH)[: ref.width * HASH]
