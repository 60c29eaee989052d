"""How many dummies go with the acts of a publication, so that a quiet town's counter is not told by it. Pure.

The arithmetic is in ADR 0040.
"""

from __future__ import annotations

from collections.abc import Callable

#: No publication adds fewer leaves than this.
LEAST = 4
#: The chance that one more dummy is added, again and again: on average 7/3 a publication.
AGAIN = 0.7


def noise(coin: Callable[[], float]) -> int:
    """Dummies that stand for nobody: none with a chance of 3 in 10, more than four with one of 1 in 6."""
    count = 0
    while coin() < AGAIN:
        count += 1
    return count


def rounded(leaves: int) -> int:
    """So many leaves a publication adds in the end: the next power of two, at least four."""
    return max(LEAST, 1 << (leaves - 1).bit_length()) if leaves else LEAST
