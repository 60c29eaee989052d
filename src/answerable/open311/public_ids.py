"""The public name of a case and of an act: the same each time, and nothing can be read from it.

One AES block under a key of the key file: nobody outside can tell when a case was registered (its own id begins with
the time), how many there are, or which receipt code belongs to it; and no table of names has to be kept.
"""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from answerable.parties import keys

CASES, ACTS = "open311 public ids of cases", "open311 public ids of acts"
LENGTH = 26


def _cipher(purpose: str) -> Cipher[modes.ECB]:
    # A single block that is an id already: no mode to choose, nothing repeats.
    return Cipher(algorithms.AES256(keys.derived(purpose)), modes.ECB())  # noqa: S305


def _named(block: bytes, purpose: str) -> str:
    hidden = _cipher(purpose).encryptor().update(block)
    return base64.b32encode(hidden).decode().rstrip("=").lower()


def of_case(case_id: UUID) -> str:
    """26 letters and digits."""
    return _named(case_id.bytes, CASES)


def of_act(act_id: int) -> str:
    return _named(act_id.to_bytes(16, "big"), ACTS)


def case_named(public: str) -> UUID | None:
    """The id behind a public name; None for what can be none. Whether there is such a case is another question."""
    if len(public) != LENGTH or not public.isascii():
        return None
    try:
        hidden = base64.b32decode(public.upper() + "======")
    except binascii.Error:
        return None
    found = UUID(bytes=_cipher(CASES).decryptor().update(hidden))
    return found if of_case(found) == public.lower() else None
