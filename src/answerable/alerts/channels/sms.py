"""Text messages through any HTTP gateway that takes a POST with JSON."""

from __future__ import annotations

import json

from django.conf import settings

from answerable.alerts.channels.answers import filled, judge, receipt_in
from answerable.alerts.channels.kept import post
from answerable.alerts.outcomes import Message, NotSent
from answerable.alerts.telephone import national

FOR_GOOD = (400, 404, 422)


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
    try:
        judge(answer.status, answer.body, who="the gateway")
    except NotSent as error:
        # What a gateway says in its body may pass (no credit, too busy); that it does not know the number does not.
        raise NotSent(error.detail, for_good=answer.status in FOR_GOOD) from error
    return receipt_in(answer.body, "receipt", "message_id", "id", number=national(message.to))


def _body(message: Message) -> bytes:
    values = {"to": message.to, "text": message.body, "id": message.idempotency}
    if not settings.SMS_BODY:
        return json.dumps(values).encode()
    body = str(settings.SMS_BODY)
    values["national"] = national(message.to)
    return filled(body, values)
