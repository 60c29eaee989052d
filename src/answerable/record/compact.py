"""The receipt for paper: the same bytes, packed, and written so that a QR code is small. Pure.

    packed   01, then integers as LEB128, texts and byte strings after their length, hashes as they are:
             index, size, extra, path (its length follows from index and size), origin, root,
             number of signatures; each: name (empty for the origin), key id (4), signature
    raw      00, then the receipt's bytes: what does not pack, so that everything expands without loss

As text it is `TLOG1:` and base45 (RFC 9285), whose signs a QR code's alphanumeric mode holds.
"""

from __future__ import annotations

from answerable.record import checkpoints, proofs
from answerable.record.invalid import Invalid
from answerable.record.merkle import MAX_SIZE, ProofInvalid, path_length
from answerable.record.notes import MAX_SIGNATURES, Note, Signature

PREFIX = "TLOG1:"
#: Three signs stand for two bytes.
MAX_TEXT = len(PREFIX) + proofs.MAX_RECEIPT // 2 * 3
_RAW, _PACKED = b"\x00", b"\x01"
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE45 = {sign: value for value, sign in enumerate(_BASE45)}


def compact(receipt: bytes) -> bytes:
    """The receipt in its compact form; `expand` gives the same bytes back, whatever they are."""
    try:
        packed = _pack(proofs.parse(receipt))
        if expand(packed) == receipt:
            return packed
    except Invalid:
        pass
    return _RAW + receipt


def expand(data: bytes) -> bytes:
    """The receipt that was packed. Raises ProofInvalid unless `data` is the compact form of one."""
    if len(data) > proofs.MAX_RECEIPT:
        raise ProofInvalid("too_long", f"{len(data)} bytes")
    if data[:1] == _RAW:
        return data[1:]
    if data[:1] != _PACKED:
        raise ProofInvalid("not_a_receipt", "compact form")
    reader = _Reader(data[1:])
    try:
        return _unpacked(reader).to_bytes()
    except (IndexError, UnicodeDecodeError) as error:
        raise ProofInvalid("truncated", "compact form") from error


def to_text(receipt: bytes) -> str:
    """What a QR code holds."""
    return PREFIX + _to_base45(compact(receipt))


def from_text(text: str) -> bytes:
    """The receipt of a QR code. Raises ProofInvalid."""
    if not text.startswith(PREFIX):
        raise ProofInvalid("not_a_receipt", "QR code")
    if len(text) > MAX_TEXT:
        raise ProofInvalid("too_long", f"{len(text)} characters")
    data = _from_base45(text.removeprefix(PREFIX))
    if data is None:
        raise ProofInvalid("malformed", "base45")
    return expand(data)


def _pack(proof: proofs.TlogProof) -> bytes:
    head = proof.head
    parts = [_PACKED, _number(proof.index), _number(head.size), _string(proof.extra), *proof.path]
    parts += [_string(head.origin.encode()), head.root, _number(len(proof.note.signatures))]
    for line in proof.note.signatures:
        name = "" if line.name == head.origin else line.name
        parts += [_string(name.encode()), line.key_id, _string(line.signature)]
    return b"".join(parts)


def _unpacked(reader: _Reader) -> proofs.TlogProof:
    index, size, extra = reader.number(), reader.number(), reader.string()
    if not index < size <= MAX_SIZE:
        raise ProofInvalid("index_outside", f"{index} of {size}")
    path = tuple(reader.take(32) for _ in range(path_length(index, size)))
    origin, root, count = reader.string().decode(), reader.take(32), reader.number()
    if count > MAX_SIGNATURES:
        raise ProofInvalid("too_many_signatures", str(count))
    lines = []
    for _ in range(count):
        name = reader.string().decode() or origin
        lines.append(Signature(name, reader.take(4), reader.string()))
    reader.end()
    note = Note(checkpoints.Checkpoint(origin, size, root).body(), tuple(lines))
    return proofs.TlogProof(index, path, note.to_bytes(), extra)


class _Reader:
    """Takes bytes off the front. Raises IndexError when there are no more."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise IndexError(end)
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def number(self) -> int:
        value = 0
        for shift in range(0, 63, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte == 0 and shift:
                    raise ProofInvalid("malformed", "a number with a superfluous byte")
                return value
        raise ProofInvalid("malformed", "a number too large")

    def string(self) -> bytes:
        return self.take(self.number())

    def end(self) -> None:
        if self._at != len(self._data):
            raise ProofInvalid("too_long", "compact form")


def _number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _string(value: bytes) -> bytes:
    return _number(len(value)) + value


def _to_base45(data: bytes) -> str:
    out = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            out.append(_BASE45[digit])
    return "".join(out)


def _from_base45(text: str) -> bytes | None:
    out = bytearray()
    for at in range(0, len(text), 3):
        signs = text[at : at + 3]
        if len(signs) == 1 or any(sign not in _VALUE45 for sign in signs):
            return None
        value = sum(_VALUE45[sign] * 45**place for place, sign in enumerate(signs))
        if value >= 1 << (8 * (len(signs) - 1)):
            return None
        out += value.to_bytes(len(signs) - 1, "big")
    return bytes(out)
