"""The log's public entries (type 02), as far as a monitor follows them: a changed key, a new epoch. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from answerable.record.encoding import from_base64, from_decimal
from answerable.record.invalid import Invalid
from answerable.record.notes import VerifierKey

KEY = "answerable/key/v1"
EPOCH = "answerable/epoch/v1"
ANCHOR = "answerable/anchor/v1"


@dataclass(frozen=True)
class KeyChange:
    old: VerifierKey
    new: VerifierKey


@dataclass(frozen=True)
class NewEpoch:
    """The log began anew: after which head of which log (none where nobody knows), what is lost, and why."""

    origin: str
    after: str
    size: int
    root: bytes
    lost: str
    why: str

    @property
    def is_unsure(self) -> bool:
        """Whether the office itself does not know where the old log ended."""
        return "not known" in self.lost or not self.after


def read(text: bytes) -> KeyChange | NewEpoch | None:
    """What the entry says; None for one of another kind, or one that is not written as ours are."""
    try:
        kind, *lines = text.decode().removesuffix("\n").split("\n")
        fields = {name: rest for name, _space, rest in (line.partition(" ") for line in lines)}
        if kind == KEY:
            return KeyChange(VerifierKey.parse(fields["old"]), VerifierKey.parse(fields["new"]))
        if kind == EPOCH:
            size, root = from_decimal(fields.get("size", "0")), from_base64(fields.get("root", ""))
            if size is None or root is None:
                return None
            return NewEpoch(
                fields["origin"],
                fields.get("after", ""),
                size,
                root,
                fields.get("lost", ""),
                fields.get("why", ""),
            )
    except (UnicodeDecodeError, KeyError, Invalid):
        return None
    return None
