"""Messages as they arrive."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any


def mail(
    text: str = "村口的路灯坏了两个月。",
    *,
    subject: str = "路灯不亮",
    sender: str = "李兰 <li@example.org>",
    message_id: str = "<one@example.org>",
    **headers: str,
) -> EmailMessage:
    """A plain message of a person."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = (
        sender,
        "help@town.example",
        subject,
        message_id,
    )
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def raw(*args: Any, **more: Any) -> bytes:
    return mail(*args, **more).as_bytes()


def bounce(message_id: str, *, action: str = "failed") -> bytes:
    """What a mail server sends back about a message of ours (RFC 3464)."""
    return (
        "From: mailer-daemon@example.org\r\nTo: help@town.example\r\nSubject: Undelivered\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()
