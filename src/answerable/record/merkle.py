"""What an act commits to. Pure: no Django, no clock (design/record: our entry)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

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
