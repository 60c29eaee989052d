"""Text messages through any HTTP gateway that takes a POST with JSON."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request

from django.conf import settings

from answerable.alerts.channels.direct import open_direct
from answerable.alerts.outcomes import Message, NotSent, Unknown
from answerable.alerts.telephone import national

TIMEOUT_S = 10
# What a gateway answers when it, or a proxy before it, fell over with the message in hand (RFC 9110, 15.6).
FELL_OVER = (500, 502, 504)


def is_configured() -> bool:
    return bool(settings.SMS_URL)


def send(message: Message) -> None:
    """POST to ANSWERABLE_SMS_URL with the bearer token. Raises NotSent or Unknown.

    The body is {to, text, id}, or ANSWERABLE_SMS_BODY with these places filled (as JSON strings' insides); {national}
    is the number as it is dialled in China, for gateways that know no +86.

    A gateway that answers 200 with `"ok": false` or an `error` in its body has not sent; nor has one that points elsewhere: the token is for the address that was set.
    """
    if not is_configured():
        raise NotSent("no text message gateway is configured")
    request = urllib.request.Request(  # noqa: S310 - the address is the administrator's own setting
        settings.SMS_URL,
        data=_body(message),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.SMS_TOKEN}",
            "Idempotency-Key": message.idempotency,
        },
    )
    try:
        with open_direct(request, timeout=TIMEOUT_S) as answer:
            body = answer.read(10_000)
    except urllib.error.HTTPError as error:
        if error.code in FELL_OVER:
            raise Unknown(f"the gateway answered {error.code}") from error
        raise NotSent(f"the gateway answered {error.code}", for_good=error.code in (400, 404, 422)) from error
    except TimeoutError as error:
        raise Unknown("the gateway did not answer in time") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Unknown("the gateway did not answer in time") from error
        raise NotSent("the gateway was not reached") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unknown("the line to the gateway broke") from error
    _read_answer(body)


def _read_answer(body: bytes) -> None:
    try:
        said = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return
    if isinstance(said, dict) and (said.get("ok") is False or said.get("error")):
        raise NotSent("the gateway answered with an error")


def _body(message: Message) -> bytes:
    values = {"to": message.to, "text": message.body, "id": message.idempotency}
    if not settings.SMS_BODY:
        return json.dumps(values).encode()
    body = str(settings.SMS_BODY)
    values["national"] = national(message.to)
    for name, value in values.items():
        body = body.replace("{" + name + "}", json.dumps(value, ensure_ascii=False)[1:-1])
    return body.encode()
