"""E-mail by SMTP, with Django's own client."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import BadHeaderError

from answerable.alerts.outcomes import Message, NotSent, Unknown


def is_configured() -> bool:
    return (
        bool(settings.EMAIL_HOST) and settings.EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend"
    )


def send(message: Message) -> None:
    """Hand a message to the mail server. Raises NotSent or Unknown."""
    if not is_configured():
        raise NotSent("no mail server is configured")
    mail = EmailMessage(
        # A name with a line end in it must neither begin a header of its own nor keep the alarm back.
        subject=" ".join(message.subject.split()),
        body=message.body,
        to=[message.to],
        headers={"Message-ID": f"<{message.idempotency}@answerable>", "Auto-Submitted": "auto-generated"},
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
