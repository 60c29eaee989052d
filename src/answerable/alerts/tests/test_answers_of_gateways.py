"""What gateways say in a body of 200, read for what it means; and what they say that no database keeps."""

from __future__ import annotations

import json

import pytest

from answerable.alerts.answering import mailbox
from answerable.alerts.channels import sms, voice
from answerable.alerts.channels.answers import error_in, receipt_in
from answerable.alerts.outcomes import Message
from answerable.alerts.telephone import national
from answerable.core import clock


@pytest.mark.parametrize(
    "said",
    [
        {"code": "500", "msg": "余额不足"},
        {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发流控"},
        {"code": "-1"},
        {"errcode": "40001"},
        {"errorCode": 7},
        {"Response": {"Error": {"Code": "AuthFailure", "Message": "x"}}},
        {"result": {"code": 3}},
        {"success": False},
        {"code": "9" * 30},
    ],
)
def test_an_error_is_one_in_whatever_form(said):
    assert error_in(json.dumps(said).encode()) is not None


@pytest.mark.parametrize(
    "said",
    [
        {"code": "0"},
        {"code": "000000"},
        {"code": 200},
        {"Code": "OK", "BizId": "9"},
        {"code": "Success"},
        {"Response": {"RequestId": "1"}},
        {"error": None, "code": ""},
        {"code": True},
        [],
        "ok",
    ],
)
def test_success_is_success(said):
    assert error_in(json.dumps(said).encode()) is None


def test_an_answer_that_is_nested_without_end_is_no_error_of_ours():
    assert error_in(b'{"result":' * 800 + b"1" + b"}" * 800) is None
    assert error_in(b"[" * 9000) is None


def test_a_name_that_no_database_keeps_still_names_the_message():
    found = receipt_in(b'{"id": "gw-\\ud800"}', "id")
    assert found.encode().startswith(b"gw-")


def test_rule_06_a_name_that_holds_the_number_is_not_kept():
    """It would stand in the matter's record and in the delivery's row, while the number lies sealed."""
    said = b'{"receipt": "13812345678-7", "message_id": 8613812345678, "id": "gw-7"}'
    assert receipt_in(said, "receipt", "message_id", "id", number=national("+8613812345678")) == "gw-7"
    assert receipt_in(b'{"id": "13812345678"}', "id", number=national("13812345678")) == ""


@pytest.mark.parametrize("way", [sms, voice])
def test_what_stands_in_a_text_is_no_place_of_the_body(way, settings):
    settings.SMS_BODY = settings.VOICE_BODY = '{"to": "{national}", "text": "{text}", "ref": "{id}"}'
    message = Message(to="+8613812345678", subject="s", body='看 {to} {id} "{national}"\\', idempotency="77")
    said = json.loads(way._body(message))
    assert said == {"to": "13812345678", "text": '看 {to} {id} "{national}"\\', "ref": "77"}


class Box:
    """A mailbox with two unread messages."""

    def __init__(self) -> None:
        self.marked: list[str] = []

    def uid(self, what, number, *_more):
        if what == "STORE":
            self.marked.append(number)
            return "OK", []
        return "OK", [(b"head", number.encode()), b")"]


@pytest.mark.django_db
def test_a_message_that_cannot_be_taken_keeps_no_other_back(monkeypatch):
    def settle(raw, now):
        if raw == b"1":
            raise ValueError("whatever it was")

    monkeypatch.setattr(mailbox, "settle", settle)
    from django.db import connection

    connection.ensure_connection()
    box = Box()
    assert [mailbox._take(box, number, clock.now) for number in ("1", "2")] == [0, 1]
    assert box.marked == ["2"]
