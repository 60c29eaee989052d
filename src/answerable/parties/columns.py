"""Whose data each column of parties is, and what for (rights: the column register).

Identities and channels, apart from cases and from each other.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, PERSON, Register

COLUMNS: Register = {
    "Party": {
        "id": (PERSON, "to name the row; of one case alone"),
        "case_id": (PERSON, "the one case it belongs to"),
        "role": (PERSON, "whether they speak for themselves or for another"),
        "is_confidential": (PERSON, "whether they asked that their name be sealed"),
        "sealed": (PERSON, "name and letter address, under a key of its own"),
        "erased_at": (PERSON, "that it was destroyed"),
    },
    "Channel": {
        "id": (PERSON, "to name the row; of one case alone"),
        "case_id": (PERSON, "the one case it belongs to"),
        "kind": (PERSON, "the way they chose"),
        "sealed": (PERSON, "the address they chose, opened by the sender alone"),
        "dropped_at": (PERSON, "that they dropped it"),
    },
    "DataKey": {
        "owner": (PERSON, "which row it opens"),
        "case_id": (PERSON, "what erasure destroys together"),
        "wrapped": (PERSON, "the row's key, locked by the key file"),
    },
    "Tombstone": {
        "case_id": (NOBODY, "which case a restored backup has to erase again"),
        "erased_at": (NOBODY, "since when"),
    },
    "KnownKey": {
        "version": (NOBODY, "which key of the key file"),
        "mark": (NOBODY, "to notice another installation's file"),
    },
}
