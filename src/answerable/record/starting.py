"""The log's first start: its key file, its name, its first epoch."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from answerable.record import guard, keyfile, keys, storage
from answerable.record.merkle import EMPTY_ROOT
from answerable.record.stopped import LogStopped


def guard_path() -> Path:
    return Path(settings.ANSWERABLE_RECORD_GUARD)


def origin_of(epoch: int) -> str:
    """The log's name: where it is found, without the scheme. A later epoch has its number behind it."""
    base = f"{urlsplit(settings.BASE_URL).netloc}/record"
    return base if epoch == 1 else f"{base}/{epoch}"


def ensure_started() -> storage.Head:
    """The log's head; at an installation's first start the log is begun, and its key file made.

    Raises LogStopped: also where the database has no log and the file outside it says that there was one.
    """
    log = storage.head()
    if log is not None:
        return log
    before = guard.last(guard_path())
    if before is not None:
        raise LogStopped("rolled_back", size=0, signed=before.size, origin=before.origin)
    path = keys.checkpoint_path()
    seed = (
        keyfile.load(path, keyfile.CHECKPOINTS)[-1]
        if path.exists()
        else keyfile.create(path, keyfile.CHECKPOINTS)
    )
    with transaction.atomic(durable=True):
        if begin_epoch(1):
            keys.remember(1, seed)
    found = storage.head()
    if found is None:
        raise RuntimeError("the log was begun and is not there")
    return found


def begin_epoch(epoch: int) -> bool:
    """Write the head of an empty log; False where it is there already. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_log (epoch, origin, size, padded, root, seed, started_at)"
            " VALUES (%s, %s, 0, 0, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING",
            [epoch, origin_of(epoch), EMPTY_ROOT, secrets.token_bytes(32)],
        )
        return bool(cursor.rowcount)


def ensure_promise_key() -> bool:
    """Have the promise key in place, made at the first start; whether it was made just now. Raises LogStopped."""
    path = keys.promise_path()
    with connection.cursor() as cursor:
        cursor.execute("SELECT public FROM record_log_key WHERE is_for_promises AND until_size IS NULL")
        known = [bytes(public) for (public,) in cursor.fetchall()]
    if path.exists() or known:
        seed = keyfile.load(path, keyfile.PROMISES)[-1]
        made = False
    else:
        seed, made = keyfile.create(path, keyfile.PROMISES), True
    if known and keys.public_of(seed) not in known:
        expected = known[-1][:4].hex()
        raise LogStopped("key_another", path=str(path), expected=expected)
    if not known:
        keys.remember(0, seed, is_for_promises=True)
    return made
