"""Small trees and logs for the tests of the record's pure modules."""

from __future__ import annotations

import hashlib
from functools import cache

from answerable.record.checkpoints import Checkpoint
from answerable.record.merkle import EMPTY_ROOT, HashReader, inclusion_path, leaf_hash, node_hash, root_at
from answerable.record.notes import Signer, sign
from answerable.record.openings import OpenedAct
from answerable.record.proofs import TlogProof

ORIGIN = "town.example/record"
LOG = Signer(ORIGIN, bytes(32))


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(b"entry %d" % number) for number in range(size)]


def reader(leaves: list[bytes]) -> HashReader:
    @cache
    def read(level: int, index: int) -> bytes:
        assert (index + 1) << level <= len(leaves), "reads beyond the tree"
        if level == 0:
            return leaves[index]
        return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return read


def slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


def receipt(opened: OpenedAct, index: int, size: int, *signers: Signer, extra: bytes = b"") -> TlogProof:
    """A receipt of this act at `index` in a log of `size` leaves, signed by LOG unless told otherwise."""
    leaves = leaves_of(size)
    leaves[index] = opened.leaf
    read = reader(leaves)
    note = sign(Checkpoint(ORIGIN, size, root_at(size, read)).body(), *(signers or (LOG,)))
    return TlogProof(index, tuple(inclusion_path(index, size, read)), note, extra)
