"""The database is gone for a while: what was typed is kept, everybody is told, and all goes on by itself."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest

from answerable.cases.portal.tests.walk import CLAIM, answers, walk
from answerable.cases.services import handling
from answerable.core import clock
from tests.cast import registered
from tests.crash.browser import Answer, Browser
from tests.crash.town import Town, until
from tests.crash.whole import assert_whole
from tests.crash.wire import Trap

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


def hidden(answer: Answer) -> dict[str, str]:
    """The form that the page gives back, as a browser would send it again."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    return {unescape(name): unescape(value) for name, value in found}


def test_the_database_goes_while_somebody_types_and_comes_back(town: Town) -> None:
    web, worker = town.web(), town.worker()
    probe = Browser(web.port)
    until(lambda: probe.get("/readyz").status_code == 200)
    person = Browser(web.port, headers={"Accept-Language": "en"})
    walk(person, answers(town.cast), until="story")  # type: ignore[arg-type]
    # Each loop of the worker has had its first turn, for which it connects, and rests.
    until(lambda: time.monotonic() - town.wire.connects[-1] > 2)

    town.wire.cut()
    said = person.post("/new/story", {"story": CLAIM, "wants": "修好路灯。"})
    assert said.status_code == 503
    assert said["Retry-After"] == "30"
    assert "database is away" in said.text
    assert "Send it again" in said.text
    assert CLAIM in said.text
    ready = probe.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, "gone")
    assert probe.get("/healthz").status_code == 200
    used, before = worker.cpu_s, len(town.wire.connects)
    time.sleep(4)
    assert worker.is_alive
    assert worker.cpu_s - used < 1.5, "waits, does not spin"
    assert len(town.wire.connects) - before < 40, "asks now and then"

    town.wire.mend()
    again = person.post("/new/story", hidden(said))
    assert (again.status_code, again["Location"]) == (303, "/new/danger"), again.text
    assert CLAIM in person.get("/new/story").text
    until(lambda: probe.get("/readyz").status_code == 200)
    registered(town.cast, clock.now())
    until(lambda: town.one("SELECT count(*) FROM record_outbox") == 0)
    assert worker.is_alive


def test_a_clerks_reply_outlives_the_database(town: Town) -> None:
    case = registered(town.cast, clock.now()).case
    by = town.cast.actor(town.cast.clerk)
    case = handling.accept_case(case_id=case.pk, by=by, seen_version=case.version, now=clock.now())
    web = town.web()
    clerk = town.desk(town.cast.clerk, web.port)
    form = clerk.get(f"/desk/case/{case.pk}/do/reply")
    assert form.status_code == 200, form.text
    typed = {"text": "我们星期一来看路灯。", "seen_version": case.version, "seen_seq": 2}
    town.wire.cut()
    said = clerk.post(f"/desk/case/{case.pk}/do/reply", typed)
    assert said.status_code == 503
    assert typed["text"] in said.text
    town.wire.mend()
    sent = clerk.post(f"/desk/case/{case.pk}/do/reply", hidden(said))
    assert sent.status_code == 303, sent.text
    assert town.ask("SELECT body FROM cases_message WHERE kind = 'reply'") == [(typed["text"],)]
    assert_whole()


def test_the_line_breaks_at_the_commit(town: Town) -> None:
    """Nobody knows whether it was saved; pressing again shows, and makes nothing twice."""
    web = town.web()
    person = Browser(web.port)
    walk(person, answers(town.cast))  # type: ignore[arg-type]
    for after in (False, True):
        seen = town.wire.trap(Trap(lambda: None, matches=lambda sql: sql == "COMMIT", after=after))
        said = person.post("/new/check", {})
        assert seen.sprung.is_set()
        assert said.status_code == 503
        assert town.one("SELECT count(*) FROM cases_case") == int(after)
    sent = person.post("/new/check", hidden(said))
    assert (sent.status_code, sent["Location"]) == (303, "/new/receipt")
    code = town.one("SELECT code FROM cases_case")
    page = person.get("/new/receipt").text
    assert code in page
    assert_whole()


def test_a_server_that_does_not_answer_is_given_up_in_seconds(town: Town) -> None:
    web = town.web()
    person = Browser(web.port)
    town.wire.is_silent = True
    began = time.monotonic()
    answer = person.get("/new/who")
    assert answer.status_code == 503
    assert time.monotonic() - began < 15
