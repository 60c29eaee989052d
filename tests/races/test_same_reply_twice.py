"""A gateway hands the same message in twice at the same instant: it is taken once.

Seen to fail where the settled row is not looked at under its lock: then each of them was taken.
"""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from answerable.alerts.answering.reading import read_answer
from answerable.alerts.models import ContactPoint, Reply
from answerable.alerts.services.answering import take_text
from answerable.alerts.tests.climbers import alarm, reached_by, steps
from answerable.core import clock
from answerable.record.models import Act

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def hand_in(number: str, names: list[str]) -> list[str]:
    """Each in a thread of its own, all at once."""
    start, found = threading.Barrier(len(names)), []

    def one(name: str) -> None:
        try:
            start.wait()
            found.append(take_text(name=name, number=number, reading=read_answer("2"), now=clock.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_the_same_message_at_the_same_instant_counts_once(cast):
    reached_by(cast.handler, cast.clerk)
    alarm(cast, steps({"staff": cast.handler.pk}, {"staff": cast.clerk.pk}), now=clock.now())
    number = ContactPoint.objects.get(staff=cast.handler).address
    said = hand_in(number, ["g-1"] * 6)
    assert said == ["", "", "", "", "", "answered"]
    assert Act.objects.filter(kind="alert.passed").count() == 1
    assert Reply.objects.count() == 1
