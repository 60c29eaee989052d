"""Many alarms to one person: one message with a count, nothing lost, the first urgent one at once."""

from __future__ import annotations

import pytest
from django.db import connection

from answerable.alerts import claiming, sender, steps
from answerable.alerts.models import Asked, Attempt, Delivery
from answerable.alerts.telling import drop_queued, queue_delivery
from answerable.alerts.tests.messages import after, asked, contact, running, state, waiting
from answerable.alerts.tokens import answer_token
from answerable.core.ids import uuid7
from answerable.record.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    with running() as server:
        settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_BODY = server.url, "t", ""
        settings.THROTTLES = {"sms": (2, 3)}
        yield server


def send(seconds: float = 0) -> int:
    return sender.send_due(lambda: after(seconds))


def storm(cast, to, count, *, at=0.0, **more):
    return [waiting(asked(cast.town, to.staff), to, at=after(at), **more) for _number in range(count)]


def test_a_storm_is_one_message_with_a_count(cast, gateway):
    to, other = contact(cast.leader, "sms"), contact(cast.clerk, "sms", "13900000000")
    rows = storm(cast, to, 60)
    alone = storm(cast, other, 1)
    assert send() == 2
    assert sorted(text["to"] for text in gateway.took) == ["13800000000", "13900000000"]
    (text,) = [text["text"] for text in gateway.took if text["to"] == "13800000000"]
    assert text.startswith("60 alarms.")
    assert text.count("/a/") == 1
    assert {state(row) for row in (*rows, *alone)} == {"sent"}
    (carrier,) = [row for row in rows if row.carried_by_id is None]
    assert {row.carried_by_id for row in rows if row != carrier} == {carrier.pk}
    assert Attempt.objects.filter(delivery__in=rows).count() == 1
    assert alone[0].carried_by_id is None


def test_each_alarm_of_a_bundle_has_its_link_in_an_e_mail(cast, settings, mailoutbox):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "mail"
    to = contact(cast.leader, "email", "a@example.org")
    rows = storm(cast, to, 3)
    told = storm(cast, to, 1, purpose="told")
    send()
    (mail,) = mailoutbox
    assert mail.subject.startswith("4 alarms.")
    assert all(answer_token(row.asked_id) in mail.body for row in rows)
    assert answer_token(told[0].asked_id) not in mail.body


def test_the_first_urgent_one_goes_at_once_whatever_calm_ones_went_before(cast, gateway):
    to = contact(cast.leader, "sms")
    for second in (0, 1, 2):
        storm(cast, to, 1, at=second, is_urgent=False)
        send(second)
    assert len(gateway.took) == 2, "two in three minutes, the third waits"
    (urgent,) = storm(cast, to, 1, at=3)
    assert send(3) == 1
    assert state(urgent) == "sent"
    assert send(179) == 0
    assert send(183) == 1, "the calm one has its turn"


def test_what_the_throttle_holds_goes_out_as_one_when_it_may(cast, gateway):
    to = contact(cast.leader, "sms")
    for second in range(0, 60, 5):
        storm(cast, to, 1, at=second)
        send(second)
    assert len(gateway.took) == 2
    waits = Delivery.objects.filter(state="queued")
    assert {row.next_try_at for row in waits} == {after(180)}, "when the first one is three minutes old"
    assert send(179) == 0
    assert send(180) == 1
    assert gateway.took[-1]["text"].startswith("10 alarms.")
    assert {state(row) for row in Delivery.objects.all()} == {"sent"}


def test_what_failed_for_sure_was_no_message_to_them(cast, gateway):
    to = contact(cast.leader, "sms")
    gateway.status = 503
    for second in (0, 1, 2):
        storm(cast, to, 1, at=second)
        assert send(second) == 1
    gateway.status = 200
    storm(cast, to, 1, at=3)
    assert send(3) == 1


def test_a_bundle_is_tried_again_as_it_was_and_never_holds_more(cast, gateway):
    """The same key means the same message: what came later goes under a key of its own, or a gateway drops it."""
    to = contact(cast.leader, "sms")
    rows = storm(cast, to, 3)
    gateway.status = 502
    send()
    assert {state(row) for row in rows} == {"queued"}
    assert all(row.may_be_duplicate for row in rows)
    later = storm(cast, to, 1, at=10)
    gateway.status = 200
    assert send(15) == 2
    first, *rest = gateway.took
    again = next(text for text in rest if text["id"] == first["id"])
    assert again["text"].startswith(first["text"])
    assert {state(row) for row in (*rows, *later)} == {"sent"}
    assert later[0].carried_by_id is None


def test_an_answer_takes_nothing_out_of_a_bundle_that_is_to_be_tried_again(cast, gateway):
    """Dropping the one that carries the others would lose them; the same key must mean the same message."""
    rows = storm(cast, contact(cast.leader, "sms"), 3)
    alone = storm(cast, contact(cast.clerk, "sms", "13900000000"), 1, at=20)
    gateway.status = 502
    send()
    for row in (*rows, *alone):
        alert = row.asked.alert
        steps.drop_messages(alert, Asked.objects.filter(alert=alert), by=Actor.system(), now=after(10))
    assert {state(row) for row in rows} == {"queued"}
    assert state(alone[0]) == "dropped"
    gateway.status = 200
    assert send(20) == 1
    assert {state(row) for row in rows} == {"sent"}


def test_what_was_to_be_said_about_a_matter_is_dropped_and_forgotten(cast, gateway):
    matter = uuid7()
    queue_delivery(
        "email", "urgent", key="u", at=after(0), facts={"to": "a@example.org", "matters": [str(matter)]}
    )
    assert drop_queued(uuid7(), now=after(1)) == 0
    assert drop_queued(matter, now=after(1)) == 1
    (row,) = Delivery.objects.all()
    assert (row.state, row.facts, row.ended_at) == ("dropped", {}, after(1))
    assert send(60) == 0


def test_a_bundle_that_fails_lets_the_next_way_of_each_alarm_come_forward(cast, gateway):
    to, desk = contact(cast.leader, "sms"), contact(cast.leader, "landline")
    rows = storm(cast, to, 3)
    calls = [waiting(row.asked, desk, at=after(300)) for row in rows]
    gateway.status = 404
    send()
    assert {state(row) for row in rows} == {"failed"}
    for call in calls:
        call.refresh_from_db()
        assert call.next_try_at == after(0)


def test_a_program_gets_each_alarm_by_itself(cast, gateway, monkeypatch):
    took = []
    monkeypatch.setitem(sender.CHANNELS, "webhook", lambda message: took.append(message) or "")
    storm(cast, contact(cast.leader, "webhook"), 5)
    assert send() == 5
    assert len({message.idempotency for message in took}) == 5


def test_a_worker_that_dies_with_a_bundle_in_the_air_marks_all_of_it(cast, gateway):
    rows = storm(cast, contact(cast.leader, "sms"), 3)
    sender.take({"sms": 9}, after(0))
    assert {state(row) for row in rows} == {"sending"}
    sender.recover_stalled(after(60))
    assert {state(row) for row in rows} == {"queued"}
    assert all(row.may_be_duplicate for row in rows)
    assert send(60) == 1
    assert {state(row) for row in rows} == {"sent"}
    assert gateway.took[0]["text"].startswith("3 alarms.")


def test_what_waits_for_later_is_never_walked_over(cast, gateway):
    """Each lane reads its own due ones, urgent apart, from the index: however many wait for their instant."""
    to, row = contact(cast.leader, "sms"), asked(cast.town, cast.leader)
    Delivery.objects.bulk_create(
        Delivery(
            asked=row,
            contact=to,
            kind="sms",
            purpose="alarm",
            is_urgent=True,
            key=f"x{number}",
            queued_at=after(0),
            next_try_at=after(3600),
        )
        for number in range(3000)
    )
    waiting(row, to)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE alerts_delivery")
        cursor.execute(
            "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)" + claiming._DUE,
            {"kinds": ["sms", "email"], "rooms": [32, 8], "now": after(0)},
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("Index Scan using delivery_lane") == 2, plan
    assert "Seq Scan on alerts_delivery" not in plan
    conditions = [line for line in plan.split("\n") if "Index Cond" in line]
    assert sum("next_try_at <=" in line for line in conditions) == 2, plan
    assert send() == 1
