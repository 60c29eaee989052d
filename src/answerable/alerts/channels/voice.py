"""Automatic calls through any HTTP gateway that takes a POST with JSON; it reads the text out and asks for a digit.

The digit comes back by a callback (docs/reference/ways.md): 1 is "I have it", 2 "pass to the next".
"""

from __future__ import annotations

import json

from django.conf import settings

from answerable.alerts.channels.answers import filled, judge, receipt_in
from answerable.alerts.channels.kept import post
from answerable.alerts.outcomes import Message, NotSent
from answerable.alerts.telephone import national

TIMEOUT_S = 15


def is_configured() -> bool:
    return bool(settings.VOICE_URL)


def send(message: Message) -> str:
    """POST to ANSWERABLE_VOICE_URL with the bearer token; returns the gateway's own name for the call.

    The body is {to, text, id, digits}, or ANSWERABLE_VOICE_BODY with the places {to}, {national}, {text}, {id} filled
    (as JSON strings' insides). Raises NotSent or Unknown.
    """
    if not is_configured():
        raise NotSent("no gateway for calls is configured", for_good=True)
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {settings.VOICE_TOKEN}",
        "Idempotency-Key": message.idempotency,
    }
    answer = post(settings.VOICE_URL, _body(message), headers, timeout=TIMEOUT_S)
    judge(answer.status, answer.body, who="the gateway")
    names = ("id", "call_id", "callId", "sid", "receipt")
    return receipt_in(answer.body, *names, number=national(message.to))


def _body(message: Message) -> bytes:
    values = {
        "to": message.to,
        "national": national(message.to),
        "text": message.body,
        "id": message.idempotency,
    }
    if not settings.VOICE_BODY:
        return json.dumps(
            {"to": message.to, "text": message.body, "id": message.idempotency, "digits": 1}
        ).encode()
    body = str(settings.VOICE_BODY)
    return filled(body, values)
