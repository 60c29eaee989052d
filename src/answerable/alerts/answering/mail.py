"""What an e-mail that came in is: an answer, an automatic one, or a message of ours that came back. Pure.

Out-of-office notices, lists and bounces never count as an answer (RFC 3834); what went wrong with a message is read
from its delivery status (RFC 3464), never guessed from words.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum

#: Our own messages are named `<their id@answerable>`.
_OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@answerable>")
_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(re\s*:\s*)?(自动回复|自動回覆|自动答复|外出|不在办公室|automatic reply|auto(matic)?[- ]?(reply|response)|"
    r"out of (the )?office|undeliver|delivery (status|failure)|mail delivery|returned mail|退信|系统退信)",
    re.IGNORECASE,
)
_ROBOTS = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.-].*)?@", re.IGNORECASE
)


class Kind(StrEnum):
    ANSWER = "answer"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"


@dataclass(frozen=True)
class Mail:
    """`name` tells it from every other one; `deliveries` are the ids of our messages that it is about."""

    kind: Kind
    name: str
    sender: str
    subject: str
    text: str
    deliveries: tuple[str, ...]


def read(raw: bytes) -> Mail:
    """Whatever came, however broken: a message that cannot be read is an automatic one."""
    name = hashlib.sha256(raw).hexdigest()
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return _read(message, name)
    except Exception:  # the standard library's readers fail in many ways on what strangers send
        return Mail(Kind.AUTOMATIC, name, "", "", "", ())


def _read(message: EmailMessage, name: str) -> Mail:
    name = _header(message, "Message-ID").strip() or name
    sender = parseaddr(_header(message, "From"))[1]
    subject = _header(message, "Subject")
    about = tuple(
        dict.fromkeys(_OURS.findall(_header(message, "In-Reply-To") + " " + _header(message, "References")))
    )
    if message.get_content_type() == "multipart/report":
        kind, returned = _report(message)
        return Mail(kind, name, sender, subject, "", tuple(dict.fromkeys((*returned, *about))))
    if _is_automatic(message, sender, subject):
        return Mail(Kind.AUTOMATIC, name, sender, subject, "", about)
    return Mail(Kind.ANSWER, name, sender, subject, _text(message), about)


def _is_automatic(message: EmailMessage, sender: str, subject: str) -> bool:
    said = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    return bool(
        (said and said != "no")
        or _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients", "List-Id"))
        or _header(message, "Return-Path").strip() == "<>"
        or _ROBOTS.match(sender)
        or _AUTOMATIC_SUBJECT.match(subject)
    )


def _report(message: EmailMessage) -> tuple[Kind, list[str]]:
    """A report about our messages. It is a bounce where it says of one that it failed for good."""
    has_failed, ids = False, []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            has_failed |= bool(
                re.search(r"^action:\s*failed\s*$", part.as_string(), re.IGNORECASE | re.MULTILINE)
            )
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            ids += _OURS.findall(part.as_string())
    return (Kind.BOUNCE if has_failed else Kind.AUTOMATIC), ids


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    said = str(part.get_content())[:50_000]
    if part.get_content_subtype() == "html":
        said = re.sub(r"(?is)<(style|script|head|blockquote).*?</\1>", "\n", said)
        said = re.sub(r"(?i)<(br|/p|/div|/li|/tr)[^>]*>", "\n", said)
        said = re.sub(r"<[^>]*>", "", said).replace("&nbsp;", " ")
    return said


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, ""))
