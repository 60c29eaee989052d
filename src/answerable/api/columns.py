"""Whose data each column of api is, and what for (rights: the column register).

Other systems that bring matters.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, Register

COLUMNS: Register = {
    "ApiClient": {
        "id": (NOBODY, "to name the row"),
        "authority_id": (OFFICE, "for which body"),
        "name": (OFFICE, "which system"),
        "key_digest": (OFFICE, "to know its key without storing it"),
        "issued_at": (OFFICE, "since when"),
        "revoked_at": (OFFICE, "until when"),
    },
}
