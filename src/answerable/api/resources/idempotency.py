"""Every POST carries a key of its own, so that trying again does nothing twice."""

from __future__ import annotations

import re

from answerable.api.faults import Rejected
from answerable.api.models import ApiClient

PATTERN = r"^[\x21-\x7e]{8,200}$"
_KEY = re.compile(PATTERN)


def submission_of(client: ApiClient, idempotency_key: str) -> bytes:
    """What a resend repeats, apart for each system. Raises Rejected (idempotency_missing, idempotency_malformed)."""
    if not idempotency_key:
        raise Rejected("idempotency_missing", 400)
    if not _KEY.match(idempotency_key):
        raise Rejected("idempotency_malformed", 400)
    return b"api\0" + client.pk.bytes + b"\0" + idempotency_key.encode()
