"""Whose data each column of record is, and what for (rights: the column register).

Acts and what proves them.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, Register

COLUMNS: Register = {
    "Matter": {
        "id": (NOBODY, "to name the chain; a case's own id, or one derived for an authority"),
        "seq": (NOBODY, "to put acts in order"),
        "leaf": (NOBODY, "to chain each act to the one before"),
        "at": (NOBODY, "so that time never runs backwards"),
    },
    "Act": {
        "id": (NOBODY, "to name the row"),
        "matter_id": (NOBODY, "which chain it belongs to"),
        "seq": (NOBODY, "its place in the chain"),
        "kind": (OFFICE, "what was done"),
        "recorded_at": (OFFICE, "when, by the database's clock"),
        "happened_at": (OFFICE, "when it is claimed to have happened"),
        "actor_kind": (OFFICE, "which side acted"),
        "post_id": (OFFICE, "under which post it was done"),
        "leaf": (NOBODY, "the digest that proves it"),
    },
    "Opening": {
        "act_id": (NOBODY, "which act it opens"),
        "salt": (NOBODY, "so that nobody can guess what was committed to"),
        "body": (
            OFFICE,
            "the verbatim record: ids, digests of words, reasons; no identity and no words of a person",
        ),
    },
    "Outbox": {
        "act_id": (NOBODY, "which act still waits for its reactions"),
        "tries": (NOBODY, "to wait longer after each failure"),
        "not_before": (NOBODY, "when to try again"),
    },
    "Pending": {
        "act_id": (NOBODY, "which act waits for the log"),
    },
}
