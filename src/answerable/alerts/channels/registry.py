"""Every way by which a machine sends: one function a kind. A `landline` is called by hand and is not among them."""

from __future__ import annotations

from collections.abc import Callable

from answerable.alerts.channels import apprise, call, email, push, sms, voice, webhook
from answerable.alerts.outcomes import Message

#: Each hands over one message and returns the other side's own name or receipt for it, where it gives one; raises
#: NotSent or Unknown. It runs in a thread of its kind's lane: no database in it, and an end to its patience.
CHANNELS: dict[str, Callable[[Message], str | None]] = {
    "email": email.send,
    "sms": sms.send,
    "call": call.send,
    "voice": voice.send,
    "push": push.send,
    "apprise": apprise.send,
    "webhook": webhook.send,
}
