"""A call to another body's program, which answers with a receipt (docs/reference/calls.md).

POST, JSON {id, to, subject, text}. Signed: `Answerable-Signature: t=<Unix seconds>,v1=<hex>`, HMAC-SHA256 under the
shared key of `<seconds>.<body>`. `Idempotency-Key` is the same on every try, so that a repetition is no second call.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

from django.conf import settings

from answerable.alerts.channels.direct import open_direct
from answerable.alerts.outcomes import Message, NotSent, Unknown
from answerable.alerts.signed import signature

TIMEOUT_S = 10
RECEIPT_LIMIT = 120
#: Answers below 500 after which the same call may well succeed.
PASSING = frozenset({408, 409, 423, 425, 429})


def is_configured(body_code: str) -> bool:
    """Whether ANSWERABLE_OUTSIDE_CALLS names an address and a key for the body of this code."""
    return body_code in settings.OUTSIDE_CALLS


def send(message: Message) -> str:
    """Call the body whose code is `message.to`; returns its receipt. Raises NotSent or Unknown.

    An answer of 5xx, none in time, and one without a receipt are of unknown outcome: the call may have been taken.
    """
    if not is_configured(message.to):
        raise NotSent("no call is configured for this body", for_good=True)
    place = settings.OUTSIDE_CALLS[message.to]
    values = {"id": message.idempotency, "to": message.to, "subject": message.subject, "text": message.body}
    body = json.dumps(values, ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310 - the address is the administrator's own setting
        place["url"],
        data=body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message.idempotency,
            "Answerable-Signature": signature(place["key"], int(time.time()), body),
        },
    )
    return _receipt_in(_answer(request))


def _answer(request: urllib.request.Request) -> bytes:
    try:
        with open_direct(request, timeout=TIMEOUT_S) as answer:
            return bytes(answer.read(10_000))
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise Unknown(f"the other body answered {error.code}") from error
        raise NotSent(f"the other body answered {error.code}", for_good=error.code not in PASSING) from error
    except TimeoutError as error:
        raise Unknown("the other body did not answer in time") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Unknown("the other body did not answer in time") from error
        raise NotSent("the other body was not reached") from error
    except (OSError, ValueError) as error:
        raise Unknown("the line to the other body broke") from error


def _receipt_in(answer: bytes) -> str:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        said = None
    receipt = said.get("receipt") if isinstance(said, dict) else None
    if not isinstance(receipt, str) or not receipt.strip() or len(receipt) > RECEIPT_LIMIT:
        raise Unknown("the other body answered without a receipt")
    return receipt.encode("utf-8", "replace").decode().strip()
