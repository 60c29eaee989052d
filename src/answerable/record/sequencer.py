"""From acts that wait to leaves of the log. Any number of processes may run this; the head's row is the fence.

Nothing is kept in memory between two batches: each starts from what is stored, and an error leaves what was stored.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence

from answerable.record import starting, storage
from answerable.record.dummies import dummy_entry
from answerable.record.growing import grow
from answerable.record.merkle import entry as entry_of
from answerable.record.merkle import leaf_hash
from answerable.record.padding import noise
from answerable.record.stopped import LogStopped
from answerable.record.tiles import TileInvalid

BATCH = 4096
Leaf = tuple[bytes, int | None]  # an entry, and the act that it commits to

log_ = logging.getLogger(__name__)
_dice = random.SystemRandom()
_said: list[str] = []  # what was logged last, while there is no log to remember it


def integrate(limit: int = BATCH) -> int:
    """Take up to `limit` acts into the log, in one transaction; how many. Nothing while the log stands still."""
    with storage.fenced() as log:
        if log is None or log.fault is not None:
            return 0
        taken = storage.take(limit)
        if taken:
            acts: list[Leaf] = [(_sound(one), one.act) for one in taken]
            extend(log, _among_dummies(log, acts) if log.size == log.padded else acts)
    return len(taken)


def _among_dummies(log: storage.Head, acts: Sequence[Leaf]) -> list[Leaf]:
    """The first acts after a publication, in their order, with dummies somewhere among them: no place tells a count."""
    total = len(acts) + noise(_dice.random)
    places = set(_dice.sample(range(total), len(acts)))
    rest = iter(acts)
    return [
        next(rest) if at in places else (dummy_entry(log.seed, log.epoch, log.size + at), None)
        for at in range(total)
    ]


def _sound(taken: storage.Taken) -> bytes:
    """The entry that waits, if it is its act's; else the one that the opening gives. Raises LogStopped."""
    if taken.leaf is not None and leaf_hash(taken.entry) == taken.leaf:
        return taken.entry
    opening = storage.opening(taken.act)
    if opening is not None and taken.leaf is not None:
        again = entry_of(*opening)
        if leaf_hash(again) == taken.leaf:
            return again
    raise LogStopped("act_damaged", act=taken.act)


def extend(log: storage.Head, leaves: Sequence[Leaf]) -> int:
    """Add leaves at the right edge; inside the fence. The new size. Raises LogStopped."""
    try:
        grown = grow(log.size, storage.edge(log), [leaf_hash(entry) for entry, _act in leaves])
    except (TileInvalid, KeyError):
        raise LogStopped("head_damaged", size=log.size) from None
    storage.put(log, leaves, grown.tiles, grown.root)
    return log.size + len(leaves)


def sequence() -> int:
    """A turn of the worker: all that waits, batch by batch. What stops the log is written down, and stops nothing else."""
    return watched(_sequence)


def _sequence() -> int:
    starting.ensure_started()
    total = 0
    while done := integrate():
        total += done
        if done < BATCH:
            break
    return total


def watched(work: Callable[[], int]) -> int:
    """Run a part of the log's work; where it must stop, say so once, in the log file and to `answerable check`."""
    try:
        return work()
    except LogStopped as stopped:
        note(stopped)
        return 0


def note(stopped: LogStopped) -> None:
    """Write down why the log stands still, and log it where that is news."""
    log = storage.head()
    if log is not None:
        is_news = storage.note_fault(log.epoch, {"code": stopped.code, **stopped.facts})
    else:
        is_news = _said != [str(stopped)]
        _said[:] = [str(stopped)]
    if is_news:
        log_.error("the log stands still: %s", stopped, extra={"code": stopped.code})
