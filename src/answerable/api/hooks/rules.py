"""How a message to another system is signed (Standard Webhooks), and when it is tried again. Pure.

`webhook-signature: v1,<base64 of HMAC-SHA256 of "<id>.<timestamp>.<body>">`, one for each secret that is live.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable.core.sentences import N_, Said

PREFIX = "whsec_"
#: After each try that was not taken; after the last one it is given up: about three days in all.
PAUSES = tuple(
    timedelta(seconds=s)
    for s in (5, 60, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
#: The other side may ask for a longer pause, but not for more than this.
LONGEST_ASKED = timedelta(hours=24)
#: What was sent, and its tries, are kept for so long.
KEPT = timedelta(days=30)
#: A former secret signs beside the new one for so long.
OVERLAP = timedelta(days=7)
#: So many hooks a key may have.
MOST = 10
#: The hook's own word that it is there no more (RFC 9110).
GONE = 410


class CannotHook(Said):
    """No webhook, or not so: the sentence says why."""

    sentences = {
        "address": N_("This is no web address. It should look like https://host.example/path."),
        "https": N_(
            "Only https addresses are used, unless the administrator named the host as one of the office's own "
            "(ANSWERABLE_ALERT_HOSTS)."
        ),
        "private": N_(
            "This address leads into a private network. Only addresses of the public internet are used, unless the "
            "administrator named the host (ANSWERABLE_ALERT_HOSTS)."
        ),
        "no_event": N_("Choose at least one thing that it is told of."),
        "unreadable": N_(
            "The key may not read “%(event)s”, so it is not told of it. Give it a key with the scope."
        ),
        "too_many": N_("A key has at most %(most)s webhooks. End one first."),
        "key_over": N_("This key was taken back or its time is over."),
        "gone": N_("This webhook is there no more."),
        "stopped": N_("This webhook is stopped. Start it again first."),
        "not_again": N_("Only what was given up or taken is sent again; this one still waits its turn."),
    }


def fresh_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signatures(live: Iterable[str], *, name: str, at: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = f"{name}.{at}.".encode() + body
    return " ".join(f"v1,{_mac(secret, signed)}" for secret in live)


def _mac(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


@dataclass(frozen=True)
class Came:
    """What came of one try: the other side's status, or in a few words why there is none."""

    status: int | None
    ms: int
    fault: str = ""
    #: Seconds after which the other side asked to be tried again.
    again_s: int | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def again_in(headers: Mapping[str, str]) -> int | None:
    """The pause that the other side asks for, in seconds; a day of the calendar is not looked at."""
    said = headers.get("retry-after", "").strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else None


def next_try(tries: int, came: Came, *, at: datetime) -> datetime | None:
    """When to try again after `tries` tries; None: it is given up."""
    if came.status == GONE or tries > len(PAUSES):
        return None
    pause = PAUSES[tries - 1]
    if came.again_s is not None and came.status in (429, 503):
        pause = max(pause, min(timedelta(seconds=came.again_s), LONGEST_ASKED))
    return at + pause
