"""Webhooks without a database: signatures as Standard Webhooks has them, pauses, addresses that are refused."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import pytest

from answerable.api.hooks import rules, services
from answerable.api.hooks.rules import PAUSES, Came, CannotHook, next_try
from tests.cast import MONDAY


def test_the_example_of_the_specification() -> None:
    """Standard Webhooks, "Signature scheme"."""
    said = rules.signatures(
        ["whsec_plJ3nmyCDGBKInavdOK15jsl"],
        name="msg_loFOjxBNrRLzqYUf",
        at=1731705121,
        body=b'{"event_type":"ping","data":{"success":true}}',
    )
    assert said == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_two_live_secrets_sign_both() -> None:
    live = [rules.fresh_secret(), rules.fresh_secret()]
    both = rules.signatures(live, name="msg_1", at=1, body=b"{}").split(" ")
    assert both == [rules.signatures([one], name="msg_1", at=1, body=b"{}") for one in live]


@pytest.mark.parametrize(
    ("tries", "came", "pause"),
    [
        (1, Came(500, 1), timedelta(seconds=5)),
        (2, Came(None, 1, "it was not reached"), timedelta(minutes=1)),
        (1, Came(429, 1, again_s=30), timedelta(seconds=30)),
        (1, Came(503, 1, again_s=10**7), timedelta(hours=24)),
        (1, Came(500, 1, again_s=30), timedelta(seconds=5)),
        (4, Came(503, 1, again_s=1), timedelta(minutes=30)),
        (len(PAUSES), Came(302, 1), timedelta(hours=24)),
        (len(PAUSES) + 1, Came(500, 1), None),
        (1, Came(410, 1), None),
    ],
)
def test_it_is_tried_again_for_days_and_then_given_up(tries: int, came: Came, pause: Any) -> None:
    assert next_try(tries, came, at=MONDAY) == (None if pause is None else MONDAY + pause)
    assert timedelta(days=3) < sum(PAUSES, timedelta()) < timedelta(days=4)


@pytest.mark.parametrize(
    ("status", "is_taken"),
    [(200, True), (204, True), (301, False), (404, False), (500, False), (None, False)],
)
def test_only_2xx_is_taken(status: int | None, is_taken: bool) -> None:
    assert Came(status, 1).is_taken is is_taken


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "address"),
        ("partner.example", "address"),
        ("http://partner.example/x", "https"),
        ("ftp://partner.example/x", "https"),
        ("https://user:pass@partner.example/", "address"),
        ("https://127.0.0.1/x", "private"),
        ("https://[::1]/x", "private"),
        ("https://10.0.0.1/x", "private"),
        ("https://169.254.169.254/latest/meta-data/", "private"),
        ("https://[fd00:ec2::254]/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://[64:ff9b::7f00:1]/", "private"),
        ("https://0x7f000001/", "private"),
        (f"https://{'a' * 300}/x", "address"),
    ],
)
def test_no_address_inside_is_told_anything(url: str, code: str) -> None:
    with pytest.raises(CannotHook) as refused:
        services.check_address(url)
    assert refused.value.code == code


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.1.9", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: inside)
    with pytest.raises(CannotHook, match="private network"):
        services.check_address("https://partner.example/x")
