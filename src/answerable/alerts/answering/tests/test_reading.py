"""What a few words mean, and which e-mails are answers."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.alerts.answering import mail
from answerable.alerts.answering.reading import Reading, read_answer, read_digit, read_mail

ID = "01234567-89ab-7def-8123-456789abcdef"


@pytest.mark.parametrize(
    ("said", "has_it", "code"),
    [
        ("1", True, ""),
        (" 1 ", True, ""),
        ("１", True, ""),
        ("1。", True, ""),
        ("收到", True, ""),
        ("收到！", True, ""),
        ("OK", True, ""),
        ("ok.", True, ""),
        ("我来", True, ""),
        ("2", False, ""),
        ("转下一位", False, ""),
        ("483920 1", True, "483920"),
        ("483920:2", False, "483920"),
        ("收到 483920", True, "483920"),
        ("#483920 我来", True, "483920"),
        ("\u200b1\u200b", True, ""),
        ("483920", True, "483920"),
        ("1 2", None, ""),
        ("12", None, ""),
        ("不收到", None, ""),
        ("收到，但我来不了", None, ""),
        ("483920 112233 1", None, ""),
        ("13812345678", None, ""),
        ("", None, ""),
        ("退订", None, ""),
    ],
)
def test_words_of_an_answer(said, has_it, code):
    assert read_answer(said) == Reading(has_it, code)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_nothing_breaks_it_and_nothing_else_is_an_answer(said):
    found = read_answer(said)
    assert found.has_it in (True, False, None)
    assert read_answer(said + " and please call my number").has_it is None


def test_a_mail_means_what_its_first_own_line_says():
    assert read_mail("\n\n收到\n\n> 1\n> 2") == Reading(True)
    assert read_mail("On Mon, 2 Mar 2026, duty wrote:\n> 1") == Reading(None)
    assert read_mail("> 1\n收到") == Reading(None)
    assert read_mail("ok\n-- \nHead of roads", "Re: 警报 483920") == Reading(True, "483920")
    assert read_mail("谢谢，明天再看\n1") == Reading(None)


def test_digits_of_a_telephone():
    assert [read_digit(one) for one in ("1", "2", "1#", "3", "", "11")] == [
        True,
        False,
        True,
        None,
        None,
        None,
    ]


def answered(body: str = "收到", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Handler <handler@office.example>"
    message["Subject"] = "Re: alarm"
    message["Message-ID"] = "<m1@office.example>"
    message["In-Reply-To"] = f"<{ID}@answerable>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def test_an_answer():
    read = mail.read(answered())
    assert (read.kind, read.sender, read.deliveries) == (mail.Kind.ANSWER, "handler@office.example", (ID,))
    assert read_mail(read.text, read.subject).has_it is True


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@office.example"},
        {"Subject": "自动回复: 警报"},
        {"Subject": "Automatic reply: alarm"},
        {"Subject": "Out of Office: alarm"},
    ],
)
def test_automatic_answers_are_none(headers):
    assert mail.read(answered("1", **headers)).kind is mail.Kind.AUTOMATIC


def report(action: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMessage-ID: <b1@mx.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; x@office.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{ID}@answerable>\r\nSubject: alarm\r\n\r\n--b--\r\n"
    ).encode()


def test_a_message_that_came_back():
    read = mail.read(report("failed"))
    assert (read.kind, read.deliveries) == (mail.Kind.BOUNCE, (ID,))
    assert mail.read(report("delayed")).kind is mail.Kind.AUTOMATIC


def test_html_alone_is_read_too():
    message = EmailMessage()
    message["From"], message["Message-ID"] = "h@office.example", "<m2@office.example>"
    message.set_content(
        "<html><head><style>1</style></head><body><div>收到</div><blockquote>2</blockquote>", "html"
    )
    assert read_mail(mail.read(message.as_bytes()).text) == Reading(True)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: \r\n\r\n1",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff1",
        b"Content-Type: multipart/mixed\r\n\r\n1",
        b"From: a@b\r\nSubject: =?utf-8?b?!!!?=\r\nMessage-ID: <>\r\n\r\n1",
        report("failed")[:200],
    ],
)
def test_broken_mail_breaks_nothing(raw):
    read = mail.read(raw)
    assert read.name
    read_mail(read.text, read.subject)


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_bytes_are_some_mail(raw):
    assert mail.read(raw).kind in mail.Kind
