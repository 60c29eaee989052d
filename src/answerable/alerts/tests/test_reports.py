"""What providers say later: signed, soon, and any number of times."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from answerable.alerts import sender
from answerable.alerts.models import Delivery
from answerable.alerts.signed import is_genuine, signature
from answerable.alerts.tests.messages import after, asked, contact, ledger, running, state, waiting
from answerable.core import clock

pytestmark = pytest.mark.django_db
KEY = "k" * 32


@pytest.fixture
def gateway(settings):
    with running() as server:
        settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_BODY = server.url, "t", ""
        settings.SMS_INBOUND_KEY, settings.VOICE_INBOUND_KEY = KEY, ""
        server.answer = b'{"id": "gw-1"}'
        yield server


@pytest.fixture
def sent(cast, gateway):
    """One alarm by text message, taken by the gateway; the next way waits."""
    row = asked(cast.town, cast.leader)
    one = waiting(row, contact(cast.leader, "sms"))
    waiting(row, contact(cast.leader, "landline"), at=clock.now() + timedelta(hours=1))
    sender.send_due(lambda: after(0))
    assert state(one) == "sent"
    return one


def say(client, said="failed", name="gw-1", *, key=KEY, kind="sms", late_s=0, body=None, **more):
    data = body if body is not None else json.dumps({"id": name, "state": said} | more).encode()
    at = int(clock.now().timestamp()) - late_s
    return client.post(
        f"/hooks/delivery/{kind}",
        data,
        content_type="application/json",
        headers={"Answerable-Signature": signature(key, at, data)},
    ).status_code


def everything():
    return list(Delivery.objects.order_by("pk").values())


def test_one_that_did_not_arrive_lets_the_next_way_be_tried_at_once(client, sent):
    assert say(client, "failed") == 200
    assert state(sent) == "failed"
    assert ledger(sent) == [("failed", "the provider reported that it did not arrive")]
    (call,) = Delivery.objects.filter(kind="landline")
    assert call.next_try_at <= clock.now()
    sent.contact.refresh_from_db()
    assert sent.contact.failing_since is not None


def test_the_same_report_a_hundred_times_counts_once(client, sent):
    say(client, "failed")
    before = everything()
    assert {say(client, "failed") for _time in range(99)} == {200}
    assert everything() == before


def test_that_it_arrived_is_final(client, sent):
    assert say(client, "failed") == 200
    assert say(client, "delivered") == 200
    assert state(sent) == "sent"
    sent.contact.refresh_from_db()
    assert sent.contact.failing_since is None
    assert say(client, "failed") == 200
    assert (state(sent), sent.reported) == ("sent", "delivered")


def test_our_own_id_names_it_too(client, sent):
    assert say(client, "delivered", str(sent.pk)) == 200
    assert (state(sent), sent.reported) == ("sent", "delivered")


@pytest.mark.parametrize(
    "forged",
    [
        {"key": "x" * 32},
        {"key": ""},
        {"late_s": 301},
        {"late_s": -400},
        {"kind": "voice"},
        {"kind": "email"},
        {"kind": "nonsense"},
    ],
)
def test_a_forged_report_is_refused_and_changes_nothing(client, sent, forged):
    before = everything()
    assert say(client, "failed", **forged) == 403
    assert everything() == before


def test_a_body_that_was_changed_on_the_way_is_refused(client, sent):
    data = json.dumps({"id": "gw-1", "state": "delivered"}).encode()
    header = {"Answerable-Signature": signature(KEY, int(clock.now().timestamp()), data)}
    changed = data.replace(b"delivered", b"failed")
    answer = client.post("/hooks/delivery/sms", changed, content_type="application/json", headers=header)
    assert answer.status_code == 403
    assert client.post("/hooks/delivery/sms", data, content_type="application/json").status_code == 403
    assert client.get("/hooks/delivery/sms").status_code == 405
    assert state(sent) == "sent"


def test_a_gateway_that_cannot_sign_may_send_the_key_itself(client, sent):
    def say_with(key: str) -> int:
        data = json.dumps({"id": "gw-1", "state": "failed"})
        headers = {"Authorization": f"Bearer {key}"}
        answer = client.post("/hooks/delivery/sms", data, content_type="application/json", headers=headers)
        return int(answer.status_code)

    assert say_with("x" * 32) == say_with("") == 403
    assert state(sent) == "sent"
    assert say_with(KEY) == 200
    assert state(sent) == "failed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[]",
        b"{}",
        b'{"id": "gw-1", "state": "thinking"}',
        b'{"id": "", "state": "failed"}',
        b'{"id": {}, "state": "failed"}',
        b'{"id": true, "state": "failed"}',
        b'{"id": "a\\u0000", "state": "failed"}',
        b'{"id": ' + b"9" * 5000 + b', "state": "failed"}',
        b'{"id": "%s", "state": "failed"}' % (b"x" * 121),
        b"[" * 9000,
        b" " * 20_000,
    ],
)
def test_what_cannot_be_read_gets_a_sentence(client, sent, body):
    assert say(client, body=body) in (400, 403)
    assert state(sent) == "sent"


def test_a_message_that_nobody_knows_is_harmless(client, sent):
    before = everything()
    assert say(client, name="gw-2") == 404
    assert say(client, body=b'{"id": "gw-1\\ud800", "state": "failed"}') == 404
    assert say(client, name="0190aaaa-0000-7000-8000-000000000000") == 404
    assert everything() == before


def test_one_of_unknown_outcome_is_not_sent_again_once_it_is_known_to_have_arrived(client, cast, gateway):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    gateway.status = 502
    sender.send_due(lambda: after(0))
    assert state(one) == "queued"
    assert say(client, "delivered", str(one.pk)) == 200
    assert state(one) == "sent"
    gateway.status = 200
    assert sender.send_due(lambda: after(600)) == 0


def test_a_report_that_overtakes_the_gateways_own_answer(client, cast, gateway):
    rows = [waiting(asked(cast.town, staff), contact(staff, "sms")) for staff in (cast.leader, cast.clerk)]
    one = sender.Sender()
    gateway.hangs.set()
    said = []

    def clock_():
        if len(gateway.took) == 2 and not said:
            said.append(say(client, "failed", str(rows[0].pk)))
            said.append(say(client, "delivered", str(rows[1].pk)))
            gateway.let_go.set()
        return after(0)

    one.send_due(clock_)
    assert said == [200, 200]
    assert [state(row) for row in rows] == ["failed", "sent"]


def test_a_bundle_is_reported_as_one(client, cast, gateway):
    to = contact(cast.leader, "sms")
    rows = [waiting(asked(cast.town, cast.leader), to) for _number in range(3)]
    sender.send_due(lambda: after(0))
    assert say(client, "failed") == 200
    assert {state(row) for row in rows} == {"failed"}


def test_a_signature_is_read_strictly():
    good = signature(KEY, 1000, b"x")
    assert is_genuine(good, key=KEY, body=b"x", at=1000)
    assert is_genuine(good, key=KEY, body=b"x", at=1300)
    for header in ("", "t=,v1=", good.upper(), good + ",v1=00", good.replace("t=1000", "t=0001000")):
        assert not is_genuine(header, key=KEY, body=b"x", at=1000), header
    assert not is_genuine(signature("", 1000, b"x"), key="", body=b"x", at=1000)
