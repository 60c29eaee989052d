"""A slow walk over the whole log: damage is found while backups from before it still exist, not when a court asks."""

from __future__ import annotations

import random
from dataclasses import dataclass

from answerable.record import proving, sequencer, storage
from answerable.record.tiles import WIDTH

#: Lowest tiles a turn; at one turn each half minute, three million leaves a day.
TILES = 4


@dataclass
class _Walk:
    """Where this process is; it begins anywhere, so that several of them do not walk side by side."""

    at: int = -1


_walk = _Walk()


def scrub_some() -> int:
    """A turn of the worker: look at the next few tiles, and at those above them. Damage stops the log."""
    sequencer.watched(_scrub_some)
    return 0


def _scrub_some() -> int:
    log = storage.head()
    if log is None or log.fault is not None or not log.size:
        return 0
    count = -(-log.size // WIDTH)
    if _walk.at < 0:
        _walk.at = random.randrange(count)  # noqa: S311 - where to begin is no secret
    for _ in range(min(TILES, count)):
        scrub_tile(log, _walk.at % count)
        _walk.at = (_walk.at + 1) % count
    return count


def scrub_tile(log: storage.Head, index: int) -> None:
    """One lowest tile with its entries, and each tile above whose last child it is. Raises LogStopped."""
    level = 0
    while True:
        proving.check_tile(log, level, index, log.size)
        is_last = (index + 1) * WIDTH ** (level + 1) >= log.size
        if (index + 1) % WIDTH and not is_last:
            return
        level, index = level + 1, index // WIDTH
        if not log.size // WIDTH**level:
            return


def scrub_all(log: storage.Head) -> None:
    """The whole log. Raises LogStopped at the first damage."""
    for index in range(-(-log.size // WIDTH)):
        scrub_tile(log, index)
