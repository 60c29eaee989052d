"""The key file: what opens the people's data keys, kept outside the database. No Django, no clock.

The file is text, so that a copy can be printed and typed in again:

    # (what it is and how to keep it)
    answerable-key-file 1
    root <base64, 32 bytes>        never changes: receipt hashes and the like come from it
    key 1 <base64, 32 bytes>       wraps data keys; the newest one wraps, all of them unwrap
    key 2 <base64, 32 bytes>
    gone 3                         a key that was taken out on purpose
    check <16 hex digits>          SHA-256 over the lines above; finds a torn or mistyped copy

A wrapped data key is `01 | key number, 2 bytes | nonce[12] | ciphertext[32] | tag[16]` (AES-256-GCM).
"""

from __future__ import annotations

import base64
import binascii
import errno
import hashlib
import hmac
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from answerable.core import disk
from answerable.core.sentences import N_, Said

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
WRAP_FORMAT = 1
WRAPPED_BYTES = 3 + NONCE_BYTES + KEY_BYTES + TAG_BYTES
MAX_VERSION = 0xFFFF
HEADER = "answerable-key-file 1"
PREFACE = (
    "# Answerable key file. Whoever has this file and the database can read every sealed identity;\n"
    "# without this file nobody can, and nobody can make it again.\n"
    "# Keep a copy apart from the database and from its backups: another building, a safe.\n"
)

KEEP_A_COPY = N_(
    "A new key file was made at %(path)s. Copy it now to a place apart from the database and its backups "
    "(answerable keys backup FILE). Without it, sealed names and contact channels can never be read again."
)


class KeyFileError(Said):
    """The key file cannot be used. `code` is one of the keys of `sentences`."""

    is_outage = True

    sentences = {
        "missing": N_(
            "The key file %(path)s is not there. Put your copy back at that place, or set ANSWERABLE_KEY_FILE "
            "to where it is. If every copy is lost: answerable keys status says what that means."
        ),
        "exists": N_("There is already a file at %(path)s. A key file is never overwritten."),
        "unreadable": N_(
            "The key file %(path)s cannot be read (%(reason)s). It must be a file that belongs to the account "
            "which runs Answerable."
        ),
        "unwritable": N_(
            "The key file %(path)s cannot be written (%(reason)s). Nothing was changed. Make its folder "
            "writable for the account which runs Answerable, and see that the disk is not full."
        ),
        "permissions": N_(
            "The key file %(path)s can be read by others on this machine (mode %(mode)s). "
            "Run: chmod 600 %(path)s"
        ),
        "garbled": N_(
            "The key file %(path)s is damaged or was not copied whole. Put back your copy of it; "
            "do not edit the file by hand."
        ),
        "another": N_(
            "The key file %(path)s is not the one that this database was started with "
            "(fingerprint %(found)s, expected %(expected)s). Put back the right one."
        ),
        "outdated": N_(
            "The key file %(path)s is an older copy: key %(version)s, which this database uses, is not in it. "
            "Put back the newest copy."
        ),
        "no_such_key": N_(
            "This identity was sealed with key %(version)s, and the key file does not hold that key. "
            "It opens again when the right key file is back; the case itself can be worked on as before."
        ),
        "damaged": N_(
            "This identity does not open: its wrapped key was changed, belongs to another row, or was made "
            "with another key file. The case itself can be worked on as before."
        ),
        "in_use": N_(
            "Key %(version)s still wraps something, so it stays in the file. Run answerable keys rotate first."
        ),
        "full": N_("The key file holds %(version)s keys already; no more can be added."),
    }


@dataclass(frozen=True)
class KeyRing:
    """The keys of one key file. Immutable: `rotate` and `forget` give a new one."""

    root: bytes = field(repr=False)
    keys: Mapping[int, bytes] = field(repr=False)
    gone: frozenset[int] = frozenset()
    path: Path = Path()

    @staticmethod
    def load(path: Path | str) -> KeyRing:
        """Read a key file. Raises `KeyFileError` (missing, unreadable, permissions, garbled)."""
        path = Path(path)
        return _parse(_read(path), path)

    @staticmethod
    def load_copy(path: Path | str) -> KeyRing:
        """Read a copy, on a memory stick say, whose file system may know no permissions."""
        path = Path(path)
        return _parse(_read(path, is_copy=True), path)

    @staticmethod
    def create(path: Path | str, first: int = 1) -> KeyRing:
        """Make a new key file, mode 0600, complete or not at all. Raises `KeyFileError` (exists, unwritable).

        `first` numbers its key: after a loss, one that the lost file did not have; those before count as gone.
        """
        path = Path(path)
        ring = KeyRing(
            root=os.urandom(KEY_BYTES),
            keys={first: os.urandom(KEY_BYTES)},
            gone=frozenset(range(1, first)),
            path=path,
        )
        _place(path, ring)
        return ring

    @staticmethod
    def rotate(path: Path | str) -> KeyRing:
        """Add a key, which wraps from now on. The file is replaced in one step."""
        path = Path(path).resolve()
        with _locked(path):
            ring = KeyRing.load(path)
            number = max(ring.newest, *ring.gone, 0) + 1
            if number > MAX_VERSION:
                raise KeyFileError("full", version=ring.newest)
            return _replaced(replace(ring, keys={**ring.keys, number: os.urandom(KEY_BYTES)}))

    @staticmethod
    def forget(path: Path | str, versions: set[int]) -> KeyRing:
        """Take keys out of the file for good; what they wrap, in old backups too, never opens again.

        The caller makes sure that nothing live is wrapped by them. The newest key cannot be forgotten.
        """
        path = Path(path).resolve()
        with _locked(path):
            ring = KeyRing.load(path)
            if ring.newest in versions:
                raise KeyFileError("in_use", version=ring.newest)
            keys = {number: key for number, key in ring.keys.items() if number not in versions}
            return _replaced(replace(ring, keys=keys, gone=ring.gone | (versions & set(ring.keys))))

    @staticmethod
    def adopt(path: Path | str, found: Mapping[int, bytes]) -> KeyRing:
        """Take over wrapping keys of a file that was thought lost; this file's own keys stay as they are."""
        path = Path(path).resolve()
        with _locked(path):
            ring = KeyRing.load(path)
            return _replaced(replace(ring, keys={**found, **ring.keys}, gone=ring.gone - set(found)))

    @property
    def newest(self) -> int:
        """Number of the key that wraps."""
        return max(self.keys)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that name this file's root. Tells nothing of the keys; stays when keys are added."""
        return self.derive("fingerprint of the key file")[:8].hex()

    def mark(self, version: int) -> str:
        """16 hex digits that name one key, for the database to remember; tells nothing of the key."""
        label = b"answerable/key-mark/v1\0" + version.to_bytes(2, "big")
        return hmac.new(self.keys[version], label, hashlib.sha256).digest()[:8].hex()

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869). Does not change when keys are added."""
        info = b"answerable/derived/v1\0" + purpose.encode()
        return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self.root)

    def blind(self, purpose: str, value: bytes) -> bytes:
        """HMAC-SHA256 of `value` under the key derived for `purpose`."""
        return hmac.new(self.derive(purpose), value, hashlib.sha256).digest()

    def wrap(self, data_key: bytes, aad: bytes) -> bytes:
        """Wrap a 32-byte data key with the newest key; `aad` comes from `vault.bind`. 63 bytes."""
        if len(data_key) != KEY_BYTES:
            raise ValueError(f"a data key is {KEY_BYTES} bytes, not {len(data_key)}")
        head = bytes([WRAP_FORMAT]) + self.newest.to_bytes(2, "big")
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + AESGCM(self.keys[self.newest]).encrypt(nonce, data_key, head + aad)

    def unwrap(self, blob: bytes, aad: bytes) -> bytes:
        """The data key in `blob`. Raises `KeyFileError` (no_such_key, damaged)."""
        blob = bytes(blob)
        version = version_of(blob)
        key = self.keys.get(version)
        if key is None:
            raise KeyFileError("no_such_key", version=version)
        nonce, body = blob[3 : 3 + NONCE_BYTES], blob[3 + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, body, blob[:3] + aad)
        except InvalidTag:
            raise KeyFileError("damaged") from None

    def rewrap(self, blob: bytes, aad: bytes) -> bytes:
        """The same data key, wrapped with the newest key."""
        return self.wrap(self.unwrap(blob, aad), aad)

    def check_against(self, known: Mapping[int, str]) -> None:
        """Compare with the marks that the database remembers, `{version: mark}`.

        Raises `KeyFileError` (another, outdated). A key that the database does not know yet is no fault:
        the file is written first.
        """
        for version, expected in sorted(known.items()):
            found = self.mark(version) if version in self.keys else ""
            if found and not hmac.compare_digest(found, expected):
                raise KeyFileError("another", path=str(self.path), found=found, expected=expected)
        lacking = sorted(set(known) - set(self.keys) - self.gone)
        if lacking and not set(known) & set(self.keys):
            expected = known[lacking[-1]]
            raise KeyFileError(
                "another", path=str(self.path), found=self.mark(self.newest), expected=expected
            )
        if lacking:
            raise KeyFileError("outdated", path=str(self.path), version=lacking[-1])

    def as_text(self) -> str:
        """The file's content: the keys themselves, so for the file and its copies alone."""
        lines = [HEADER, f"root {base64.b64encode(self.root).decode()}"]
        lines += [
            f"key {number} {base64.b64encode(key).decode()}" for number, key in sorted(self.keys.items())
        ]
        lines += [f"gone {number}" for number in sorted(self.gone)]
        return PREFACE + "\n".join([*lines, f"check {_check(lines)}"]) + "\n"


def copy_to(ring: KeyRing, target: Path | str) -> None:
    """Write a copy of the key file, mode 0600, and read it back. Raises `KeyFileError` (exists, unwritable)."""
    target = Path(target)
    _place(target, ring)
    if KeyRing.load_copy(target) != replace(ring, path=target):
        raise KeyFileError("garbled", path=str(target), reason="it reads back differently")


def version_of(blob: bytes) -> int:
    """Number of the key that wrapped `blob`. Raises `KeyFileError` (damaged)."""
    if len(blob) != WRAPPED_BYTES or blob[0] != WRAP_FORMAT:
        raise KeyFileError("damaged")
    return int.from_bytes(blob[1:3], "big")


def _read(path: Path, *, is_copy: bool = False) -> str:
    try:
        with path.open("rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise KeyFileError("unreadable", path=str(path), reason=os.strerror(errno.EINVAL))
            if info.st_mode & 0o077 and not is_copy:
                mode = f"{stat.S_IMODE(info.st_mode):04o}"
                raise KeyFileError("permissions", path=str(path), mode=mode)
            return file.read(1 << 24).decode("ascii")
    except FileNotFoundError:
        raise KeyFileError("missing", path=str(path)) from None
    except UnicodeDecodeError:
        raise KeyFileError("garbled", path=str(path), reason="not text") from None
    except OSError as error:
        raise KeyFileError("unreadable", path=str(path), reason=error.strerror or str(error)) from error


def _parse(content: str, path: Path) -> KeyRing:
    def garbled(reason: str) -> KeyFileError:
        return KeyFileError("garbled", path=str(path), reason=reason)

    lines = [" ".join(line.split()) for line in content.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines or lines[0] != HEADER:
        raise garbled("its first line is not that of a key file")
    if not lines[-1].startswith("check "):
        raise garbled("its end is missing")
    if not hmac.compare_digest(
        lines[-1].removeprefix("check ").lower().encode(), _check(lines[:-1]).encode()
    ):
        raise garbled("its check line does not fit")
    root, keys, gone = b"", {}, set()
    try:
        for line in lines[1:-1]:
            match line.split(" "):
                case ["root", text] if not root:
                    root = _key(text)
                case ["key", number, text] if _number(number) not in keys:
                    keys[_number(number)] = _key(text)
                case ["gone", number]:
                    gone.add(_number(number))
                case _:
                    raise garbled("a line is not understood")
    except ValueError:
        raise garbled("a key is not readable") from None
    if not root or not keys:
        raise garbled("it holds no key")
    return KeyRing(root=root, keys=keys, gone=frozenset(gone), path=path)


def _number(text: str) -> int:
    if not 0 < int(text) <= MAX_VERSION:
        raise ValueError
    return int(text)


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if len(key) != KEY_BYTES:
        raise ValueError
    return key


def _check(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _place(path: Path, ring: KeyRing) -> None:
    try:
        disk.write_new(path, ring.as_text())
    except FileExistsError:
        raise KeyFileError("exists", path=str(path)) from None
    except OSError as error:
        raise KeyFileError("unwritable", path=str(path), reason=error.strerror or str(error)) from error


def _replaced(ring: KeyRing) -> KeyRing:
    try:
        disk.write_over(ring.path, ring.as_text())
    except OSError as error:
        raise KeyFileError("unwritable", path=str(ring.path), reason=error.strerror or str(error)) from error
    return ring


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(disk.folder_locked(path.parent))
        except FileNotFoundError:
            raise KeyFileError("missing", path=str(path)) from None
        except OSError as error:
            raise KeyFileError("unreadable", path=str(path), reason=error.strerror or str(error)) from error
        yield
