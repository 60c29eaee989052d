"""Whose data each column of core is, and what for (rights: the column register).

Hourly keys of rate limits, dropped whole every hour.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, Register

COLUMNS: Register = {
    "RateKey": {
        "hour": (NOBODY, "which hour the key belongs to"),
        "key": (NOBODY, "to scramble sources for this hour alone"),
    },
    "RateCount": {
        "digest": (NOBODY, "a scrambled source that nobody can turn back once the hour's key is gone"),
        "times": (NOBODY, "to hold back guessing"),
    },
}
