"""Cosigning other logs (c2sp.org/tlog-witness): each head at most once grows, and nothing that contradicts it is signed.

What was cosigned last is on the disk before its signature leaves this process, so that neither two requests at
once nor a crash between the two can make a witness sign a fork. No Django, no clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from answerable.core import disk
from answerable.record import checkpoints, notes
from answerable.record.checkpoints import Checkpoint
from answerable.record.cosignatures import cosign
from answerable.record.encoding import from_base64, from_decimal, to_base64
from answerable.record.invalid import Invalid
from answerable.record.merkle import EMPTY_ROOT, verify_consistency
from answerable.record.notes import Signer, VerifierKey

PATH = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain"
MAX_BODY = 1 << 17
MAX_PROOF = 63


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    kind: str = TEXT_TYPE


@dataclass(frozen=True)
class Asked:
    """A request to cosign: the size that the log thinks was cosigned last, what leads from there, and the head."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def to_bytes(self) -> bytes:
        lines = [f"old {self.old}", *map(to_base64, self.proof)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note

    @classmethod
    def parse(cls, body: bytes) -> Asked:
        """Raises Invalid unless it has exactly the request's form."""
        head, blank, note = body.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise Invalid("malformed") from None
        old = from_decimal(first.removeprefix("old ")) if first.startswith("old ") else None
        proof = [from_base64(line) for line in lines]
        whole = tuple(hash_ for hash_ in proof if hash_ is not None and len(hash_) == 32)
        if not blank or old is None or len(whole) != len(proof) or len(proof) > MAX_PROOF:
            raise Invalid("malformed")
        return cls(old, whole, note)


class StateDamaged(Exception):
    """What was cosigned last cannot be read, so nothing is cosigned for that log. `str()` is the file's path."""


class Witness:
    def __init__(self, folder: Path, signer: Signer, logs: Sequence[VerifierKey]) -> None:
        self._folder, self._signer = folder, signer
        self._keys: dict[str, list[VerifierKey]] = {}
        for key in logs:
            self._keys.setdefault(key.name, []).append(key)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add_checkpoint(self, body: bytes, *, time: int) -> Reply:
        """The answer to a request. Raises OSError and StateDamaged: nothing was signed then."""
        try:
            asked = Asked.parse(body)
            note = notes.parse(asked.note)
            head = checkpoints.parse_body(note.text)
        except Invalid:
            return Reply(400)
        keys = self._keys.get(head.origin)
        if not keys:
            return Reply(404)
        try:
            if not note.verify(keys):
                return Reply(403)
        except Invalid:
            return Reply(403)
        if asked.old > head.size:
            return Reply(400)
        with disk.folder_locked(self._folder):
            refused = self._remembered(asked, note, head)
        # Whatever happens from here on: what is signed now is what was remembered.
        return refused or Reply(200, str(cosign(note.text, self._signer, time=time)).encode())

    def last(self, origin: str) -> Checkpoint:
        """What was cosigned last. Raises StateDamaged, OSError."""
        path = self._path(origin)
        try:
            found = checkpoints.parse_body(notes.parse(path.read_bytes()).text)
        except FileNotFoundError:
            return Checkpoint(origin, 0, EMPTY_ROOT)
        except Invalid:
            raise StateDamaged(str(path)) from None
        if found.origin != origin:
            raise StateDamaged(str(path))
        return found

    def _remembered(self, asked: Asked, note: notes.Note, head: Checkpoint) -> Reply | None:
        """Remember the head, if it continues what was cosigned last; else the refusal. Under the lock."""
        last = self.last(head.origin)
        if asked.old != last.size:
            return Reply(409, f"{last.size}\n".encode(), SIZE_TYPE)
        if last.size == head.size and last.root != head.root:  # tlog-witness has a status of its own for that
            return Reply(409, f"{last.size}\n".encode(), SIZE_TYPE)
        try:
            verify_consistency(last.size, last.root, head.size, head.root, asked.proof)
        except Invalid:
            return Reply(422)
        path = self._path(head.origin)
        if path.exists():
            disk.write_over(path, asked.note.decode())
        else:
            disk.write_new(path, asked.note.decode())
        return None

    def _path(self, origin: str) -> Path:
        return self._folder / f"log-{hashlib.sha256(origin.encode()).hexdigest()[:32]}"
