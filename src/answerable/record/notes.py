"""Signed notes and their Ed25519 keys (c2sp.org/signed-note). Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from answerable.record.encoding import from_base64, to_base64
from answerable.record.invalid import Invalid

ED25519 = 0x01
COSIGNATURE = 0x04  # Ed25519 with a time (c2sp.org/tlog-cosignature)

MAX_SIGNATURES = 16
MAX_NOTE = 1 << 20

_DASH = "— "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_HEX8 = re.compile("[0-9a-f]{8}")


class NoteInvalid(Invalid):
    """A note that is malformed, or that a known key did not sign."""


def key_id(name: str, type: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([type]) + public).digest()[:4]


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name) and _is_utf8(name)


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name it goes by; written `name+hex+base64`."""

    name: str
    type: int
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise NoteInvalid("key_name", self.name)
        if self.type not in (ED25519, COSIGNATURE):
            raise NoteInvalid("key_type", str(self.type))
        if len(self.public) != 32:
            raise NoteInvalid("key_malformed", f"{len(self.public)} bytes")

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.type, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.type]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Raises NoteInvalid unless the text is a key of a known type and its id is the key's own."""
        name, plus, rest = text.partition("+")
        id_, second, encoded = rest.partition("+")
        data = from_base64(encoded)
        if not plus or not second or not _HEX8.fullmatch(id_) or not data:
            raise NoteInvalid("key_malformed", text[:200])
        key = cls(name, data[0], data[1:])
        if key.id.hex() != id_:
            raise NoteInvalid("key_malformed", f"its id is not {id_}")
        return key

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether these signature bytes (after the key id) are this key's, over this text."""
        message = text.encode()
        if self.type == COSIGNATURE:
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if time >= 2**63:
                return False
            message = cosigned_message(text, time)
        if len(signature) != 64:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: the time, and the checkpoint's body."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """The signature line, with its newline."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"


class Signer:
    """An Ed25519 key that signs notes, from its seed of 32 bytes. The same text gives the same signature."""

    def __init__(self, name: str, seed: bytes, *, type: int = ED25519) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = VerifierKey(name, type, public)

    def sign(self, text: str) -> Signature:
        return Signature(self.key.name, self.key.id, self._private.sign(text.encode()))

    def raw_sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


@dataclass(frozen=True)
class Note:
    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    def verify(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Which of these keys signed the note; signatures by others are ignored.

        Raises NoteInvalid where a signature bears a key's name and id and is not that key's.
        """
        verified = []
        for key in keys:
            claimed = [s for s in self.signatures if (s.name, s.key_id) == (key.name, key.id)]
            if not all(key.has_signed(self.text, s.signature) for s in claimed):
                raise NoteInvalid("signature_wrong", key.name)
            if claimed:
                verified.append(key)
        return verified


def sign(text: str, *signers: Signer) -> bytes:
    """The note, signed in the order of the signers. Raises NoteInvalid if the text cannot be a note's."""
    note = Note(text, tuple(signer.sign(text) for signer in signers)).to_bytes()
    if parse(note).text != text:
        raise NoteInvalid("malformed", "text")
    return note


def parse(note: bytes) -> Note:
    """Text and signature lines, nothing verified. Raises NoteInvalid unless every byte is in its place."""
    if len(note) > MAX_NOTE:
        raise NoteInvalid("too_long", f"{len(note)} bytes")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise NoteInvalid("malformed", "not UTF-8") from error
    if _CONTROL.search(whole):
        raise NoteInvalid("malformed", "control characters")
    if not whole.endswith("\n"):
        raise NoteInvalid("truncated", "no newline at the end")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines:
        raise NoteInvalid("truncated", "no signature")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise NoteInvalid("too_many_signatures", str(len(signatures)))
    return Note(text + "\n", signatures)


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    data = from_base64(encoded)
    if not line.startswith(_DASH) or not space or not is_key_name(name) or not data or len(data) < 5:
        raise NoteInvalid("signature_malformed", line[:200])
    return Signature(name, data[:4], data[4:])


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
