"""What waits on a telephone is sealed to the office there, as the counter's matters are, and opened here alone."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from answerable.cases.counter import sealing
from answerable.cases.counter.sealing import CannotOpenSealed, Purpose

FIELD = Purpose("entries written in the field without a network", b"answerable/field/v1")


def public_key(purpose: Purpose = FIELD) -> str:
    return sealing.public_key(purpose)


def open_sealed(sealed: Any, bound: str, purpose: Purpose = FIELD) -> dict[str, Any]:
    """What was written under this id. Raises CannotOpenSealed."""
    return sealing.open_sealed(sealed if isinstance(sealed, dict) else {}, bound, purpose)


def open_photo(
    key: str, iv: str, data: bytes, bound: str, purpose: Purpose = FIELD
) -> tuple[dict[str, Any], bytes]:
    """What goes with a photograph, and the photograph: 4 bytes that say how long the JSON is, the JSON, the picture."""
    try:
        point, nonce = base64.b64decode(key, validate=True), base64.b64decode(iv, validate=True)
    except (ValueError, binascii.Error):
        raise CannotOpenSealed("damaged") from None
    whole = sealing.open_bytes(point, nonce, data, bound, purpose)
    length = int.from_bytes(whole[:4], "big")
    try:
        about = json.loads(whole[4 : 4 + length])
    except (ValueError, RecursionError):
        raise CannotOpenSealed("damaged") from None
    if not isinstance(about, dict):
        raise CannotOpenSealed("damaged")
    return about, whole[4 + length :]
