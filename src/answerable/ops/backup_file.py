"""A backup's file: a tar.gz with one `COPY` text file a table and a manifest. No Django, no database.

    tables/<name>.copy   PostgreSQL's COPY text format, UTF-8
    manifest.json        last: what there is, how long, and its SHA-256

Nothing in it is ours alone: `tar`, `sha256sum` and `psql` open it where Answerable does not run any more.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from answerable.ops.environment import CannotStart
from answerable.ops.terminal import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20


class BackupError(CannotStart):
    """A backup cannot be written or read; `str()` is a sentence that says why and what to do."""


def first_line(error: Exception) -> str:
    """What the database said, without the lines after it: they can quote rows."""
    return str(error).strip().split("\n")[0]


@dataclass
class Manifest:
    """What a backup holds. `kind` is `data` or `keys`; `tables` maps a name to columns, rows, bytes, sha256."""

    kind: str
    taken_at: str
    migrations: dict[str, list[str]]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """Writes a backup beside its final place; it appears there whole, 0600 and read back, or not at all."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest
        self.part = path.with_name(f".{path.name}.part-{os.getpid()}")

    def __enter__(self) -> Writer:
        handle = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w:gz", compresslevel=3, format=tarfile.PAX_FORMAT)
        return self

    def add_table(
        self, name: str, columns: list[str], chunks: Iterable[bytes], rows: Callable[[], int]
    ) -> None:
        """Add one table's rows; `rows` is asked once all chunks were taken. A tar wants sizes first: spooled."""
        digest = hashlib.sha256()
        with tempfile.TemporaryFile(dir=self.path.parent) as spool:
            for chunk in chunks:
                digest.update(chunk)
                spool.write(chunk)
            size = spool.tell()
            spool.seek(0)
            self._add(f"tables/{name}.copy", size, spool)
        self.manifest.tables[name] = {
            "columns": columns,
            "rows": rows(),
            "bytes": size,
            "sha256": digest.hexdigest(),
        }

    def _add(self, name: str, size: int, source: IO[bytes]) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, source)

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        try:
            if kind is None:
                text = json.dumps(vars(self.manifest), indent=1, ensure_ascii=False).encode()
                self._add(MANIFEST, len(text), io.BytesIO(text))
                self._tar.close()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                read(self.part)
                os.replace(self.part, self.path)
        finally:
            self._file.close()
            self.part.unlink(missing_ok=True)


def read(path: Path) -> Manifest:
    """Read a backup to its end and compare every part with the manifest. Raises BackupError."""
    seen: dict[str, tuple[int, str]] = {}
    told: object = None
    for name, chunks in _members(path):
        digest, size, kept = hashlib.sha256(), 0, bytearray()
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            if name == MANIFEST:
                kept += chunk
        if name == MANIFEST:
            try:
                told = json.loads(kept)
            except ValueError:
                raise _damaged(path) from None
        else:
            seen[name] = (size, digest.hexdigest())
    if not isinstance(told, dict) or "format" not in told:
        raise _damaged(path)
    if told["format"] != FORMAT:
        raise BackupError(
            _(
                "%(file)s is in a form that this version of Answerable does not know. Use the version that wrote it."
            )
            % {"file": path}
        )
    try:
        manifest = Manifest(**told)
        wanted = {f"tables/{n}.copy": (t["bytes"], t["sha256"]) for n, t in manifest.tables.items()}
    except (TypeError, KeyError, AttributeError):
        raise _damaged(path) from None
    if wanted != seen:
        raise _damaged(path)
    return manifest


def tables(path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each table's name and chunks, in the file's order. Call `read` before. Raises BackupError."""
    for name, chunks in _members(path):
        if name != MANIFEST:
            yield name.removeprefix("tables/").removesuffix(".copy"), chunks


def _members(path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    # Read to its very end: the checksum there covers what no list of ours does (`r|gz` never looks at it).
    with _in_sentences(path), gzip.open(path) as whole, tarfile.open(fileobj=whole, mode="r|") as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is not None:
                yield member.name, _chunks(path, file)
        while whole.read(CHUNK):
            pass


def _chunks(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    with _in_sentences(path):
        while chunk := file.read(CHUNK):
            yield chunk


@contextmanager
def _in_sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise BackupError(
            _("The backup %(file)s cannot be read (%(reason)s).")
            % {"file": path, "reason": error.strerror or error}
        ) from error


def _damaged(path: Path) -> BackupError:
    return BackupError(
        _("%(file)s is no backup of Answerable, or it is damaged: what is in it does not match its own list. "
          "Nothing was changed. Take another copy of it or an older backup.") % {"file": path}
    )  # fmt: skip
