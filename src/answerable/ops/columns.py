"""Whose data each column of ops is, and what for (rights: the column register).

The machinery.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, Register

COLUMNS: Register = {
    "Heartbeat": {
        "name": (NOBODY, "which process"),
        "beat_at": (NOBODY, "that it lives"),
    },
}
