"""Whose data each column of this room is, and what for (rights: the column register)."""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, Register

COLUMNS: Register = {
    "Imported": {
        "digest": (NOBODY, "to know a matter of another system again; tells nothing of it"),
        "case_id": (OFFICE, "which matter it became"),
        "at": (OFFICE, "when it was taken over"),
    },
}
