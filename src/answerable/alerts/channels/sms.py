"""Text messages through any HTTP gateway that takes a POST with JSON."""

from __future__ import annotations

import json

from django.conf import settings

from answerable.alerts.channels.kept import post
from answerable.alerts.outcomes import Message, NotSent, Unknown
from answerable.alerts.telephone import national

RECEIPT_LIMIT = 120
# What a gateway answers when it, or a proxy before it, fell over with the message in hand (RFC 9110, 15.6).
FELL_OVER = (500, 502, 504)


def is_configured() -> bool:
    return bool(settings.SMS_URL)


def send(message: Message) -> str:
    """POST to ANSWERABLE_SMS_URL with the bearer token; returns the gateway's own name for it, where it gives one.

    The body is {to, text, id}, or ANSWERABLE_SMS_BODY with these places filled (as JSON strings' insides); {national}
    is the number as it is dialled in China, for gateways that know no +86.

    Raises NotSent or Unknown. A gateway that answers 200 with `"ok": false` or an `error` in its body has not sent; nor has one that points elsewhere: the token is for the address that was set.
    """
    if not is_configured():
        raise NotSent("no text message gateway is configured")
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {settings.SMS_TOKEN}",
        "Idempotency-Key": message.idempotency,
    }
    answer = post(settings.SMS_URL, _body(message), headers)
    if answer.status in FELL_OVER:
        raise Unknown(f"the gateway answered {answer.status}")
    if not 200 <= answer.status < 300:
        raise NotSent(f"the gateway answered {answer.status}", for_good=answer.status in (400, 404, 422))
    return _read_answer(answer.body)


def _read_answer(body: bytes) -> str:
    try:
        said = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    if said.get("ok") is False or said.get("error"):
        raise NotSent("the gateway answered with an error")
    receipt = said.get("receipt") or said.get("message_id") or said.get("id") or ""
    return str(receipt) if isinstance(receipt, str | int) and len(str(receipt)) <= RECEIPT_LIMIT else ""


def _body(message: Message) -> bytes:
    values = {"to": message.to, "text": message.body, "id": message.idempotency}
    if not settings.SMS_BODY:
        return json.dumps(values).encode()
    body = str(settings.SMS_BODY)
    values["national"] = national(message.to)
    for name, value in values.items():
        body = body.replace("{" + name + "}", json.dumps(value, ensure_ascii=False)[1:-1])
    return body.encode()
