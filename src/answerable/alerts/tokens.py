"""The private address and the short code by which one person answers one alarm.

Both are derived from the row's id under a key of the key file, which lies outside the database and its backups: the
sender can say them again at every try, and a copy of the tables opens nothing. Whoever writes `Asked` draws its id
first (its sequence's `nextval`) and stores `digest_of(answer_token(id))` and `reply_code(id)` with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from answerable.parties import keys

#: 15 bytes are 24 signs of base32 without padding: letters and 2-7, so that no link ends in a sign that a telephone
#: cuts off.
TOKEN_BYTES = 15
CODE_DIGITS = 6


class Answers:
    """Token and code of many rows, with the key read once."""

    def __init__(self) -> None:
        # Begun once and copied: `hmac.digest` lets other threads in each time, and a sender has many.
        self._begun = hmac.new(keys.derived("answers to alarms"), digestmod="sha256")

    def of(self, asked_id: int) -> tuple[str, str]:
        token = self._digest(f"address:{asked_id}")[:TOKEN_BYTES]
        number = int.from_bytes(self._digest(f"reply:{asked_id}")[:8]) % 10**CODE_DIGITS
        return base64.b32encode(token).decode().lower(), f"{number:0{CODE_DIGITS}d}"

    def _digest(self, said: str) -> bytes:
        one = self._begun.copy()
        one.update(said.encode())
        return one.digest()


def answer_token(asked_id: int) -> str:
    """The last part of `/a/<token>`: 24 signs, the same for the same row always."""
    return answers(asked_id)[0]


def reply_code(asked_id: int) -> str:
    """Six digits to answer by text message. Too few to count alone: the sender's number must fit as well."""
    return answers(asked_id)[1]


def answers(asked_id: int) -> tuple[str, str]:
    """Token and code of one row."""
    return Answers().of(asked_id)


def digest_of(token: str) -> bytes:
    """What the table keeps of a token, and what one is found by. Capital letters count as small ones."""
    return hashlib.sha256(token.strip().lower().encode()).digest()
