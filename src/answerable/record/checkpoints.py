"""The head of a log, signed: origin, size and root (c2sp.org/tlog-checkpoint). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from answerable.record import notes
from answerable.record.encoding import from_base64, from_decimal, to_base64
from answerable.record.invalid import Invalid
from answerable.record.merkle import EMPTY_ROOT


class CheckpointInvalid(Invalid):
    """A note that is no checkpoint, or not one of the log that was asked about."""


@dataclass(frozen=True)
class Checkpoint:
    """Ours have no extension lines; those of other logs may."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> str:
        """The text that is signed."""
        return "".join(
            f"{line}\n" for line in (self.origin, self.size, to_base64(self.root), *self.extensions)
        )


def parse_body(text: str) -> Checkpoint:
    """Raises CheckpointInvalid unless the text is exactly a checkpoint's body."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or not all(lines):
        raise CheckpointInvalid("checkpoint_malformed", "lines")
    size, root = from_decimal(lines[1]), from_base64(lines[2])
    if size is None:
        raise CheckpointInvalid("checkpoint_malformed", "size")
    if root is None or len(root) != 32 or (size == 0 and root != EMPTY_ROOT):
        raise CheckpointInvalid("checkpoint_malformed", "root")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def open_checkpoint(note: bytes, key: notes.VerifierKey, origin: str | None = None) -> Checkpoint:
    """The checkpoint in this note, signed by this key for this origin (the key's name, unless given).

    Raises NoteInvalid or CheckpointInvalid: `foreign_key` where the key has not signed, `wrong_origin` where
    it signed for another log.
    """
    parsed = notes.parse(note)
    checkpoint = parse_body(parsed.text)
    if not parsed.verify([key]):
        raise notes.NoteInvalid("foreign_key", key.name)
    if checkpoint.origin != (origin or key.name):
        raise CheckpointInvalid("wrong_origin", checkpoint.origin)
    return checkpoint
