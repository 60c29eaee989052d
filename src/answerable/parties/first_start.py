"""The key file over an installation's life: made once, found again at each start, begun again after a loss."""

from __future__ import annotations

from pathlib import Path

from answerable.parties import keys
from answerable.parties.keyfile import KeyFileError, KeyRing
from answerable.parties.models import DataKey, KnownKey


def open_key_file(path: Path | str) -> bool:
    """Have a right key file in place; True where it was made just now (say KEEP_A_COPY then).

    A new one is made only for a database that never had one: where sealed identities exist, a missing file
    is an error and not a reason to make another. Raises `KeyFileError`.
    """
    path = Path(path)
    made = False
    if not path.exists() and not KnownKey.objects.exists() and not DataKey.objects.exists():
        try:
            KeyRing.create(path)
            made = True
        except KeyFileError as error:
            if error.code != "exists":  # another process of the same start was first
                raise
    keys.check_and_remember()
    return made


def begin_again(path: Path | str) -> KeyRing:
    """After every copy of the key file was lost: make a new one, so that new matters can be sealed.

    What the lost file wrapped stays closed, and says so when it is opened. Receipts issued so far no longer
    open a page (their secrets were hashed with the lost file); the counter issues new ones.
    Raises `KeyFileError` (exists: a file that is there is never replaced).
    """
    known = KnownKey.objects.order_by("-version").values_list("version", flat=True).first() or 0
    # A number that the lost file never had: rows it wrapped are told apart from damaged ones.
    ring = KeyRing.create(path, first=known + 1)
    keys.check_and_remember()
    return ring


def take_back(path: Path | str, found: KeyRing) -> KeyRing:
    """After a lost file was found: what it wrapped opens again. Raises `KeyFileError` (another: not that file)."""
    ring = KeyRing.load(path)
    known = dict(KnownKey.objects.values_list("version", "mark"))
    wanted = {
        version: key for version, key in found.keys.items() if version in known and version in ring.gone
    }
    found.check_against({version: known[version] for version in wanted})
    if not wanted:
        version = found.newest
        expected = known.get(min(ring.gone, default=0), ring.fingerprint)
        raise KeyFileError("another", path=str(found.path), found=found.mark(version), expected=expected)
    ring = KeyRing.adopt(path, wanted)
    keys.check_and_remember()
    return ring
