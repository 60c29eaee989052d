"""Two workers at the same messages at the same instant: each message goes out once, under one throttle.

Real threads, each with a connection of its own. All but the first, which is there for what nobody thought of, were seen
to fail with their lock taken out: of the rows in `claiming._DUE`, of the contact, of the rows in `settling`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

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


def elsewhere(doing: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Do it in a thread of its own, beside a transaction that is still open here; gives what it returned."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(doing())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(1)
    return thread, results


def test_what_one_sender_is_taking_another_leaves_alone(cast):
    row = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    Delivery.objects.update(contact=None)  # no other lock stands before it
    with transaction.atomic():
        assert len(sender.take({"sms": 9}, after(0))) == 1
        thread, found = elsewhere(lambda: sender.take({"sms": 9}, after(0)))
    thread.join(20)
    assert found == [[]]
    row.refresh_from_db()
    assert row.tries == 1


def test_two_senders_keep_one_throttle_between_them(cast, settings):
    settings.THROTTLES = {"sms": (1, 3)}
    to = contact(cast.leader, "sms")
    waiting(asked(cast.town, cast.leader), to)

    def another() -> int:
        waiting(asked(cast.town, cast.leader), to)
        return len(sender.take({"sms": 9}, after(0)))

    with transaction.atomic():
        assert len(sender.take({"sms": 9}, after(0))) == 1
        thread, found = elsewhere(another)
    thread.join(20)
    assert found == [0]


def test_an_outcome_that_comes_while_somebody_takes_over_changes_nothing(cast):
    row = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    sender.take({"sms": 1}, after(0))
    with transaction.atomic():
        assert sender.recover_stalled(after(60)) == 1
        late = [Result(row.pk, 1, Outcome("sent", "r"))]
        thread, _found = elsewhere(lambda: settling.settle(late, after(60)))
    thread.join(20)
    row.refresh_from_db()
    (tried,) = Attempt.objects.filter(delivery=row)
    assert (row.state, tried.outcome, row.may_be_duplicate) == ("queued", "unknown", True)


def test_whoever_takes_over_leaves_what_is_being_settled(cast):
    row = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    sender.take({"sms": 1}, after(0))
    with transaction.atomic():
        settling.settle([Result(row.pk, 1, Outcome("sent", "r"))], after(60))
        thread, found = elsewhere(lambda: sender.recover_stalled(after(60)))
    thread.join(20)
    row.refresh_from_db()
    assert (found, row.state) == ([0], "sent")
