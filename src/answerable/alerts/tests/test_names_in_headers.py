"""A name with a line end in it begins no header of its own, and keeps no alarm back."""

from __future__ import annotations

import pytest
from django.core import mail

from answerable.alerts.channels import email
from answerable.alerts.outcomes import Message


@pytest.fixture(autouse=True)
def mails(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "here"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\u2028"])
def test_a_line_end_in_a_name(end):
    subject = f"Duty room{end}Bcc: all@example.org{end}: nobody is on duty"
    email.send(Message(to="a@example.org", subject=subject, body="x", idempotency="1"))
    (sent,) = mail.outbox
    raw = sent.message()
    assert raw["Subject"] == "Duty room Bcc: all@example.org : nobody is on duty"
    assert raw["Bcc"] is None
    assert sent.recipients() == ["a@example.org"]
