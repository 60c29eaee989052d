"""Whether a copy of the key file was made since it last changed: a mark beside it, which says nothing else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def _mark(key_file: Path) -> Path:
    return key_file.with_name(key_file.name + ".copied")


def note_copy(key_file: Path) -> None:
    """A copy was just taken. Where nothing can be written beside the key file, nobody is told of it later."""
    with suppress(OSError):
        _mark(key_file).write_text("")


def is_copied(key_file: Path) -> bool:
    """False also after a change of the file, of which the older copies lack a key."""
    try:
        return _mark(key_file).stat().st_mtime >= key_file.stat().st_mtime
    except OSError:
        return False
