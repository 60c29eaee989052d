"""E-mail by SMTP, with Django's own client."""

from __future__ import annotations

import re
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import BadHeaderError

from answerable.alerts.outcomes import Message, NotSent, Unknown

_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,300}>")


def is_configured() -> bool:
    return (
        bool(settings.EMAIL_HOST) and settings.EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend"
    )


def _headers(message: Message) -> dict[str, str]:
    """What keeps machines from answering it, and lets a person's answer be known for theirs (RFC 3834, 5322)."""
    name = f"{message.idempotency}.{message.thread}" if message.thread else message.idempotency
    about = " ".join(message.in_reply_to.split())[:400]
    # What stands in a stranger's header is repeated only where it is a name of a message and nothing else.
    if not _MESSAGE_ID.fullmatch(about):
        return {"Message-ID": f"<{name}@answerable>", "Auto-Submitted": "auto-generated"}
    return {
        "Message-ID": f"<{name}@answerable>",
        "Auto-Submitted": "auto-replied",
        "In-Reply-To": about,
        "References": about,
    }


def send(message: Message) -> None:
    """Hand a message to the mail server. Raises NotSent or Unknown."""
    if not is_configured():
        raise NotSent("no mail server is configured")
    mail = EmailMessage(
        # A name with a line end in it must neither begin a header of its own nor keep the alarm back.
        subject=" ".join(message.subject.split()),
        body=message.body,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=_headers(message),
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSent("the mail server refused the address", for_good=True) from error
    except smtplib.SMTPServerDisconnected as error:
        raise Unknown("the mail server hung up") from error
    except TimeoutError as error:
        raise Unknown("the mail server did not answer in time") from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(type(error).__name__) from error
    except (BadHeaderError, ValueError) as error:
        raise NotSent("the address is not an e-mail address", for_good=True) from error
