"""Two workers take one message, and two clerks make a matter of one that waits: there is one matter and one receipt.

Seen to fail where the case has no submission: then there were two.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from answerable.alerts.models import Delivery
from answerable.cases.mailbox import taking
from answerable.cases.mailbox.models import Mail
from answerable.cases.mailbox.services import CannotKeepMailbox, make_case, open_mailbox
from answerable.cases.mailbox.tests.mails import raw
from answerable.cases.mailbox.tests.test_taking import wished
from answerable.cases.models import Case
from answerable.core import clock

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(times: int, doing: Callable[[], object]) -> None:
    """The same, by so many threads at the same instant."""
    start = threading.Barrier(times)

    def one() -> None:
        try:
            start.wait()
            doing()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def box(cast):
    by = cast.actor(cast.administrator)
    return open_mailbox(authority=cast.town, wished=wished(cast), password="p", by=by, now=clock.now())


def test_two_workers_take_one_message_once(box):
    now = clock.now()
    at_once(4, lambda: taking.take(box, raw(), arrived_at=now - timedelta(hours=1), now=now))
    assert (Case.objects.count(), Mail.objects.count()) == (1, 1)
    assert Delivery.objects.filter(purpose="mail_receipt").count() == 1


def test_two_clerks_make_one_matter_of_one_message(cast, box):
    now = clock.now()
    taking.take(box, raw(Auto_Submitted="auto-replied"), arrived_at=now - timedelta(hours=1), now=now)
    mail, by = Mail.objects.get(), cast.actor(cast.clerk)

    def make() -> None:
        with suppress(CannotKeepMailbox):  # somebody else was there before
            make_case(mail_id=mail.pk, subject=cast.lamps, nature=taking.Nature(), by=by, now=now)

    at_once(4, make)
    mail.refresh_from_db()
    assert (Case.objects.count(), mail.outcome, mail.sealed) == (1, "turned", None)
    assert Delivery.objects.filter(purpose="mail_receipt").count() == 1
