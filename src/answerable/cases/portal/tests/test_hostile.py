"""What bad input gets: a sentence, and nothing lost."""

from __future__ import annotations

import pytest
from django.test import Client

from answerable.cases.models import Case, CaseText
from answerable.cases.portal.tests.walk import CLAIM, answers, step_of, walk
from answerable.core.text import clean

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed",
    [
        "路灯\x00坏了",
        "\u202etxet\u202c desrever",
        "<script>alert(1)</script><img src=x onerror=alert(2)>",
        "=cmd|' /C calc'!A0",
        "{{ 7*7 }} {% load x %} %(name)s {0}",
        "字" * 100_000,
        "a\r\nb\u2028c",
        "😀" * 500,
    ],
    ids=["nul", "bidi", "html", "formula", "template", "100k", "lines", "emoji"],
)
def test_words_are_kept_as_written_and_never_run(cast, client, typed):
    given = answers(
        cast,
        story={"story": typed, "wants": typed[:200]},
        place={"place": "none", "in_words": typed[:100]},
        privacy={"privacy": "open"},
        name={"name": typed[:60], "address": typed[:200]},
    )
    walk(client, given)
    page = client.get("/new/check").content.decode()
    assert "<script>alert" not in page
    assert "onerror=alert(2)>" not in page.replace("&gt;", "")
    assert len(page.encode()) < 60_000
    assert step_of(client.post("/new/check", {})) == "receipt"
    assert CaseText.objects.get().claim == clean(typed).text


def test_too_long_is_said_and_nothing_is_cut(cast, client):
    walk(client, answers(cast), until="story")
    response = client.post("/new/story", {"story": "字" * 100_001, "wants": ""})
    assert response.status_code == 422
    page = response.content.decode()
    assert "字" * 100_001 in page
    assert "100001" in page


def test_a_book_is_still_answered_with_a_sentence(cast, client):
    walk(client, answers(cast), until="story")
    response = client.post("/new/story", {"story": "字" * 500_000, "wants": ""})
    assert response.status_code == 422
    assert "500000" in response.content.decode()


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "\u200b\u202e"])
def test_nothing_written_is_said_kindly(cast, client, typed):
    walk(client, answers(cast), until="story")
    response = client.post("/new/story", {"story": typed})
    assert response.status_code == 422
    assert "请写一下发生了什么" in response.content.decode()


@pytest.mark.parametrize(
    ("step", "posted"),
    [
        ("who", {"who": "nobody"}),
        ("conduct", {"conduct": "maybe"}),
        ("kind", {"kind": "conduct"}),
        ("subject", {"subject": "999999"}),
        ("subject", {"subject": "1 OR 1=1"}),
        ("subject", {"subject": "１"}),
        ("place", {"place": "-1"}),
        ("privacy", {"privacy": "OPEN"}),
        ("channel", {"channel": "fax"}),
    ],
)
def test_choices_that_are_not_offered_are_refused_with_a_sentence(cast, client, step, posted):
    walk(client, answers(cast), until=step)
    response = client.post(f"/new/{step}", posted)
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        *("nobody", "a@b", "a b@c.org\nBcc: x@y.org", "@", "x" * 300 + "@example.org"),
        *('"li lan"@example.org', "=?utf-8?q?li?=@example.org"),  # would go to li…@ of somebody else
    ],
)
def test_an_address_that_is_none_is_said(cast, client, settings, address):
    settings.EMAIL_HOST = "mail.example.org"
    walk(client, answers(cast, channel={"channel": "email"}), until="reach")
    response = client.post("/new/reach", {"reach": address})
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("typed", "kept"), [("ａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "a@example.org"), ("a@example。org", "a@example.org")]
)
def test_full_width_addresses_are_put_right(cast, client, settings, typed, kept):
    settings.EMAIL_HOST = "mail.example.org"
    walk(client, answers(cast, channel={"channel": "email"}), until="reach")
    step_of(client.post("/new/reach", {"reach": typed}))
    assert kept in client.get("/new/reach").content.decode()


@pytest.mark.parametrize(
    ("typed", "fine"),
    [("138 0000 0000", True), ("＋86－138－0000－0000", True), ("12110", False), ("call me", False)],
)
def test_telephone_numbers(cast, client, settings, typed, fine):
    settings.SMS_URL = "https://sms.example.org"
    walk(client, answers(cast, channel={"channel": "sms"}), until="reach")
    response = client.post("/new/reach", {"reach": typed})
    assert response.status_code == (303 if fine else 422)


def test_ways_that_do_not_work_here_are_not_offered(cast, client):
    walk(client, answers(cast), until="channel")
    page = client.get("/new/channel").content.decode()
    assert 'value="sms"' not in page
    assert 'value="email"' not in page


@pytest.mark.parametrize("value", ["", "x", "x" * 43, "../../etc", "\u00e9" * 43, "A" * 5000])
def test_a_forged_cookie_is_no_form(cast, value):
    client = Client()
    client.cookies["form"] = value
    assert client.get("/new/who").status_code == 200
    assert step_of(client.get("/new/check")) == "new"


def test_out_of_turn_and_replayed_pages_lead_back(cast, client):
    assert step_of(client.get("/new/check")) == "new"
    client.post("/new/check", {})
    assert not Case.objects.exists()
    walk(client, answers(cast), until="story")
    assert step_of(client.get("/new/privacy")) == "story"
    assert step_of(client.post("/new/check", {})) == "story"
    assert not Case.objects.exists()


def test_a_language_we_do_not_have_gets_one_we_have(cast):
    client = Client(headers={"accept-language": "bo, ug;q=0.8"})
    assert 'lang="zh-hans"' in client.get("/new/who").content.decode()


def test_a_subject_that_was_closed_meanwhile_is_asked_again(cast, client):
    walk(client, answers(cast))
    type(cast.lamps).objects.filter(pk=cast.lamps.pk).update(closed_on="2020-01-01")
    assert step_of(client.post("/new/check", {})) == "subject"
    step_of(client.post("/new/subject", {"subject": cast.pipes.pk}))
    assert step_of(client.post("/new/check", {})) == "receipt"
    assert Case.objects.get().text.claim == CLAIM
