"""Answers from outside the desk: only from whom was asked, each once, and never by a machine that looks at links."""

from __future__ import annotations

import json
import time

import pytest

from answerable.alerts.answering import mailbox
from answerable.alerts.models import Alert, Asked, ContactPoint, Delivery, Reply
from answerable.alerts.services import acknowledge, resolve
from answerable.alerts.signed import signature
from answerable.alerts.tests.climbers import alarm, reached_by, steps
from answerable.alerts.tokens import answer_token
from answerable.core import clock, limits
from answerable.record.models import Act
from tests.cast import MONDAY

from .test_reading import answered, report

pytestmark = pytest.mark.django_db(transaction=True)
SMS_KEY, VOICE_KEY = "s" * 40, "v" * 40


@pytest.fixture(autouse=True)
def keys(settings):
    settings.SMS_INBOUND_KEY, settings.VOICE_INBOUND_KEY = SMS_KEY, VOICE_KEY


def raised(cast, *people, way="sms", key="k", **more):
    """An alarm that asks these people, one step each."""
    for one in people:
        if not ContactPoint.objects.filter(staff=one, way=way).exists():
            reached_by(one, way=way)
    made = alarm(cast, steps(*({"staff": one.pk} for one in people)), key=key, now=clock.now(), **more)
    return Alert.objects.get(pk=made.pk)


def asked_of(alert, staff):
    return Asked.objects.get(alert=alert, staff=staff)


def number_of(staff):
    return ContactPoint.objects.get(staff=staff, way="sms").address


def hand_in(client, what, key=None, at=None, bearer=False, **said):
    body = json.dumps(said).encode()
    key = {"sms": SMS_KEY, "voice": VOICE_KEY}[what] if key is None else key
    headers = {"Answerable-Signature": signature(key, int(at or time.time()), body)}
    if bearer:
        headers = {"Authorization": f"Bearer {key}"}
    return client.post(f"/hooks/replies/{what}", body, content_type="application/json", headers=headers)


def state(alert):
    alert.refresh_from_db()
    return alert.state


# --- by link


def page(client, asked, **more):
    return client.get(f"/a/{answer_token(asked.pk)}", **more)


def press(client, asked, answer="have_it"):
    return client.post(f"/a/{answer_token(asked.pk)}", {"answer": answer})


def test_looking_at_the_link_changes_nothing(client, cast):
    alert = raised(cast, cast.handler, facts={"text": "村口塌方"})
    asked = asked_of(alert, cast.handler)
    acts = Act.objects.count()
    for _ in range(3):
        seen = page(client, asked)
        client.head(f"/a/{answer_token(asked.pk)}")
    assert "村口塌方" in seen.content.decode()
    assert seen.content.decode().count("<button") == 2
    assert (state(alert), Act.objects.count()) == ("open", acts)
    assert seen["Referrer-Policy"] == "no-referrer"
    assert "no-store" in seen["Cache-Control"]
    assert not seen.cookies
    assert "script" not in seen.content.decode()


def test_the_button_answers_and_a_second_time_changes_nothing(client, cast):
    alert = raised(cast, cast.handler)
    asked = asked_of(alert, cast.handler)
    assert "您已接手" in press(client, asked).content.decode()
    acts = Act.objects.count()
    assert press(client, asked).status_code == 200
    assert (state(alert), alert.answered_by) == ("acknowledged", cast.handler)
    assert Act.objects.count() == acts


def test_passing_it_on_asks_the_next_at_once(client, cast):
    alert = raised(cast, cast.handler, cast.clerk)
    assert not Asked.objects.filter(alert=alert, staff=cast.clerk).exists()
    press(client, asked_of(alert, cast.handler), "passed")
    assert Asked.objects.filter(alert=alert, staff=cast.clerk).exists()


def test_after_somebody_has_it_the_link_says_who(client, cast):
    alert = raised(cast, cast.handler)
    asked = asked_of(alert, cast.handler)
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=clock.now())
    for answer in (page(client, asked), press(client, asked), press(client, asked, "passed")):
        assert str(cast.leader) in answer.content.decode()
        assert "<button" not in answer.content.decode()
    resolve(alert_id=alert.pk, by=cast.actor(cast.leader), now=clock.now())
    assert "<button" not in press(client, asked).content.decode()
    assert state(alert) == "resolved"


@pytest.mark.parametrize("token", ["a" * 24, "x", "a" * 500, "%00", "路灯"])
def test_forged_links_are_one_and_the_same(client, cast, token):
    asked = asked_of(raised(cast, cast.handler), cast.handler)
    nobody = client.get("/a/" + "b" * 24)
    forged = client.post(f"/a/{token}", {"answer": "have_it"})
    assert (forged.status_code, forged.content) == (404, nobody.content)
    assert {name: forged[name] for name in ("Referrer-Policy", "Cache-Control")} == {
        name: nobody[name] for name in ("Referrer-Policy", "Cache-Control")
    }
    assert not Asked.objects.filter(pk=asked.pk).exclude(answer="").exists()


@pytest.mark.usefixtures("one_window")
def test_links_are_limited_by_their_source(client, cast, monkeypatch):
    from answerable.alerts.answering import links

    monkeypatch.setattr(links, "TRIES", 3)
    limits.sweep(MONDAY)
    asked = asked_of(raised(cast, cast.handler), cast.handler)
    found = [client.get("/a/" + "b" * 24).status_code for _ in range(5)]
    assert found == [404, 404, 404, 429, 429]
    # Whoever guesses, from here or from a thousand places, keeps nobody from answering.
    monkeypatch.setattr(links, "OVERALL", 1)
    assert page(client, asked).status_code == 200
    assert press(client, asked).status_code == 200
    assert Asked.objects.get(pk=asked.pk).answer == "have_it"


def test_a_roll_call_whose_time_is_over_says_so_and_asks_no_more(client, cast):
    alert = raised(cast, cast.handler)
    Alert.objects.filter(pk=alert.pk).update(code="roll_call", state="unanswered", ended_at=clock.now())
    asked = asked_of(alert, cast.handler)
    for seen in (page(client, asked), press(client, asked)):
        assert "<button" not in seen.content.decode()
    assert state(alert) == "unanswered"
    assert Asked.objects.get(pk=asked.pk).answer == ""


def test_a_link_speaks_the_language_of_whom_it_asks(client, cast):
    cast.handler.language = "en"
    cast.handler.save()
    asked = asked_of(raised(cast, cast.handler), cast.handler)
    assert "Pass to the next" in page(client, asked, headers={"Accept-Language": "zh-CN"}).content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert "转给下一位" in page(client, asked).content.decode()


def test_whoever_left_or_must_not_know_answers_no_more(client, cast, monkeypatch):
    """Rule 5: the accused learns nothing and has nothing in hand, also where the alarm asked them before."""
    from uuid import uuid4

    from answerable.alerts import targets

    about = uuid4()
    alert = raised(cast, cast.handler, about=about)
    asked = asked_of(alert, cast.handler)
    monkeypatch.setattr(targets, "_KEEPERS", [lambda pairs, at: {(about, cast.handler.pk)} & set(pairs)])
    nobody = client.get("/a/" + "b" * 24)
    assert page(client, asked).content == press(client, asked).content == nobody.content
    hand_in(client, "sms", id="g-1", **{"from": number_of(cast.handler)}, text="1")
    assert state(alert) == "open"
    monkeypatch.setattr(targets, "_KEEPERS", [])
    cast.handler.is_active = False
    cast.handler.save()
    assert press(client, asked).status_code == 404
    assert state(alert) == "open"


# --- by text message


def test_a_text_from_the_number_that_was_asked_answers(client, cast):
    alert = raised(cast, cast.handler)
    said = {"id": "g-1", "from": number_of(cast.handler)[3:], "text": "收到"}
    assert hand_in(client, "sms", **said).status_code == 200
    assert (state(alert), alert.answered_by) == ("acknowledged", cast.handler)
    assert asked_of(alert, cast.handler).way == "sms"
    assert ContactPoint.objects.get().answered_at is not None


def test_another_number_answers_nothing(client, cast):
    alert = raised(cast, cast.handler)
    reached_by(cast.clerk)
    code = asked_of(alert, cast.handler).reply_code
    for n, number in enumerate((number_of(cast.clerk), "+8613900000000", "10690000", "")):
        hand_in(client, "sms", id=f"g-{n}", **{"from": number}, text=f"{code} 1")
    assert state(alert) == "open"


def test_the_same_callback_again_and_again_counts_once(client, cast):
    first = raised(cast, cast.handler)
    said = {"id": "g-1", "from": number_of(cast.handler), "text": "2"}
    hand_in(client, "sms", **said)
    acts = Act.objects.filter(kind="alert.passed").count()
    second = raised(cast, cast.handler, key="another")
    for _ in range(40):
        assert hand_in(client, "sms", **said).status_code == 200
    assert Act.objects.filter(kind="alert.passed").count() == acts == 1
    assert (state(first), state(second), Reply.objects.count()) == ("open", "open", 1)


def test_forged_and_old_callbacks_change_nothing(client, cast):
    alert = raised(cast, cast.handler)
    said = {"id": "g-1", "from": number_of(cast.handler), "text": "1"}
    assert hand_in(client, "sms", key="x" * 40, **said).status_code == 403
    assert hand_in(client, "sms", key="x" * 40, bearer=True, **said).status_code == 403
    assert hand_in(client, "sms", at=time.time() - 3600, **said).status_code == 403
    assert client.post("/hooks/replies/sms", said, content_type="application/json").status_code == 403
    for body in (
        b"",
        b"[]",
        b"{}",
        b'{"id": 1}',
        b"\xff",
        b'{"id":"' + b"x" * 400 + b'","from":"1","text":"1"}',
    ):
        headers = {"Answerable-Signature": signature(SMS_KEY, int(time.time()), body)}
        done = client.post("/hooks/replies/sms", body, content_type="application/json", headers=headers)
        assert done.status_code == 400
    assert (state(alert), Reply.objects.count()) == ("open", 0)


def test_without_a_key_nothing_is_taken(client, cast, settings):
    settings.SMS_INBOUND_KEY = ""
    alert = raised(cast, cast.handler)
    said = {"id": "g-1", "from": number_of(cast.handler), "text": "1"}
    for bearer in (False, True):
        assert hand_in(client, "sms", key="", bearer=bearer, **said).status_code == 403
    assert state(alert) == "open"


def test_a_gateway_that_cannot_sign_shows_the_key(client, cast):
    alert = raised(cast, cast.handler)
    said = {"id": "g-1", "from": number_of(cast.handler), "text": "1"}
    assert hand_in(client, "sms", bearer=True, **said).status_code == 200
    assert state(alert) == "acknowledged"


def test_with_two_alarms_the_code_says_which(client, cast):
    first, second = raised(cast, cast.handler), raised(cast, cast.handler, key="another")
    number = number_of(cast.handler)
    hand_in(client, "sms", id="g-1", **{"from": number}, text="1")
    assert (state(first), state(second)) == ("open", "open")
    asks = Delivery.objects.get(purpose="which_alarm")
    codes = {asked_of(one, cast.handler).reply_code for one in (first, second)}
    assert set(asks.facts["codes"].split(", ")) == codes
    code = asked_of(second, cast.handler).reply_code
    hand_in(client, "sms", id="g-2", **{"from": number}, text=f"{code} 1")
    assert (state(first), state(second)) == ("open", "acknowledged")
    hand_in(client, "sms", id="g-3", **{"from": number}, text="1")
    assert state(first) == "acknowledged"


def test_words_that_are_no_answer_change_nothing(client, cast):
    alert = raised(cast, cast.handler)
    number = number_of(cast.handler)
    for n, text in enumerate(("谁发的？", "12", "退订", "")):
        hand_in(client, "sms", id=f"g-{n}", **{"from": number}, text=text)
    assert state(alert) == "open"


def test_an_answer_to_an_alarm_long_over_changes_nothing(client, cast):
    alert = raised(cast, cast.handler)
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=clock.now())
    acts = Act.objects.count()
    code = asked_of(alert, cast.handler).reply_code
    hand_in(client, "sms", id="g-1", **{"from": number_of(cast.handler)}, text=f"{code} 1")
    hand_in(client, "sms", id="g-2", **{"from": number_of(cast.handler)}, text="2")
    assert (state(alert), alert.answered_by, Act.objects.count()) == ("acknowledged", cast.leader, acts)
    assert set(Reply.objects.values_list("outcome", flat=True)) == {"over"}


# --- by telephone


@pytest.mark.parametrize("by", ["theirs", "ours"])
def test_a_digit_answers_the_call_that_asked_for_it(client, cast, by):
    alert = raised(cast, cast.handler, way="voice")
    call = Delivery.objects.get()
    Delivery.objects.update(provider_id="call-7")
    name = {"theirs": "call-7", "ours": str(call.pk)}[by]
    hand_in(client, "voice", id="d-0", call="call-8", digits="1")
    hand_in(client, "voice", id="d-1", call=name, digits="5")
    assert state(alert) == "open"
    assert hand_in(client, "voice", id="d-2", call=name, digits=1).status_code == 200
    assert state(alert) == "acknowledged"
    assert hand_in(client, "voice", key=SMS_KEY, id="d-3", call=name, digits="2").status_code == 403


# --- by e-mail


def mailed(cast):
    alert = raised(cast, cast.handler, way="email")
    ContactPoint.objects.update(address="handler@office.example")
    return alert, Delivery.objects.get()


def about(raw: bytes, delivery) -> bytes:
    return raw.replace(b"01234567-89ab-7def-8123-456789abcdef", str(delivery.pk).encode())


def test_an_e_mail_answers_once(cast):
    alert, delivery = mailed(cast)
    assert mailbox.settle(about(answered("收到"), delivery), clock.now()) == "answered"
    assert mailbox.settle(about(answered("2"), delivery), clock.now()) == ""
    assert state(alert) == "acknowledged"


def test_an_e_mail_by_code_counts_from_the_asked_address_alone(cast):
    alert, _delivery = mailed(cast)
    code = asked_of(alert, cast.handler).reply_code
    other = answered("1", Subject=f"Re: {code}", In_Reply_To="<x@y>", From="x@evil.example")
    assert mailbox.settle(other, clock.now()) == "not_asked"
    mine = answered("1", Subject=f"Re: {code}", In_Reply_To="<x@y>", Message_ID="<m3@office.example>")
    assert mailbox.settle(mine, clock.now()) == "answered"
    assert state(alert) == "acknowledged"


def test_an_out_of_office_notice_is_no_answer(cast):
    alert, delivery = mailed(cast)
    mailbox.settle(about(answered("1", Auto_Submitted="auto-replied"), delivery), clock.now())
    assert state(alert) == "open"


def test_a_bounce_marks_the_way_as_failing(cast):
    alert, delivery = mailed(cast)
    mailbox.settle(about(report("delayed"), delivery), clock.now())
    assert ContactPoint.objects.get().failing_since is None
    mailbox.settle(about(report("failed").replace(b"b1@", b"b2@"), delivery), clock.now())
    assert ContactPoint.objects.get().failing_since is not None
    assert state(alert) == "open"


def test_replies_keep_neither_number_nor_words(client, cast):
    raised(cast, cast.handler)
    hand_in(client, "sms", id="g-1", **{"from": number_of(cast.handler)}, text="收到")
    row = Reply.objects.get()
    assert (row.way, row.outcome, len(bytes(row.digest))) == ("sms", "answered", 32)
