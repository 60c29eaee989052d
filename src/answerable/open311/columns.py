"""Whose data each column of this room is, and what for (rights: the column register)."""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, Register

COLUMNS: Register = {
    "Open311Key": {
        "id": (NOBODY, "to name the row"),
        "authority_id": (OFFICE, "for which body"),
        "name": (OFFICE, "which program"),
        "key_digest": (OFFICE, "to know its key without storing it"),
        "issued_at": (OFFICE, "since when"),
        "revoked_at": (OFFICE, "until when"),
    },
}
