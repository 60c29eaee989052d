"""The log's own key files: one for checkpoints, one for promises. No Django, no clock.

The file is text, so that a copy can be printed and typed in again:

    # (what it is and how to keep it)
    answerable-record-key 1 checkpoints
    key <base64, 32 bytes>         an Ed25519 seed; a second line only while a key is being changed
    check <16 hex digits>          SHA-256 over the lines above; finds a torn or mistyped copy
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

from answerable.core import disk
from answerable.core.sentences import N_
from answerable.record.encoding import from_base64, to_base64
from answerable.record.stopped import LogStopped

CHECKPOINTS = "checkpoints"
PROMISES = "promises"
WITNESS = "witness"

_HEADER = "answerable-record-key 1"
_PREFACE = (
    "# Key of Answerable's public log. Whoever has this file can sign in the office's name; without it the log\n"
    "# cannot go on under the key that receipts are checked with. Keep a copy apart from the database.\n"
)
_WITNESS_PREFACE = (
    "# Key of a witness of other people's logs. Whoever has this file can sign as that witness.\n"
    "# Keep it beside what the witness remembers, and never run two witnesses with it.\n"
)

KEEP_A_COPY = N_(
    "A key for the public log was made at %(path)s. Keep a copy of this file apart from the database and its backups."
)


def load(path: Path, kind: str) -> list[bytes]:
    """The seeds in the file, oldest first. Raises LogStopped (key_missing, _unreadable, _permissions, _garbled)."""
    lines = [" ".join(line.split()) for line in _read(path).splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    seeds = [from_base64(line.removeprefix("key ")) for line in lines[1:-1]]
    if (
        len(lines) < 3
        or lines[0] != f"{_HEADER} {kind}"
        or lines[-1] != f"check {_check(lines[:-1])}"
        or any(seed is None or len(seed) != 32 for seed in seeds)
    ):
        raise LogStopped("key_garbled", path=str(path))
    return [seed for seed in seeds if seed is not None]


def create(path: Path, kind: str) -> bytes:
    """Make a new file with one key, mode 0600, complete or not at all.

    Of two processes making it at once, both get the same key. Raises LogStopped.
    """
    try:
        disk.write_new(path, _text(kind, [os.urandom(32)]))
    except FileExistsError:
        pass
    except OSError as error:
        raise _unwritable(path, error) from error
    return load(path, kind)[-1]


def add(path: Path, kind: str) -> bytes:
    """Add a key beside those of the file. Raises LogStopped."""
    seeds = [*load(path, kind), os.urandom(32)]
    _replace(path, kind, seeds)
    return seeds[-1]


def keep_only(path: Path, kind: str, seed: bytes) -> None:
    """Take every other key out of the file. Raises LogStopped."""
    if load(path, kind) != [seed]:
        _replace(path, kind, [seed])


def _replace(path: Path, kind: str, seeds: list[bytes]) -> None:
    try:
        disk.write_over(path.resolve(), _text(kind, seeds))
    except OSError as error:
        raise _unwritable(path, error) from error


def _text(kind: str, seeds: list[bytes]) -> str:
    lines = [f"{_HEADER} {kind}", *(f"key {to_base64(seed)}" for seed in seeds)]
    return (
        (_WITNESS_PREFACE if kind == WITNESS else _PREFACE)
        + "\n".join([*lines, f"check {_check(lines)}"])
        + "\n"
    )


def _check(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            if info.st_mode & 0o077:
                raise LogStopped("key_permissions", path=str(path), mode=f"{stat.S_IMODE(info.st_mode):04o}")
            return file.read(1 << 16).decode("ascii")
    except FileNotFoundError:
        raise LogStopped("key_missing", path=str(path)) from None
    except UnicodeDecodeError:
        raise LogStopped("key_garbled", path=str(path)) from None
    except OSError as error:
        raise LogStopped("key_unreadable", path=str(path), reason=error.strerror or str(error)) from error


def _unwritable(path: Path, error: OSError) -> LogStopped:
    return LogStopped("key_unwritable", path=str(path), reason=error.strerror or str(error))
