"""Which leaves an auditor looks at: drawn from their own number, so that anybody draws the same again. Pure."""

from __future__ import annotations

import hashlib
import re

from answerable.core.sentences import N_, Said

MOST = 100
_WORD = b"answerable/sample/v1\0"


class CannotSample(Said):
    """No sample can be drawn like that."""

    sentences = {
        "no_number": N_("Type a number of your own to draw with, or the entries that you want to see."),
        "not_entries": N_("Entries are whole numbers from 1 to %(size)s, with commas between them."),
        "too_many": N_("At most %(most)s entries at a time."),
    }


def drawn(number: str, size: int, count: int) -> list[int]:
    """`count` different indexes below `size`, in their order.

    Index k of the draw is SHA-256("answerable/sample/v1" 00 number 00 size 00 k) modulo size; one that came
    before is passed over. The number is chosen by whoever audits, so the office cannot know the sample before.
    """
    found: set[int] = set()
    turn = 0
    while len(found) < min(count, size):
        seed = b"\0".join((number.encode(), str(size).encode(), str(turn).encode()))
        found.add(int.from_bytes(hashlib.sha256(_WORD + seed).digest()) % size)
        turn += 1
    return sorted(found)


def listed(text: str, size: int) -> list[int]:
    """The indexes of entries that were typed, counted from 1 as people do. Raises CannotSample."""
    words = [word for word in re.split(r"[\s,，、;；]+", text.strip()) if word]
    if not all(re.fullmatch(r"[1-9][0-9]{0,17}", word, re.ASCII) and int(word) <= size for word in words):
        raise CannotSample("not_entries", size=size)
    if len(set(words)) > MOST:
        raise CannotSample("too_many", most=MOST)
    return sorted({int(word) - 1 for word in words})
