"""What an act commits to, and the tree over the entries (RFC 6962). Pure: no Django, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from answerable.record.invalid import Invalid

ENTRY_TYPE_ACT = b"\x01"
DOMAIN = b"answerable/act/v1\x00"


def record_bytes(fields: Mapping[str, Any]) -> bytes:
    """The act's final bytes: JSON, sorted keys, no spaces, UTF-8. Kept verbatim ever after."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry(salt: bytes, record: bytes) -> bytes:
    """The log entry, always 33 bytes: type 01, then SHA-256(domain ‖ salt[32] ‖ record).

    Raises ValueError unless the salt has 32 bytes.
    """
    if len(salt) != 32:
        raise ValueError("an act's salt has 32 bytes")
    return ENTRY_TYPE_ACT + hashlib.sha256(DOMAIN + salt + record).digest()


def leaf_hash(log_entry: bytes) -> bytes:
    """RFC 6962, section 2.1: SHA-256(00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + log_entry).digest()


# ---------------------------------------------------------------- the tree (RFC 6962, section 2.1)

EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = 2**63 - 1

# (level, index) -> the hash of the complete subtree of 2**level leaves at that index of its level
HashReader = Callable[[int, int], bytes]


class ProofInvalid(Invalid):
    """A proof that does not prove what it was brought for."""


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over these leaves. Keeps no more than one hash a level."""
    peaks: list[bytes] = []  # the roots of complete subtrees, largest first
    for count, leaf in enumerate(leaf_hashes):
        while count & 1:
            leaf = node_hash(peaks.pop(), leaf)
            count >>= 1
        peaks.append(leaf)
    return _folded(peaks)


def root_at(size: int, read: HashReader) -> bytes:
    """The root of the tree's first `size` leaves."""
    return _range(0, size, read) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, read: HashReader) -> list[bytes]:
    """What leads from a leaf to the root: its sibling first, the root's child last (2.1.1).

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high, read))
            high = middle
        else:
            path.append(_range(low, middle, read))
            low = middle
    return path[::-1]


def consistency_path(old: int, size: int, read: HashReader) -> list[bytes]:
    """What shows that the first `old` leaves of the tree are still its beginning (2.1.2); empty for old = 0.

    Raises ValueError unless 0 <= old <= size.
    """
    if not 0 <= old <= size:
        raise ValueError("a tree does not shrink")
    path: list[bytes] = []
    low, high = 0, size
    while old and low + old < high:
        middle = low + _split(high - low)
        if low + old <= middle:
            path.append(_range(middle, high, read))
            high = middle
        else:
            path.append(_range(low, middle, read))
            old -= middle - low
            low = middle
    if low:  # what is left is whole in the old tree, but is not all of it
        path.append(_range(low, high, read))
    return path[::-1]


def path_length(index: int, size: int) -> int:
    """How many hashes the inclusion path of this leaf has."""
    length, low, high = 0, 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        low, high = (low, middle) if index < middle else (middle, high)
        length += 1
    return length


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that leaf and path lead to. Raises ProofInvalid if the path has not this leaf's form."""
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofInvalid("index_outside", f"{index} of {size}")
    _whole_hashes([leaf, *path])
    if len(path) != path_length(index, size):
        raise ProofInvalid("path_length", str(len(path)))
    rest = list(path)

    def above(index: int, size: int) -> bytes:
        if size == 1:
            return leaf
        sibling, split = rest.pop(), _split(size)
        if index < split:
            return node_hash(above(index, split), sibling)
        return node_hash(sibling, above(index - split, size - split))

    return above(index, size)


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise ProofInvalid unless the leaf is at `index` of the tree of that size and root."""
    if root_from_inclusion(leaf, index, size, path) != root:
        raise ProofInvalid("not_in_tree")


def verify_consistency(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Raise ProofInvalid unless the tree of `old` leaves is the beginning of the tree of `size` leaves."""
    if not 0 <= old <= size <= MAX_SIZE:
        raise ProofInvalid("shrunk", f"{old} to {size}")
    _whole_hashes([old_root, root, *path])
    if old == 0:
        if path or old_root != EMPTY_ROOT or (size == 0 and root != EMPTY_ROOT):
            raise ProofInvalid("inconsistent")
        return
    rest = list(path)

    def both(old: int, size: int, *, all_of_it: bool) -> tuple[bytes, bytes]:
        """The old and the new root of a subtree, of which `old` leaves are in the old tree."""
        if old < size or not all_of_it:
            if not rest:
                raise ProofInvalid("path_length", str(len(path)))
            sibling = rest.pop()
        if old == size:
            return (old_root, old_root) if all_of_it else (sibling, sibling)
        split = _split(size)
        if old <= split:
            before, after = both(old, split, all_of_it=all_of_it)
            return before, node_hash(after, sibling)
        before, after = both(old - split, size - split, all_of_it=False)
        return node_hash(sibling, before), node_hash(sibling, after)

    if both(old, size, all_of_it=True) != (old_root, root):
        raise ProofInvalid("inconsistent")
    if rest:
        raise ProofInvalid("path_length", str(len(path)))


def _split(size: int) -> int:
    """The largest power of two below `size`: how many leaves are in the left subtree."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(low: int, high: int, read: HashReader) -> bytes:
    """The hash over leaves low … high - 1, a subtree of the tree, from complete subtrees."""
    peaks: list[bytes] = []
    while low < high:
        level = (high - low).bit_length() - 1
        peaks.append(read(level, low >> level))
        low += 1 << level
    return _folded(peaks)


def _folded(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for left in reversed(peaks[:-1]):
        root = node_hash(left, root)
    return root


def _whole_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(hash_) != 32 for hash_ in hashes):
        raise ProofInvalid("not_a_hash")
