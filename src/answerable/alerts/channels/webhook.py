"""A signed POST to a program of the person's own or of their office.

JSON {id, subject, text, link, code, urgent}. Signed as calls are: `Answerable-Signature: t=<Unix seconds>,v1=<hex>`,
HMAC-SHA256 under the contact's own key of `<seconds>.<body>`; `Idempotency-Key` is the same on every try.
"""

from __future__ import annotations

import json
import time

from answerable.alerts.channels.answers import judge, receipt_in
from answerable.alerts.channels.call import signature
from answerable.alerts.channels.posting import checked, post
from answerable.alerts.outcomes import Message, NotSent

#: Bytes that a key has at least; ours have 32.
LEAST_KEY = 32


def read_address(text: str) -> tuple[str, str]:
    """Address and key out of what was sealed. Raises NotSent (for good)."""
    try:
        said = json.loads(text)
        url, key = said["url"], said["key"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotSent("this is no webhook", for_good=True) from error
    if not isinstance(url, str) or not isinstance(key, str) or len(key) < LEAST_KEY:
        raise NotSent("this is no webhook", for_good=True)
    checked(url)
    return url, key


def send(message: Message) -> str:
    """Hand it over; returns the other side's receipt, where it gives one. Raises NotSent or Unknown."""
    url, key = read_address(message.to)
    values = {
        "id": message.idempotency,
        "subject": message.subject,
        "text": message.body,
        "link": message.link,
        "code": message.reply_code,
        "urgent": message.is_urgent,
    }
    body = json.dumps(values, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message.idempotency,
        "Answerable-Signature": signature(key, int(time.time()), body),
        "User-Agent": "Answerable",
    }
    answer = post(url, body, headers)
    judge(answer.status, answer.body, who="the webhook")
    return receipt_in(answer.body, "receipt", "id")
