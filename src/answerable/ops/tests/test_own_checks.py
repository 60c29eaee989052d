"""What `check` says of the mail server: which of its faults it is, and what to look at."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest

from answerable.ops import own_checks


@pytest.fixture
def mail(settings):
    settings.DEMO = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", False, 5
    return settings


def said() -> list[tuple[str, str]]:
    return [(fault.code, str(fault.sentence)) for fault in own_checks.check_mail()]


def test_no_mail_server_is_set(mail):
    mail.EMAIL_HOST = ""
    assert [code for code, _sentence in said()] == ["mail_unset"]


def test_a_closed_port_says_so(mail):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        mail.EMAIL_PORT = closed.getsockname()[1]
    ((code, sentence),) = said()
    assert code == "mail_refused"
    assert "Connection refused" in sentence


def test_a_certificate_that_nobody_trusts_says_so(mail, monkeypatch):
    def refuse(*_args, **_kwargs):
        error = ssl.SSLCertVerificationError(1, "certificate verify failed")
        error.verify_message = "self-signed certificate"
        raise error

    monkeypatch.setattr("smtplib.SMTP.connect", refuse)
    assert "self-signed certificate" in said()[0][1]


def test_one_that_answers_is_well(mail):
    def answer(server: socket.socket) -> None:
        line, _address = server.accept()
        with line, line.makefile("rwb", buffering=0) as talk:
            talk.write(b"220 here\r\n")
            while heard := talk.readline():
                talk.write(b"221 bye\r\n" if heard.startswith(b"QUIT") else b"250 well\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        mail.EMAIL_PORT = server.getsockname()[1]
        threading.Thread(target=answer, args=[server], daemon=True).start()
        assert said() == []
