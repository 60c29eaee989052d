"""The installation's key ring, loaded once a process from ANSWERABLE_KEY_FILE."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from answerable.parties.keyfile import KeyRing
from answerable.parties.models import KnownKey


@lru_cache(maxsize=2)
def _load(path: str, _file: tuple[int, int, int]) -> KeyRing:
    return KeyRing.load(path)


def ring() -> KeyRing:
    """The key ring; read again when the file changed. Raises `KeyFileError` with a sentence."""
    path = Path(settings.ANSWERABLE_KEY_FILE)
    try:
        stat = path.stat()
        file = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    except OSError:
        file = (0, 0, 0)
    return _load(str(path), file)


@lru_cache(maxsize=16)
def _derived(path: str, fingerprint: str, purpose: str) -> bytes:
    return ring().derive(purpose)


def derived(purpose: str) -> bytes:
    """A 32-byte key for one purpose, e.g. hashing receipt secrets."""
    keys = ring()
    return _derived(str(keys.path), keys.fingerprint, purpose)


def check_and_remember() -> None:
    """Compare the key file with what the database was started with, and remember keys added since.

    Raises `KeyFileError` when it is another installation's file or an outdated copy.
    """
    keys = ring()
    keys.check_against(dict(KnownKey.objects.values_list("version", "mark")))
    KnownKey.objects.bulk_create(
        [KnownKey(version=v, mark=keys.mark(v)) for v in keys.keys], ignore_conflicts=True
    )
