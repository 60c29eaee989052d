"""The receipt: a leaf's place in the tree, its path, and the signed head (c2sp.org/tlog-proof@v1). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from answerable.record import checkpoints, notes
from answerable.record.encoding import from_base64, from_decimal, to_base64
from answerable.record.invalid import Invalid
from answerable.record.merkle import ProofInvalid, path_length

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
MAX_RECEIPT = 1 << 22


@dataclass(frozen=True)
class TlogProof:
    """`checkpoint` is the signed note, verbatim; `extra` (see openings) is signed by nobody."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def to_bytes(self) -> bytes:
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {to_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(map(to_base64, self.path))
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.checkpoint

    @property
    def note(self) -> notes.Note:
        return notes.parse(self.checkpoint)

    @property
    def head(self) -> checkpoints.Checkpoint:
        """What the checkpoint claims, whoever signed it."""
        return checkpoints.parse_body(self.note.text)


def parse(data: bytes) -> TlogProof:
    """Read a receipt; nothing is verified yet. Raises ProofInvalid unless it has exactly the receipt's form."""
    if len(data) > MAX_RECEIPT:
        raise ProofInvalid("too_long", f"{len(data)} bytes")
    if not data.startswith(HEADER.encode() + b"\n"):
        if data.startswith(HEADER.encode() + b"\r\n"):
            raise ProofInvalid("windows_lines")
        is_cut = bool(data) and HEADER.encode().startswith(data)
        raise ProofInvalid("truncated" if is_cut else "not_a_receipt")
    proof, blank, checkpoint = data.partition(b"\n\n")
    if not blank:
        raise ProofInvalid("truncated", "no checkpoint")
    try:
        lines = proof.decode("ascii").split("\n")[1:]
    except UnicodeDecodeError as error:
        raise ProofInvalid("malformed", "not ASCII") from error
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra ")) or b""
        if not extra:
            raise ProofInvalid("malformed", "extra")
    index = from_decimal(lines[0].removeprefix("index ")) if lines and lines[0].startswith("index ") else None
    if index is None:
        raise ProofInvalid("malformed", "index")
    path = [from_base64(line) for line in lines[1:]]
    whole = tuple(hash_ for hash_ in path if hash_ is not None and len(hash_) == 32)
    if len(whole) != len(path):
        raise ProofInvalid("malformed", "path")
    receipt = TlogProof(index, whole, checkpoint, extra)
    try:
        size = receipt.head.size
    except Invalid as error:
        raise ProofInvalid(error.code, error.detail) from error
    if index >= size:
        raise ProofInvalid("index_outside", f"{index} of {size}")
    if len(whole) != path_length(index, size):
        raise ProofInvalid("path_length", str(len(whole)))
    return receipt
