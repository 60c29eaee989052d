"""Sealed packages on the disk: `ARCHIVE/<case id>.sealed`, each under its case's own key.

The key lies in the database's key table alone, outside backups and archives: an erasure destroys it, and with it
every copy of the package, wherever it lies.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from answerable.core.sentences import N_, Said
from answerable.parties import vault
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import DataKey
from answerable.parties.steps import data_key

SUFFIX = ".sealed"


class CannotOpenArchive(Said):
    """A package that cannot be opened."""

    sentences = {
        "not_there": N_("There is no package of this case in the archive."),
        "no_key": N_(
            "The key of this package is not here: the case was erased, or the key file is another one."
        ),
        "damaged": N_("The package is damaged or was changed: %(where)s"),
        "another": N_(
            "The package is whole, but it is not the one that the record names. Somebody exchanged it."
        ),
    }


def folder() -> Path:
    return Path(settings.ANSWERABLE_ARCHIVE_DIR)


def path_of(case_id: UUID) -> Path:
    return folder() / f"{case_id}{SUFFIX}"


def keep(case_id: UUID, key: bytes, package: bytes) -> Path:
    """Seal a package and write it whole or not at all. Raises OSError."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    sealed = vault.seal(key, package, vault.bind("archive", "package", case_id))
    handle, name = tempfile.mkstemp(dir=folder(), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path_of(case_id))
    finally:
        Path(name).unlink(missing_ok=True)
    return path_of(case_id)


def read(case_id: UUID) -> bytes:
    """The package, unsealed in memory. Raises CannotOpenArchive."""
    try:
        sealed = path_of(case_id).read_bytes()
    except OSError:
        raise CannotOpenArchive("not_there") from None
    try:
        key = data_key(case_id)
    except (DataKey.DoesNotExist, KeyFileError):
        raise CannotOpenArchive("no_key") from None
    try:
        return vault.open_(key, sealed, vault.bind("archive", "package", case_id))
    except vault.CannotOpen as error:
        raise CannotOpenArchive("damaged", where=error.code) from None


def kept() -> Iterator[UUID]:
    """The cases that have a package here."""
    if not folder().is_dir():
        return
    for path in sorted(folder().glob(f"*{SUFFIX}")):
        try:
            yield UUID(path.name.removesuffix(SUFFIX))
        except ValueError:
            continue


def destroy(case_id: UUID) -> None:
    path_of(case_id).unlink(missing_ok=True)
