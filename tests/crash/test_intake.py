"""kill -9 of the web server at each step of intake: one case with everything that belongs to it, or none.

The steps are the writing statements of the request, found by watching one that nobody disturbs. What the person then does
is what anybody does: press once more.

Seen to fail: where `intake._claim_submission` always says that this is the first time, the second press after a
commit registers the matter twice.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from answerable.api.clients import issue_key
from answerable.cases.portal import draft as forms
from answerable.cases.portal.tests.walk import CLAIM, answers, walk
from answerable.cases.services import drafts
from answerable.core import clock
from tests.crash.browser import Answer, Browser
from tests.crash.town import Process, Town
from tests.crash.whole import assert_whole
from tests.crash.wire import Trap

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "WITH")
pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


@dataclass
class Door:
    """One way in: `fresh()` gives a press of the button that can be repeated; `code_of` reads its receipt."""

    fresh: Callable[[], Callable[[int], Answer]]
    code_of: Callable[[Answer], str]


def portal(town: Town) -> Door:
    """A confidential matter with a channel; the form of one that was filled in by hand, copied for each press."""
    web = town.web()
    first = Browser(web.port)
    given = answers(town.cast, privacy={"privacy": "confidential"}, channel={"channel": "sms"})
    walk(first, given | {"reach": {"reach": "138 0000 0000"}})  # type: ignore[arg-type]
    filled = forms.load(first.cookies["form"], clock.now())
    assert filled is not None
    web.kill()

    def fresh() -> Callable[[int], Answer]:
        mine = replace(filled, token=drafts.new_token(), submission=secrets.token_hex(16))
        forms.keep(mine, clock.now())
        browser = Browser(0, first.cookies | {"form": mine.token})

        def press(port: int) -> Answer:
            browser.port = port
            sent = browser.post("/new/check", {})
            assert (sent.status_code, sent["Location"]) == (303, "/new/receipt"), sent.text
            return browser.get("/new/receipt")

        return press

    def code_of(answer: Answer) -> str:
        (code,) = [one for one in _codes(town) if one in answer.text]
        return code

    return Door(fresh, code_of)


def api(town: Town) -> Door:
    _client, key = issue_key(
        authority=town.cast.town, name="热线", by=town.cast.actor(town.cast.administrator), now=clock.now()
    )
    body = json.dumps({"claim": CLAIM, "subject": "lamps", "place": "village"}).encode()

    def fresh() -> Callable[[int], Answer]:
        headers = {
            "Authorization": f"Bearer {key}",
            "Idempotency-Key": secrets.token_hex(16),
            "Content-Type": "application/json",
        }

        def press(port: int) -> Answer:
            sent = Browser(port).ask("POST", "/api/v1/cases", body, headers)
            assert sent.status_code in (200, 201), sent.text
            return sent

        return press

    return Door(fresh, lambda answer: str(answer.json()["code"]))


def counter(town: Town) -> Door:
    """The clerk has read it back; the person says it is right."""
    from answerable.cases.counter.tests.test_counter import said

    cast = town.cast
    web = town.web()
    first = town.desk(cast.clerk, web.port)
    first.get("/desk/counter")
    sent = first.post("/desk/counter", said(cast, token=drafts.new_token(), privacy="anonymous", name=""))
    assert sent.status_code == 303, sent.text
    filled = forms.load(first.cookies["counter"], clock.now())
    assert filled is not None
    web.kill()

    def fresh() -> Callable[[int], Answer]:
        mine = replace(filled, token=drafts.new_token(), submission=secrets.token_hex(16))
        forms.keep(mine, clock.now())
        browser = replace(first, cookies=first.cookies | {"counter": mine.token})

        def press(port: int) -> Answer:
            browser.port = port
            sent = browser.post("/desk/counter/register", {"token": mine.token})
            assert (sent.status_code, sent["Location"]) == (303, "/desk/counter/receipt"), sent.text
            return browser.get("/desk/counter/receipt")

        return press

    def code_of(answer: Answer) -> str:
        (code,) = [one for one in _codes(town) if one in answer.text]
        return code

    return Door(fresh, code_of)


def _codes(town: Town) -> list[str]:
    return [code for (code,) in town.ask("SELECT code FROM cases_case")]


@pytest.mark.parametrize("way_in", [portal, api, counter])
def test_killed_at_each_step_of_intake(town: Town, way_in: Callable[[Town], Door]) -> None:
    town.settings = {"SMS_URL": "http://127.0.0.1:9"}
    town.leave_the_hour_behind()
    door = way_in(town)
    web = town.web()
    door.fresh()(web.port)  # what a process does once
    undisturbed = door.fresh()
    town.wire.listen()
    door.code_of(undisturbed(web.port))
    steps = list(town.wire.statements)
    registered = next(n for n, sql in enumerate(steps, 1) if 'INTO "cases_case"' in sql)
    committed = steps.index("COMMIT", registered) + 1
    # What a killed request leaves depends on the writes it made: reads in between are no steps of their own.
    writes = [number for number, sql in enumerate(steps, 1) if sql.startswith(WRITES)]
    assert len(writes) >= 4, steps
    for number in writes:
        web = _kill_and_press_again(
            town, door, web, Trap(web.kill, nth=number), is_committed=number > committed
        )
    for number in [n for n in writes if n >= committed]:
        trap = Trap(web.kill, nth=number, after=True)
        web = _kill_and_press_again(town, door, web, trap, is_committed=True)
    assert town.ask("SELECT DISTINCT state FROM cases_case") == [("registered",)]


def _kill_and_press_again(
    town: Town, door: Door, web: Process, trap: Trap, *, is_committed: bool = False
) -> Process:
    """Gives the process that answered the second press."""
    before = set(_codes(town))
    press = door.fresh()
    town.wire.trap(trap)
    try:
        press(web.port)
    except OSError:
        pass
    else:
        pytest.fail(f"statement {trap.nth} was never reached")
    assert trap.sprung.wait(5)
    web.wait()
    assert_whole()
    left = set(_codes(town)) - before
    assert len(left) == 1 if is_committed else len(left) <= 1
    again = town.web()
    code = door.code_of(press(again.port))
    assert set(_codes(town)) - before == {code}, "one press, one case"
    assert not left or left == {code}, "what was committed is found again"
    return again
