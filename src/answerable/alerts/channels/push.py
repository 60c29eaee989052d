"""Web Push to a browser that was subscribed (RFC 8030), signed with this installation's own key (VAPID).

The key lies in a file of the data folder, made at first need. Browsers are bound to it: with another key every
subscription is dead and has to be made again.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from answerable.alerts.channels import webpush
from answerable.alerts.channels.answers import FELL_OVER
from answerable.alerts.channels.posting import checked, post
from answerable.alerts.outcomes import Message, NotSent, Unknown
from answerable.core import disk
from answerable.core.sentences import N_, Said

KEPT_S = 3600  # how long the push service keeps it for a browser that is away: an alarm of yesterday is none
_HEADER = "answerable-push-key 1"


class PushKeyError(Said):
    """The key file cannot be used."""

    sentences = {
        "open_to_others": N_("others may read it"),
        "damaged": N_("it is damaged, or another file"),
        "refused": "%(reason)s",
    }


def server_key() -> ec.EllipticCurvePrivateKey:
    """The installation's key; its file is made at first need. Raises PushKeyError."""
    path = Path(settings.ANSWERABLE_PUSH_KEY_FILE)
    try:
        if not path.exists():
            _make(path)
        stat = path.stat()
        if stat.st_mode & 0o077:
            raise PushKeyError("open_to_others")
        return _load(str(path), (stat.st_ino, stat.st_mtime_ns))
    except OSError as error:
        raise PushKeyError("refused", reason=error.strerror or type(error).__name__) from error


def public_key() -> str:
    """What the page hands to the browser."""
    return webpush.encode(webpush.public_bytes(server_key()))


def _make(path: Path) -> None:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    text = f"{_HEADER}\n{webpush.encode(number.to_bytes(32, 'big'))}\n"
    with suppress(FileExistsError):  # another process was first: its key is the one
        disk.write_new(path, text)


@lru_cache(maxsize=2)
def _load(path: str, _file: tuple[int, int]) -> ec.EllipticCurvePrivateKey:
    try:
        header, seed = Path(path).read_text(encoding="ascii").splitlines()
        if header != _HEADER:
            raise ValueError("another file")
        return webpush.private_key(webpush.decode(seed))
    except ValueError as error:
        raise PushKeyError("damaged") from error


def read_subscription(text: str) -> tuple[str, bytes, bytes]:
    """Endpoint, key and secret of what a browser gave. Raises NotSent (for good)."""
    try:
        said: Any = json.loads(text)
        endpoint = said["endpoint"]
        point, auth = webpush.decode(said["keys"]["p256dh"]), webpush.decode(said["keys"]["auth"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotSent("this is no browser's subscription", for_good=True) from error
    if not isinstance(endpoint, str) or len(endpoint) > 1000 or not webpush.is_subscription_key(point, auth):
        raise NotSent("this is no browser's subscription", for_good=True)
    checked(endpoint)
    return endpoint, point, auth


def send(message: Message) -> str:
    """Hand it to the push service of the browser. Raises NotSent (for good where the browser unsubscribed), Unknown."""
    endpoint, point, auth = read_subscription(message.to)
    try:
        key = server_key()
    except PushKeyError as error:
        raise NotSent(f"the push key cannot be used: {error}") from error
    headers = {
        "Authorization": webpush.authorization(key, endpoint, subject=_subject(), now_s=int(time.time())),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_S),
        "Urgency": "high" if message.is_urgent else "normal",
        "Topic": message.idempotency.replace("-", "")[:32],
    }
    answer = post(endpoint, webpush.encrypt(_payload(message), point, auth), headers)
    _judge(answer.status)
    return ""


def _judge(status: int) -> None:
    if status in (404, 410):
        raise NotSent("the browser no longer takes messages", for_good=True)
    if status in FELL_OVER:
        raise Unknown(f"the push service answered {status}")
    if not 200 <= status < 300:
        # 400, 401, 403 and 413 are faults of ours, which an administrator can put right
        raise NotSent(f"the push service answered {status}")


def _payload(message: Message) -> bytes:
    """What the service worker shows. Cut at a character, never inside one."""
    values = {"title": message.subject, "body": message.body, "link": message.link, "id": message.idempotency}
    text = json.dumps(values, ensure_ascii=False).encode()
    over = len(text) - webpush.MOST_TEXT
    if over > 0:
        # Each byte taken out of the body takes at least one out of its JSON
        kept = message.body.encode()[: -(over + len("…".encode()))].decode("utf-8", "ignore")
        text = json.dumps(values | {"body": kept + "…"}, ensure_ascii=False).encode()
    return text


def _subject() -> str:
    """Whom the push service may ask when something is wrong with our messages."""
    base = str(settings.BASE_URL)
    if base.startswith("https://"):
        return base
    return f"mailto:{settings.DEFAULT_FROM_EMAIL}"
