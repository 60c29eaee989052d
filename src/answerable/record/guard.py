"""What was signed last, in a file outside the database: a database that was put back cannot be signed over.

One line a checkpoint, `<epoch> <origin> <size> <base64 root>`, only ever added to. No Django, no clock.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from answerable.core import disk
from answerable.record.encoding import from_base64, from_decimal, to_base64
from answerable.record.stopped import LogStopped

NAME = "record-guard"
_TAIL = 4096  # bytes; a line is far shorter


@dataclass(frozen=True, order=True)
class Signed:
    """A checkpoint that was signed; ordered by age."""

    epoch: int
    size: int
    origin: str
    root: bytes

    def line(self) -> str:
        return f"{self.epoch} {self.origin} {self.size} {to_base64(self.root)}\n"


def last(path: Path) -> Signed | None:
    """The last whole line; None where there is no file. A line that a crash cut short was never signed over.

    Raises LogStopped (guard_damaged).
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LogStopped("guard_unwritable", path=str(path), reason=error.strerror or str(error)) from error
    if not lines:
        return None
    signed = _parse(lines[-1])
    if signed is None:
        raise LogStopped("guard_damaged", path=str(path))
    return signed


def add(path: Path, signed: Signed) -> None:
    """Append a line, on the disk when this returns. Raises LogStopped (guard_unwritable)."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with disk.folder_locked(path.parent):
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(handle, "r+b") as file:
                start = max(0, file.seek(0, os.SEEK_END) - _TAIL)
                file.seek(start)
                file.truncate(start + file.read().rfind(b"\n") + 1)  # a line cut short by a crash
                file.seek(0, os.SEEK_END)
                file.write(signed.line().encode())
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise LogStopped("guard_unwritable", path=str(path), reason=error.strerror or str(error)) from error


def _parse(line: bytes) -> Signed | None:
    try:
        epoch, origin, size, root = line.decode().split(" ")
    except ValueError:
        return None
    number, count, hash_ = from_decimal(epoch), from_decimal(size), from_base64(root)
    if number is None or count is None or hash_ is None or len(hash_) != 32:
        return None
    return Signed(number, count, origin, hash_)
