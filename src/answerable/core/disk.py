"""Small files written whole or not at all, for their owner alone. No Django, no clock; raises OSError."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet, mode 0600, on the disk when this returns.

    Raises FileExistsError: of two processes writing at once, one makes the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent)) from None
    with _written_beside(path, text) as fresh:
        try:
            os.link(fresh, path)  # fails where a rename would overwrite
        except FileExistsError:
            raise
        except OSError:  # a memory stick's file system knows no links; nobody starts from there
            if path.exists():
                raise FileExistsError(str(path)) from None
            os.replace(fresh, path)
        _sync_folder(path.parent)


def write_over(path: Path, text: str) -> None:
    """Replace a file in one step, mode 0600; it keeps its owner when root writes it for a service's account."""
    before = path.stat()
    with _written_beside(path, text) as fresh:
        if os.geteuid() == 0:
            os.chown(fresh, before.st_uid, before.st_gid)
        os.replace(fresh, path)
        _sync_folder(path.parent)


@contextmanager
def folder_locked(folder: Path) -> Iterator[None]:
    """One writer at a time. The folder is locked, since the file in it is replaced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _written_beside(path: Path, text: str) -> Iterator[str]:
    # mkstemp makes it 0600 whatever the umask says.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.{secrets.token_hex(4)}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        Path(name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
