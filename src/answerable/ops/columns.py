"""Whose data each column of ops is, and what for (rights: the column register).

The machinery.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, Register

COLUMNS: Register = {
    "Heartbeat": {
        "name": (NOBODY, "which process"),
        "beat_at": (NOBODY, "that it lives"),
    },
    "KeepingRun": {
        "name": (NOBODY, "which part of the worker"),
        "since": (NOBODY, "when it ran here first"),
        "ran_at": (NOBODY, "when it last did its work"),
        "failing_since": (NOBODY, "since when it does not"),
        "failed_at": (NOBODY, "when it last failed"),
        "failure": (NOBODY, "which kind of fault, never its words"),
    },
    "Destroyed": {
        "id": (NOBODY, "to name the row"),
        "kind": (NOBODY, "which kind of data"),
        "month": (NOBODY, "in which month"),
        "number": (NOBODY, "how much of it"),
    },
    "KeepingReport": {
        "month": (OFFICE, "on which month"),
        "made_at": (OFFICE, "when"),
        "body": (OFFICE, "numbers by kind, as they were recorded"),
    },
}
