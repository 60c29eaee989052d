"""Two workers at the same messages at the same instant: each message goes out once, in one bundle, under one throttle.

Real threads, each with a connection of its own. The first was seen to fail without SKIP LOCKED's row locks in
`claiming._DUE`, the second without the lock on the contact, the third without the one in `settling._settle`.
"""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial

import pytest

from answerable.alerts import sender, settling
from answerable.alerts.models import Attempt, Delivery
from answerable.alerts.outcomes import Message, Outcome
from answerable.alerts.settling import Result
from answerable.alerts.tests.messages import after, asked, contact, waiting
from answerable.orgs.models import Staff
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def took(monkeypatch) -> list[Message]:
    """Text messages end here."""
    messages: list[Message] = []
    lock = threading.Lock()

    def take(message: Message) -> None:
        with lock:
            messages.append(message)

    monkeypatch.setitem(sender.CHANNELS, "sms", take)
    return messages


def test_two_senders_never_send_one_message_twice(cast, took):
    people = [Staff.objects.create(username=f"p{number}", name_zh="某", name_en="P") for number in range(120)]
    for number, person in enumerate(people):
        waiting(asked(cast.town, person), contact(person, "sms", f"138{number:08d}"))
    at_once(*[partial(sender.send_due, lambda: after(0)) for _sender in range(4)])
    assert max(Counter(message.idempotency for message in took).values()) == 1
    assert len(took) == len(people)
    assert Attempt.objects.count() == len(people)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_two_senders_keep_one_throttle_between_them(cast, took, settings):
    settings.THROTTLES = {"sms": (2, 3)}
    to = contact(cast.leader, "sms")
    for second in range(12):
        waiting(asked(cast.town, cast.leader), to, at=after(second))
        at_once(*[partial(sender.send_due, lambda at=second: after(at)) for _sender in range(3)])
    assert len(took) == 2


def test_an_outcome_against_whoever_takes_over(cast, took):
    """Slow beyond all patience, and back at the very instant at which it is taken for dead: one of both counts."""
    for number in range(12):
        row = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms", f"139{number:08d}"))
        sender.take({"sms": 1}, after(0))
        at_once(
            partial(settling.settle, [Result(row.pk, 1, Outcome("sent", "r"))], after(60)),
            partial(sender.recover_stalled, after(60)),
        )
        row.refresh_from_db()
        (tried,) = Attempt.objects.filter(delivery=row)
        assert (row.state, tried.outcome, row.may_be_duplicate) in (
            ("sent", "sent", False),
            ("queued", "unknown", True),
        )
        Delivery.objects.filter(pk=row.pk).update(state="sent")
