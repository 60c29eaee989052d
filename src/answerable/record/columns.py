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
        "entry": (NOBODY, "the digest that goes into the log, whatever happens to the opening"),
    },
    "Log": {
        "epoch": (NOBODY, "to name the row"),
        "origin": (NOBODY, "the log's name in its checkpoints"),
        "size": (NOBODY, "how many leaves there are"),
        "padded": (NOBODY, "up to where dummies were filled in"),
        "root": (NOBODY, "the digest over all leaves"),
        "seed": (NOBODY, "what the salts of dummies come from, so that an auditor can open them"),
        "started_at": (NOBODY, "since when"),
        "ended_at": (NOBODY, "until when"),
        "fault": (NOBODY, "why the log stands still"),
    },
    "LogKey": {
        "id": (NOBODY, "to name the row"),
        "epoch": (NOBODY, "whose key it is"),
        "public": (NOBODY, "what signatures are checked with"),
        "is_for_promises": (NOBODY, "which of the two kinds of signatures it makes"),
        "from_size": (NOBODY, "from where on it signs"),
        "until_size": (NOBODY, "up to where it signs"),
    },
    "Entry": {
        "epoch": (NOBODY, "which log it is in"),
        "idx": (NOBODY, "its place there"),
        "act_id": (NOBODY, "which act it commits to; none for a dummy"),
        "entry": (NOBODY, "the digest; public"),
    },
    "Tile": {
        "epoch": (NOBODY, "which log it is of"),
        "level": (NOBODY, "how far above the leaves"),
        "idx": (NOBODY, "its place in the level"),
        "hashes": (NOBODY, "the digests; public"),
    },
    "Checkpoint": {
        "epoch": (NOBODY, "which log it is of"),
        "size": (NOBODY, "how many leaves it covers"),
        "note": (NOBODY, "the signed head; public"),
        "made_at": (NOBODY, "when it was signed"),
        "published_at": (NOBODY, "from when on everybody may fetch it"),
    },
    "Cosignature": {
        "epoch": (NOBODY, "which log the checkpoint is of"),
        "size": (NOBODY, "which checkpoint"),
        "witness": (NOBODY, "which body outside has seen it"),
        "line": (NOBODY, "its signature; public"),
    },
    "Witness": {
        "epoch": (NOBODY, "which log it watches"),
        "vkey": (NOBODY, "the public key of the body that watches"),
        "size": (NOBODY, "up to where it has seen the log"),
        "asked_at": (NOBODY, "when it was asked last"),
        "cosigned_at": (NOBODY, "when it cosigned last"),
        "fault": (NOBODY, "why it did not"),
        "contradiction": (NOBODY, "what it holds against the log"),
    },
    "Anchor": {
        "epoch": (NOBODY, "which log the checkpoint is of"),
        "size": (NOBODY, "which checkpoint"),
        "stamped_at": (NOBODY, "when, by the authority's clock"),
        "made_at": (NOBODY, "when, by the database's clock"),
        "token": (NOBODY, "the authority's answer; public"),
    },
}
