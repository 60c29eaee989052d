"""Sealing one person's data under that person's own key. Pure: no Django, no clock, no I/O.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A data key seals a few dozen values in its
life, so random nonces are far from their bound of 2^32.

A sealed value is `01 | nonce[12] | ciphertext | tag[16]`. What it belongs to (table, column, row) is
authenticated, not stored: a value copied to another row or column does not open there.
"""

from __future__ import annotations

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from answerable.core.sentences import N_, Said

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
FORMAT = 1
#: Sealed JSON is filled up to whole blocks, so that its length does not tell which fields are there.
BLOCK = 256


class CannotOpen(Said):
    """A sealed value does not open: codes `damaged`, `unknown_format` and `no_data_key`."""

    sentences = {
        "damaged": N_(
            "This sealed entry does not open: it was changed, belongs to another row, or was sealed with "
            "another key. Nothing was shown. Restore the row from a backup, or ask the person again."
        ),
        "unknown_format": N_(
            "This sealed entry is in a form that this version of Answerable does not know. "
            "Start the version that wrote it, or a newer one."
        ),
        "no_data_key": N_(
            "This identity cannot be opened: its data key was not restored with the backup. "
            "The case itself can be worked on as before."
        ),
    }


def new_data_key() -> bytes:
    """A fresh 256-bit key for one person, from the operating system's generator."""
    return os.urandom(KEY_BYTES)


def bind(table: str, column: str, row: object) -> bytes:
    """What a sealed value belongs to, as additional authenticated data.

    Each part is preceded by its length, so that no two different triples give the same bytes.
    """
    parts = (b"answerable/sealed/v1", table.encode(), column.encode(), str(row).encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def seal(data_key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Seal `plaintext` under `data_key` (32 bytes); `aad` comes from `bind`."""
    head = bytes([FORMAT])
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + _cipher(data_key).encrypt(nonce, plaintext, head + aad)


def open_(data_key: bytes, blob: bytes, aad: bytes) -> bytes:
    """The plaintext of `blob`. Raises `CannotOpen` when a bit of blob, aad or key differs."""
    blob = bytes(blob)
    if len(blob) < 1 + NONCE_BYTES + TAG_BYTES:
        raise CannotOpen("damaged")
    if blob[0] != FORMAT:
        raise CannotOpen("unknown_format")
    nonce, body = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    try:
        return _cipher(data_key).decrypt(nonce, body, blob[:1] + aad)
    except InvalidTag:
        raise CannotOpen("damaged") from None


def seal_json(data_key: bytes, value: Any, aad: bytes) -> bytes:
    """Seal a JSON value, filled with spaces to a multiple of 256 bytes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return seal(data_key, text + b" " * (-len(text) % BLOCK), aad)


def open_json(data_key: bytes, blob: bytes, aad: bytes) -> Any:
    """The JSON value sealed by `seal_json`. Raises `CannotOpen`."""
    return json.loads(open_(data_key, blob, aad))


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes, not {len(key)}")
    return AESGCM(key)
