"""A witness's word that it saw a log only grow, with its time (c2sp.org/tlog-cosignature, Ed25519). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from answerable.record.checkpoints import parse_body
from answerable.record.notes import (
    COSIGNATURE,
    Note,
    NoteInvalid,
    Signature,
    Signer,
    VerifierKey,
    cosigned_message,
)


@dataclass(frozen=True)
class Cosignature:
    """Which key cosigned, and when, in seconds since 1970."""

    key: VerifierKey
    time: int


def cosigner(name: str, seed: bytes) -> Signer:
    """A key of the witness kind. Use its seed for nothing else: what it signs does not bear its name."""
    return Signer(name, seed, type=COSIGNATURE)


def cosign(body: str, signer: Signer, *, time: int) -> Signature:
    """The signature to add to a checkpoint's note. Raises CheckpointInvalid if the body is no checkpoint's."""
    parse_body(body)
    if not 0 <= time < 2**63:
        raise ValueError("a cosignature's time has 63 bits")
    signed = time.to_bytes(8, "big") + signer.raw_sign(cosigned_message(body, time))
    return Signature(signer.key.name, signer.key.id, signed)


def cosignatures(note: Note, keys: Iterable[VerifierKey]) -> list[Cosignature]:
    """The cosignatures by these witnesses' keys, the earliest of each. Raises NoteInvalid if one is false."""
    found = []
    for key in note.verify(keys):
        if key.type != COSIGNATURE:
            raise NoteInvalid("key_type", key.name)
        times = [
            int.from_bytes(line.signature[:8], "big")
            for line in note.signatures
            if (line.name, line.key_id) == (key.name, key.id)
        ]
        found.append(Cosignature(key, min(times)))
    return found
