"""The code that is sent to a way and typed in again: derived, so that no table holds it before it is sent."""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime

from answerable.alerts.contacts.rules import CODE_DIGITS
from answerable.alerts.models import ContactPoint
from answerable.parties import keys


def code_for(contact: ContactPoint) -> str:
    """Six digits for this way, from the instant until which they count: a new instant, a new code."""
    assert contact.code_until is not None
    number = int.from_bytes(_derived("code", contact.pk, contact.code_until)[:8])
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def digest_of(contact: ContactPoint, typed: str) -> bytes:
    """What the table keeps of the code, and what a typed one is compared by."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", typed) if sign.isdigit())
    return hmac.digest(
        keys.derived("codes for contacts of staff"), f"typed:{contact.pk}:{digits}".encode(), "sha256"
    )


def is_right(contact: ContactPoint, typed: str) -> bool:
    kept = bytes(contact.code_digest or b"")
    return bool(kept) and hmac.compare_digest(kept, digest_of(contact, typed))


def _derived(what: str, pk: int, until: datetime) -> bytes:
    message = f"{what}:{pk}:{until.timestamp():.6f}".encode()
    return hmac.digest(keys.derived("codes for contacts of staff"), message, "sha256")
