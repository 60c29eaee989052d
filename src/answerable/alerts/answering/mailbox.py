"""Looks for answers in the mailbox of ANSWERABLE_ALERT_IMAP_URL. Messages are marked as read, none is deleted.

Each message is settled in the database before it is marked: a worker that dies in between reads it once more, and finds
that it was taken already.
"""

from __future__ import annotations

import imaplib
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection

from answerable.alerts.answering import mail
from answerable.alerts.answering.reading import read_mail
from answerable.alerts.services import answering

log = logging.getLogger(__name__)
TIMEOUT_S = 20
MOST = 50  # messages a turn
MOST_BYTES = 200_000


def is_configured() -> bool:
    return bool(settings.ALERT_IMAP_URL)


def poll(clock: Callable[[], datetime]) -> int:
    """Take what is unread; returns how many. A mailbox that is away is said in the log and asked again later."""
    if not is_configured():
        return 0
    try:
        with _opened() as box:
            return sum(_take(box, number, clock) for number in _unread(box))
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("the mailbox of answers cannot be read", extra={"error": type(error).__name__})
        return 0


def try_out() -> None:
    """Sign in and leave again, for `answerable check`. Raises OSError, imaplib.IMAP4.error."""
    with _opened():
        pass


@contextmanager
def _opened() -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(str(settings.ALERT_IMAP_URL))
    host = parts.hostname or ""
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT_S)
    else:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT_S)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        state, _said = box.select('"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"')
        if state != "OK":
            raise imaplib.IMAP4.error("no such folder")
        yield box
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _unread(box: imaplib.IMAP4) -> list[str]:
    state, found = box.uid("SEARCH", "UNSEEN")
    if state != "OK" or not found or not found[0]:
        return []
    return [number.decode() for number in found[0].split()[:MOST]]


def _take(box: imaplib.IMAP4, number: str, clock: Callable[[], datetime]) -> int:
    state, found = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    raw = next((part[1] for part in found or () if isinstance(part, tuple)), None)
    if state != "OK" or not isinstance(raw, bytes):
        return 0
    try:
        settle(raw, clock())
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        # It stays unread, and keeps nobody else's answer back.
        log.exception("an answer by e-mail could not be taken")
        return 0
    box.uid("STORE", number, "+FLAGS", r"(\Seen)")
    return 1


def settle(raw: bytes, now: datetime) -> str:
    """Take one message as what it is; returns the outcome, "" where it was taken before."""
    read = mail.read(raw)
    deliveries = list(read.deliveries)
    if read.kind is mail.Kind.BOUNCE:
        return answering.take_bounce(name=read.name, deliveries=deliveries, now=now)
    if read.kind is mail.Kind.AUTOMATIC:
        return answering.ignore_mail(name=read.name, now=now)
    reading = read_mail(read.text, read.subject)
    return answering.take_mail(
        name=read.name, sender=read.sender, deliveries=deliveries, reading=reading, now=now
    )
