"""kill -9 of the web server at each write of sending a reply and of sending a decision: all of it, or nothing.

The writes are found by watching one sending that nobody disturbs. What the officer then does is what anybody does:
send the same form once more. Where the first sending was committed, the second one is shown what stands, and sends
nothing.

Seen to fail: with `seen_version` ignored in `steps.lock_case`, the second press after a commit replies twice; with
`decision.save()` moved out of the transaction of `send_decision`, a decided matter is left without its decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from answerable.cases.models import Case
from answerable.core import clock
from tests.cast import PARTS, accepted, registered
from tests.crash.browser import Browser
from tests.crash.town import Process, Town
from tests.crash.whole import assert_whole
from tests.crash.wire import Trap

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "WITH")
TEXT = "电工今天已经到现场看过。"
pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


@dataclass
class Sending:
    """One form of the desk. `fresh()` gives the cases it is about, the first of which has the form."""

    staff: Any
    path: str
    data: dict[str, Any]
    sent: str  # SQL: how many were sent in a case
    fresh: Callable[[], list[Case]]


REPLIES = "SELECT count(*) FROM cases_message WHERE case_id = %s AND kind = 'reply'"
DECISIONS = """SELECT count(*) FROM cases_decision d JOIN cases_case c ON c.id = d.case_id
    WHERE c.id = %s AND d.sent_at IS NOT NULL AND c.state = 'decided' AND c.outcome = d.outcome"""


def reply(town: Town) -> Sending:
    return Sending(
        town.cast.handler, "do/reply", {"text": TEXT}, REPLIES, lambda: [accepted(town.cast, clock.now())]
    )


def reply_together(town: Town) -> Sending:
    """To three matters that are answered together: in all of them, or in none."""

    def fresh() -> list[Case]:
        lead = accepted(town.cast, clock.now())
        return [lead, *(registered(town.cast, clock.now(), lead=lead).case for _ in range(2))]

    return Sending(town.cast.handler, "do/reply", {"text": TEXT, "members": ...}, REPLIES, fresh)


def decision(town: Town) -> Sending:
    parts = {f"part_{code}": text for code, text in PARTS.items()}
    data = {"do": "send", "outcome": "supported", "seen_draft": 0, **parts}
    return Sending(town.cast.leader, "decision", data, DECISIONS, lambda: [accepted(town.cast, clock.now())])


@pytest.mark.parametrize("way", [reply, reply_together, decision])
def test_killed_at_each_write_of_sending(town: Town, way: Callable[[Town], Sending]) -> None:
    town.leave_the_hour_behind()
    sending = way(town)
    web = town.web()
    browser = town.desk(sending.staff, web.port)
    _press(town, sending, browser)()  # what a process does once
    undisturbed = _press(town, sending, browser)
    town.wire.listen()
    undisturbed()
    steps = list(town.wire.statements)
    told = next(n for n, sql in enumerate(steps, 1) if "record_act" in sql and sql.startswith(WRITES))
    committed = steps.index("COMMIT", told) + 1
    writes = [number for number, sql in enumerate(steps, 1) if sql.startswith(WRITES)]
    assert len([n for n in writes if told <= n <= committed]) >= 4, steps
    if way is not reply:  # what the session and the limits write around it is the same for all
        writes = [n for n in writes if told <= n <= committed]
    traps = [(n, False) for n in writes] + [(n, True) for n in writes if n >= committed]
    for number, after in traps:
        is_committed = number > committed or (number == committed and after)
        web = _kill_and_press_again(
            town, sending, browser, web, Trap(web.kill, nth=number, after=after), is_committed=is_committed
        )


def _press(town: Town, sending: Sending, browser: Browser) -> Callable[[], list[int]]:
    """Open the form on a fresh matter; each call sends it and gives how often it was sent in each matter."""
    cases = sending.fresh()
    lead = cases[0]
    lead.refresh_from_db()
    data = sending.data | {"seen_version": lead.version, "seen_seq": 0}
    if "members" in data:
        data["members"] = [str(case.pk) for case in cases[1:]]

    def press() -> list[int]:
        answer = browser.post(f"/desk/case/{lead.pk}/{sending.path}", data)
        sent = [town.one(sending.sent, case.pk) for case in cases]
        if answer.status_code == 409:
            assert sending.path == "decision" or TEXT in answer.text, "what was typed is kept"
        else:
            assert answer.status_code in (302, 303), answer.text
        return sent

    press.look = lambda: [town.one(sending.sent, case.pk) for case in cases]  # type: ignore[attr-defined]
    return press


def _kill_and_press_again(
    town: Town, sending: Sending, browser: Browser, web: Process, trap: Trap, *, is_committed: bool
) -> Process:
    """Gives the process that answered the second press."""
    press = _press(town, sending, browser)
    town.wire.trap(trap)
    with pytest.raises(OSError):  # noqa: PT011 - the line breaks, in whichever way
        press()
    assert trap.sprung.wait(5), f"statement {trap.nth} was never reached"
    web.wait()
    assert_whole()
    sent = set(press.look())  # type: ignore[attr-defined]
    assert len(sent) == 1, "in all matters, or in none"
    assert sent == {1} if is_committed else sent <= {0, 1}, trap.at
    again = town.web()
    browser.port = again.port
    assert set(press()) == {1}, "once, however often it is pressed"
    return again
