"""The signed promise that an act will be in the log: given at once, derived from the act alone, stored nowhere."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from answerable.record import keyfile, keys, notes, starting, storage
from answerable.record.models import Act
from answerable.record.promised import Promise, key_name
from answerable.record.stopped import LogStopped

#: As other logs have it: long enough for a part-time administrator to put a fault right.
WITHIN = timedelta(hours=24)

log = logging.getLogger(__name__)


def promise_of(act: Act) -> bytes | None:
    """The promise for this act; None where the promise key cannot be used, which `answerable check` says too."""
    head = storage.head()
    origin = head.origin if head else starting.origin_of(1)
    try:
        signer = _signer(origin)
    except LogStopped as stopped:
        log.error("no promise was signed: %s", stopped, extra={"code": stopped.code})
        return None
    time, deadline = act.recorded_at, act.recorded_at + WITHIN
    promise = Promise(origin, bytes(act.leaf), int(time.timestamp()), int(deadline.timestamp()))
    return notes.sign(promise.text(), signer)


def verifier_key(origin: str) -> notes.VerifierKey:
    """What promises are checked with. Raises LogStopped."""
    return _signer(origin).key


def _signer(origin: str) -> notes.Signer:
    path = keys.promise_path()
    try:
        stat = path.stat()
        file = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_mode)
    except OSError:
        file = (0, 0, 0, 0)
    return _loaded(str(path), file, origin)


@lru_cache(maxsize=4)
def _loaded(path: str, _file: tuple[int, ...], origin: str) -> notes.Signer:
    return notes.Signer(key_name(origin), keyfile.load(Path(path), keyfile.PROMISES)[-1])
