"""What must hold of the public log whenever it is looked at. Plain SQL and RFC 6962 as it is written, apart from our code."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


@dataclass
class Watcher:
    """Remembers every checkpoint that it was given, as a monitor does."""

    seen: dict[int, bytes] = field(default_factory=dict)

    def look(self) -> None:
        """Take down what is published. It must never disappear, or say something else for the same size."""
        found = dict(_rows("SELECT size, note FROM record_checkpoint WHERE published_at IS NOT NULL"))
        for size, note in self.seen.items():
            assert found.get(size) == note, f"the checkpoint of {size} is gone or another one"
        self.seen |= found


def assert_log(watcher: Watcher, guard: Path | None = None) -> list[bytes]:
    """No gap, no duplicate, every published checkpoint and what the guard names is a prefix; the leaves."""
    watcher.look()
    # In one statement: what a killed worker had under way may still come in between two.
    found = _rows(
        "SELECT idx, entry, act_id, size, root FROM record_log FULL JOIN record_entry ON TRUE ORDER BY idx"
    )
    rows = [row[:3] for row in found if row[0] is not None]
    assert [index for index, _entry, _act in rows] == list(range(len(rows))), "a gap"
    acts = [act for _index, _entry, act in rows if act is not None]
    assert len(acts) == len(set(acts)), "a duplicate"
    leaves = [hashlib.sha256(b"\x00" + bytes(entry)).digest() for _index, entry, _act in rows]
    stood = {(size, bytes(root)) for *_entry, size, root in found if size is not None}
    if stood:
        ((size, root),) = stood
        assert (size, root) == (len(leaves), mth(leaves)), "the head"
    for size, note in watcher.seen.items():
        _origin, told, root64 = bytes(note).decode().split("\n")[:3]
        assert int(told) == size
        assert base64.b64decode(root64) == mth(leaves[:size]), f"the checkpoint of {size} is no prefix"
    if guard is not None and guard.exists():
        for line in guard.read_text().split("\n")[:-1]:
            _epoch, _origin, size, root64 = line.split(" ")
            assert base64.b64decode(root64) == mth(leaves[: int(size)]), "what was signed is not there"
    return leaves


def acts_in_log() -> set[int]:
    return {act for (act,) in _rows("SELECT act_id FROM record_entry WHERE act_id IS NOT NULL")}


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
