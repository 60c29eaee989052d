"""Leaves that stand for nobody. They look like any act's, and an auditor can have each one opened. Pure.

Their salts come from the log's seed, so nothing is stored for them but their place.
"""

from __future__ import annotations

import hmac

from answerable.record.merkle import entry, record_bytes


def dummy_opening(seed: bytes, epoch: int, index: int) -> tuple[bytes, bytes]:
    """Salt and record of the dummy at this place of the log."""
    place = f"answerable/dummy/v1\0{epoch}/{index}".encode()
    return hmac.digest(seed, place, "sha256"), record_bytes({"v": 1, "act": "record.dummy"})


def dummy_entry(seed: bytes, epoch: int, index: int) -> bytes:
    """33 bytes, as an act's."""
    return entry(*dummy_opening(seed, epoch, index))
