"""Signed requests between programs: `Answerable-Signature: t=<Unix seconds>,v1=<hex>`. Pure: no Django, no clock.

HMAC-SHA256 under the shared key of `<seconds>.<body>`: what we send is signed so, and what comes back.
"""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "Answerable-Signature"
#: A signature counts for so long before and after its instant: clocks differ, and networks repeat.
COUNTS_FOR_S = 300
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(key: str, at: int, body: bytes) -> str:
    """The value of the header for a body that goes out at `at` (Unix seconds)."""
    made = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def is_genuine(header: str, *, key: str, body: bytes, at: float) -> bool:
    """Whether `header` signs this body under `key`, close enough to `at`. Never true without a key."""
    found = _FORM.fullmatch(header.strip())
    if found is None or not key or abs(at - int(found[1])) > COUNTS_FOR_S:
        return False
    return hmac.compare_digest(signature(key, int(found[1]), body), found[0])
