"""What an act's leaf was made from, for those who may know it; and a receipt's `extra`. Pure.

The opening file: a header line, the salt, a blank line, then the record's bytes, verbatim to the end:

    answerable/opening/v1
    salt <base64, 32 bytes>

    {"act":…}

`extra` holds either the log entry itself, which tells nothing (its first byte is its type, 01 or 02), or
byte 11, the salt and the record.
"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.record.encoding import from_base64, to_base64
from answerable.record.invalid import Invalid
from answerable.record.merkle import ENTRY_TYPE_ACT, entry, leaf_hash

HEADER = b"answerable/opening/v1\n"
SUFFIX = ".opening"
ENTRY_TYPE_TEXT = b"\x02"
OPENED = b"\x11"


class OpeningInvalid(Invalid):
    """What was read is no opening."""


@dataclass(frozen=True)
class OpenedAct:
    """Salt and record, as they were when the act was appended."""

    salt: bytes
    record: bytes

    def __post_init__(self) -> None:
        if len(self.salt) != 32:
            raise OpeningInvalid("opening_malformed", "salt")

    @property
    def entry(self) -> bytes:
        return entry(self.salt, self.record)

    @property
    def leaf(self) -> bytes:
        return leaf_hash(self.entry)

    def to_bytes(self) -> bytes:
        return HEADER + f"salt {to_base64(self.salt)}\n\n".encode() + self.record

    def to_extra(self) -> bytes:
        return OPENED + self.salt + self.record


def parse(data: bytes) -> OpenedAct:
    """Read an opening file. Raises OpeningInvalid."""
    if not data.startswith(HEADER):
        raise OpeningInvalid("not_an_opening")
    line, blank, record = data.removeprefix(HEADER).partition(b"\n\n")
    salt = from_base64(line.removeprefix(b"salt ").decode("ascii", "replace"))
    if not line.startswith(b"salt ") or not blank or salt is None:
        raise OpeningInvalid("opening_malformed", "salt")
    return OpenedAct(salt, record)


def extra_parts(extra: bytes) -> tuple[bytes | None, OpenedAct | None]:
    """The log entry that a receipt's `extra` names, and the opening where it travels along.

    Both are None where there is nothing, or nothing of ours; neither is signed by anyone.
    """
    if extra[:1] == OPENED and len(extra) > 33:
        opened = OpenedAct(extra[1:33], extra[33:])
        return opened.entry, opened
    if is_entry(extra):
        return extra, None
    return None, None


def is_entry(data: bytes) -> bool:
    """Whether this can be an entry of our log: a commitment of 33 bytes, or public text."""
    return (data[:1] == ENTRY_TYPE_ACT and len(data) == 33) or data[:1] == ENTRY_TYPE_TEXT
