"""Publications on a fixed cadence: pad, recompute, sign, store, publish. Each step may be the last before a crash.

What a crash leaves, and what the next turn makes of it:

    after padding      leaves that no checkpoint covers yet: the next turn signs them
    after the guard    the guard names a head that is stored but was not signed: the next one continues it
    after signing      a checkpoint that nobody was given: it is published by the next turn
"""

from __future__ import annotations

import random

from django.conf import settings

from answerable.record import (
    cosigning,
    guard,
    keys,
    notes,
    proving,
    sequencer,
    starting,
    storage,
    witnesses,
)
from answerable.record.checkpoints import Checkpoint
from answerable.record.dummies import dummy_entry
from answerable.record.padding import noise, rounded

SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.005, 5.0

_dice = random.SystemRandom()
_asked: set[tuple[str, str]] = set()  # logs, and the witnesses that this process has asked about them once


def publish_due() -> int:
    """A turn of the worker: publish if it is time; how many checkpoints were published."""
    return sequencer.watched(_publish_due)


def _publish_due() -> int:
    log = starting.ensure_started()
    last = storage.newest(log.epoch)
    done = witnesses.publish(log.epoch, last.size) if last and last.published_at is None else 0
    if storage.due_in(log.epoch, settings.ANSWERABLE_RECORD_CADENCE) > 0:
        return done
    return done + publish(log)


def seconds_to_wait() -> float:
    """How long the worker may leave it: until the next publication is due, and five seconds at most."""
    log = storage.head()
    if log is None or log.fault is not None:
        return LONGEST_WAIT_S
    due = storage.due_in(log.epoch, settings.ANSWERABLE_RECORD_CADENCE)
    return min(LONGEST_WAIT_S, max(due, SHORTEST_WAIT_S))


def publish(log: storage.Head) -> int:
    """Take in what waits, pad, sign and publish. Raises LogStopped; what was published stays.

    A log that stands still is looked at again first: it goes on by itself once the fault is gone.
    """
    # A missing key or file outside, or an older database, is said before anything is added for it
    keys.signers(log)
    proving.require_not_older(log, storage.newest(log.epoch), guard.last(starting.guard_path()))
    _ask_at_the_start(log)
    witnesses.require_no_contradiction(log)
    if log.fault is not None:
        recheck(log)
        storage.note_fault(log.epoch, None)
    while sequencer.integrate() == sequencer.BATCH:
        pass
    size = pad()
    signed = sign(size) if size else 0
    return witnesses.publish(log.epoch, signed) if signed else 0


def _ask_at_the_start(log: storage.Head) -> None:
    """Before a process signs for the first time: a machine that was put back whole has only its witnesses to tell it."""
    known = witnesses.configured()
    new = {(log.origin, str(witness.key)) for witness in known.witnesses.values()} - _asked
    if new:
        cosigning.ask(log, known, is_first=True)
        _asked.update(new)


def recheck(log: storage.Head) -> None:
    """Look again at what stopped the log. Raises LogStopped while it is still so."""
    fault = log.fault or {}
    if fault.get("code") == "tile_damaged":
        proving.check_tile(log, int(fault["level"]), int(fault["index"]), log.size)
    elif fault.get("code") == "entry_damaged":
        proving.check_tile(log, 0, int(fault["index"]) // 256, log.size)
    proving.require_extension(log, storage.newest(log.epoch), guard.last(starting.guard_path()), log.size)


def pad() -> int:
    """Fill what came since the last padding up with dummies, in an order that tells nothing; the size to sign.

    Where nothing came, some of them stand for acts that were not (see padding). A turn that was cut short before it
    signed is not padded again: a log that cannot sign for a day must not grow by that. 0: not now.
    """
    with storage.fenced() as log:
        if log is None or log.fault is not None:
            return 0
        last, added = storage.newest(log.epoch), log.size - log.padded
        if not added and log.size > (last.size if last else 0):
            return log.size
        count = rounded(added or noise(_dice.random)) - added
        places = range(log.size, log.size + count)
        if count:
            sequencer.extend(log, [(dummy_entry(log.seed, log.epoch, n), None) for n in places])
        storage.note_padded(log.epoch, places.stop)
        return places.stop


def sign(size: int) -> int:
    """Sign the head at `size` and store it; the size that was signed, or 0 where there is such a checkpoint already."""
    with storage.fenced() as log:
        if log is None:
            return 0
        last = storage.newest(log.epoch)
        if last is not None and last.size >= size:
            return 0
        signers = keys.signers(log)
        path = starting.guard_path()
        guarded = guard.last(path)
        if guarded is not None and guarded.epoch == log.epoch and size < guarded.size <= log.size:
            # Another turn wrote this down and was cut short: signing it again gives the same bytes
            size = guarded.size
        root = proving.require_extension(log, last, guarded, size)
        note = notes.sign(Checkpoint(log.origin, size, root).body(), *signers)
        guard.add(path, guard.Signed(log.epoch, size, log.origin, root))
        storage.add_checkpoint(log.epoch, size, note)
        if len(signers) > 1:
            keys.retire(log.epoch, until_size=size)
    return size
