"""The keys that sign, found by the public keys that the database was started with."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection

from answerable.record import keyfile, storage
from answerable.record.notes import Signer, VerifierKey
from answerable.record.stopped import LogStopped


def checkpoint_path() -> Path:
    return Path(settings.ANSWERABLE_RECORD_KEY_FILE)


def promise_path() -> Path:
    return Path(settings.ANSWERABLE_PROMISE_KEY_FILE)


def public_of(seed: bytes) -> bytes:
    return Signer("key", seed).key.public


def verifier_keys(epoch: int, origin: str) -> list[VerifierKey]:
    """Every key that signs or signed this epoch's checkpoints, the one in use first."""
    found = [VerifierKey(origin, 1, public) for public, _until in storage.keys(epoch)]
    return found[::-1]


def signers(log: storage.Head) -> list[Signer]:
    """Those that sign the next checkpoint: one, or the old and the new while a key is being changed.

    Raises LogStopped where the file is not there, not readable, readable by others, or another log's.
    """
    path = checkpoint_path()
    mine = {public_of(seed): seed for seed in keyfile.load(path, keyfile.CHECKPOINTS)}
    found = []
    for public, until in storage.keys(log.epoch):
        if until is None:
            if public not in mine:
                expected = VerifierKey(log.origin, 1, public).id.hex()
                raise LogStopped("key_another", path=str(path), expected=expected)
            found.append(Signer(log.origin, mine[public]))
    return found


def remember(epoch: int, seed: bytes, *, from_size: int = 0, is_for_promises: bool = False) -> None:
    """Write down that this key signs from now on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_log_key (epoch, public, is_for_promises, from_size) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [epoch, public_of(seed), is_for_promises, from_size],
        )


def retire(epoch: int, *, until_size: int) -> None:
    """Only the newest key signs after the checkpoint of this size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record_log_key SET until_size = %(size)s WHERE epoch = %(epoch)s AND NOT is_for_promises"
            " AND until_size IS NULL AND id < (SELECT max(id) FROM record_log_key WHERE epoch = %(epoch)s"
            " AND NOT is_for_promises)",
            {"size": until_size, "epoch": epoch},
        )
