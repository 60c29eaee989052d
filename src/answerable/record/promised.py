"""The office's written word that a leaf will be in its log: how it is written, and read without the office. Pure.

A signed note like the checkpoints, under another key and name, which signs promises and nothing else:

    answerable/promise/v1
    <origin of the log>
    leaf <base64>
    time <seconds since 1970 (UTC) at which the act was recorded>
    deadline <by when a published checkpoint covers it>
"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.record import notes
from answerable.record.encoding import from_base64, from_decimal, to_base64
from answerable.record.invalid import Invalid

HEADER = "answerable/promise/v1"
LAST_SECOND = 253_402_300_799  # of the year 9999


def key_name(origin: str) -> str:
    return f"{origin}/promise"


@dataclass(frozen=True)
class Promise:
    """Times in seconds since 1970."""

    origin: str
    leaf: bytes
    time: int
    deadline: int

    def text(self) -> str:
        """What is signed."""
        return f"{HEADER}\n{self.origin}\nleaf {to_base64(self.leaf)}\ntime {self.time}\ndeadline {self.deadline}\n"


def is_one(data: bytes) -> bool:
    """Whether this wants to be read as a promise."""
    return data.lstrip().startswith(f"{HEADER}\n".encode())


def parse(data: bytes) -> tuple[Promise, notes.Note]:
    """What the note says, whoever signed it. A code on paper, read by a scanner, may have other white space around it.

    Raises Invalid unless every byte between is in its place.
    """
    try:
        note = notes.parse(data.strip() + b"\n")
    except Invalid as error:
        raise Invalid("promise_malformed", error.detail) from error
    lines = note.text.split("\n")
    if len(lines) != 6 or not notes.is_key_name(lines[1]):
        raise Invalid("promise_malformed")
    leaf = from_base64(lines[2].removeprefix("leaf "))
    time, deadline = (
        from_decimal(line.removeprefix(name)) for line, name in ((lines[3], "time "), (lines[4], "deadline "))
    )
    if leaf is None or len(leaf) != 32 or time is None or deadline is None:
        raise Invalid("promise_malformed")
    promise = Promise(lines[1], leaf, time, deadline)
    if promise.text() != note.text or not time <= deadline <= LAST_SECOND:
        raise Invalid("promise_malformed")
    return promise, note
