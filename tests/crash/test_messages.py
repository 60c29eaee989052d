"""A worker killed around handing a message over: what is not known is marked so, said so, and never lost.

Mail cannot be taken back and cannot be asked after; so between "handed over" and "written down" there is an instant
whose outcome nobody knows. The promise is honesty about it: the try stays `unknown` in the ledger, the desk sees it,
and the second message tells the person that it may be one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from answerable.alerts.lanes import NARROW
from answerable.alerts.services import queue_delivery
from answerable.cases.models import Case
from answerable.cases.services import handling
from answerable.core import clock
from answerable.parties.steps import ChannelWish, Identity
from tests.cast import registered
from tests.crash.gateways import Gateway, Mailbox, running
from tests.crash.town import Town
from tests.crash.whole import assert_whole
from tests.crash.wire import Trap

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
STALLED = timedelta(minutes=2)


@pytest.fixture
def mailbox(town: Town) -> Iterator[Mailbox]:
    with running(Mailbox()) as box:
        town.settings |= box.settings
        yield box


@pytest.fixture
def gateway(town: Town) -> Iterator[Gateway]:
    with running(Gateway()) as box:
        town.settings |= box.settings
        yield box


def news(town: Town, kind: str, address: str) -> Case:
    """A person waits for news, and there is some: one message is queued."""
    told = {
        "privacy": "confidential",
        "identities": (Identity("王秀英"),),
        "channel": ChannelWish(kind, address),
    }
    case = registered(town.cast, clock.now(), **told).case
    by = town.cast.actor(town.cast.clerk)
    handling.accept_case(case_id=case.pk, by=by, seen_version=case.version, now=clock.now())
    town.work_once("dispatch")
    assert town.ask("SELECT state FROM alerts_delivery") == [("queued",)]
    return case


def ledger(town: Town) -> list[Any]:
    return town.ask("SELECT number, outcome, ended_at IS NOT NULL FROM alerts_attempt ORDER BY number")


def state(town: Town) -> tuple[Any, ...]:
    (row,) = town.ask("SELECT state, may_be_duplicate FROM alerts_delivery")
    return row


def desk_page(town: Town, case: Case, language: str = "en") -> str:
    web = town.web()
    answer = town.desk(town.cast.clerk, web.port, language).get(reverse("desk:case", args=[case.pk]))
    assert answer.status_code == 200, answer.text
    return answer.text


def test_killed_between_the_last_dot_and_the_answer(town: Town, mailbox: Mailbox) -> None:
    case = news(town, "email", "a@example.org")
    town.worker_killed_at(lambda kill: mailbox.at.update(END=kill))
    assert len(mailbox.letters) == 1
    assert state(town) == ("sending", False)
    assert ledger(town) == [(1, "unknown", False)]

    town.work_once("send")
    town.work_once("recover")
    assert len(mailbox.letters) == 1, "nobody sends again before it is sure that nobody else is at it"
    town.set_clock(STALLED)
    town.work_once("recover")
    assert "not known whether it arrived" in desk_page(town, case)
    town.work_once("send")
    first, second = mailbox.letters
    assert state(town) == ("sent", True)
    assert ledger(town) == [(1, "unknown", True), (2, "sent", True)]
    assert first["Message-ID"] == second["Message-ID"]
    assert "可能" not in first.get_content()
    assert "可能" in second.get_content(), second.get_content()
    assert "Sent once more" in desk_page(town, case)
    assert town.one("SELECT count(*) FROM record_act WHERE kind = 'message.delivered'") == 1
    assert_whole()


def test_killed_before_anything_was_handed_over(town: Town, mailbox: Mailbox) -> None:
    """From outside it looks the same; so it is treated the same: sent again, marked."""
    news(town, "email", "a@example.org")
    town.worker_killed_at(lambda kill: mailbox.at.update(DATA=kill))
    assert mailbox.letters == []
    town.set_clock(STALLED)
    town.work_once("recover")
    town.work_once("send")
    assert len(mailbox.letters) == 1
    assert state(town) == ("sent", True)


def test_killed_at_each_write_of_the_sender(town: Town, mailbox: Mailbox) -> None:
    """Until the claim is committed nothing was begun; from then on the try is in the ledger."""
    news(town, "email", "a@example.org")
    ahead, claimed = timedelta(), []
    for nth in range(1, 30):
        process_trap = Trap(lambda: None, nth=nth, matches=_writes)
        town.work_once("send", process_trap)
        assert_whole()
        if state(town)[0] == "sent":
            break
        assert process_trap.sprung.is_set()
        claimed.append(state(town)[0] == "sending")
        ahead += STALLED
        town.set_clock(ahead)
        town.work_once("recover")
        assert state(town)[0] == "queued"
    assert nth > 6
    assert state(town) == ("sent", True)
    assert claimed == sorted(claimed), "once the claim is there it stays"
    tries = ledger(town)
    assert [outcome for _number, outcome, _ended in tries] == ["unknown"] * (len(tries) - 1) + ["sent"]
    assert all(ended for _number, _outcome, ended in tries)
    assert len(mailbox.letters) <= len(tries)


def _writes(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE", "WITH", "COMMIT"))


def test_a_worker_killed_leaves_everything_unmarked_that_was_not_in_the_air(
    town: Town, mailbox: Mailbox
) -> None:
    for number in range(20):
        facts = {"to": f"a{number}@example.org", "line": "x", "address": "y"}
        queue_delivery("email", "urgent", key=f"u{number}", at=clock.now(), facts=facts)
    town.worker_killed_at(lambda kill: mailbox.at.update(END=kill))
    before = len(mailbox.letters)
    town.set_clock(STALLED)
    town.work_once("recover")
    town.work_once("send")
    marked = town.one("SELECT count(*) FROM alerts_delivery WHERE may_be_duplicate")
    assert 0 < marked <= NARROW["email"]
    assert town.ask("SELECT DISTINCT state FROM alerts_delivery") == [("sent",)]
    came = Counter(str(letter["To"]) for letter in mailbox.letters)
    assert len(came) == 20
    assert before <= marked
    assert sum(came.values()) <= 20 + marked


@pytest.mark.parametrize("end", ["killed", "hung up", "gateway timed out", "nonsense"])
def test_a_text_message_whose_outcome_nobody_knows(town: Town, gateway: Gateway, end: str) -> None:
    case = news(town, "sms", "13800000000")
    if end == "killed":
        town.worker_killed_at(lambda kill: setattr(gateway, "after_taking", kill))
        town.set_clock(STALLED)
        town.work_once("recover")
    else:
        gateway.status, gateway.answer = {
            "hung up": (0, b""),
            "gateway timed out": (504, b""),
            "nonsense": (200, b""),
        }[end]
        if end == "nonsense":
            gateway.answer = b'{"ok": tr'
        town.work_once("send")
    if end == "nonsense":
        assert state(town) == ("sent", False), "taken with 200: what follows need not be JSON"
        return
    assert state(town) == ("queued", True)
    assert ledger(town) == [(1, "unknown", True)]
    assert "not known whether it arrived" in desk_page(town, case)
    assert "不清楚" in desk_page(town, case, "zh-hans")
    gateway.status, gateway.answer = 200, b"{}"
    town.set_clock(timedelta(minutes=5))
    town.work_once("send")
    assert state(town) == ("sent", True)
    assert len(gateway.texts) == 2
    assert len(set(gateway.keys)) == 1, "the gateway can tell that it is the same one"
    assert "可能" in gateway.texts[1]["text"]


def test_given_up_with_an_outcome_that_nobody_knows(town: Town, gateway: Gateway) -> None:
    """The last try was unknown too: it stays marked so for good, and the desk is told."""
    case = news(town, "sms", "13800000000")
    gateway.status = 0
    for hour in range(1, 10):
        town.work_once("send")
        town.set_clock(timedelta(hours=2 * hour))
    assert state(town) == ("unknown", True)
    assert len(gateway.texts) == 8
    town.work_once("dispatch")
    page = desk_page(town, case)
    assert "not known whether it arrived" in page
    told = town.ask("SELECT code FROM alerts_notice WHERE code = 'delivery_unknown'")
    assert told, "somebody is told that the person may not know"
