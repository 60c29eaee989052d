"""The few encodings that all formats of the log share, read strictly: one way to write each value. Pure."""

from __future__ import annotations

import base64
import binascii
import re

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """The bytes, or None unless `text` is exactly what `to_base64` writes for them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data) == text else None


def from_decimal(text: str) -> int | None:
    """A count or index below 2**63 without sign or superfluous zeros, or None."""
    number = int(text) if _DECIMAL.fullmatch(text) else None
    return number if number is not None and number < 2**63 else None
