"""The token that a reply must carry: it was in the headers of what we sent to that person, and nowhere else.

A From address proves nothing. The token names the channel that we wrote to, signed under a key of the key file; it
dies with the channel.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from answerable.parties import keys
from answerable.parties.models import Channel

_MAC = 12


def _mac(channel_id: UUID) -> bytes:
    return hmac.digest(keys.derived("replies by e-mail"), channel_id.bytes, "sha256")[:_MAC]


def token_for(channel_id: UUID) -> str:
    """45 small letters and digits, the same for the same channel always."""
    return base64.b32encode(channel_id.bytes + _mac(channel_id)).decode().rstrip("=").lower()


def channel_behind(token: str) -> Channel | None:
    """The channel that was written to, where the token is genuine and the person still uses it."""
    try:
        said = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(said) != 16 + _MAC:
        return None
    channel_id = UUID(bytes=said[:16])
    if not hmac.compare_digest(said[16:], _mac(channel_id)):
        return None
    return Channel.objects.filter(pk=channel_id, dropped_at=None).first()
