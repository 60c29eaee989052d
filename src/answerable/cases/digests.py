"""How words enter the record: as a digest inside the salted commitment, never as text."""

from __future__ import annotations

import hashlib


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 text, in hex. The act's salt keeps it from being guessed."""
    return hashlib.sha256(text.encode()).hexdigest()
