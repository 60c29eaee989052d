"""kill -9 of the web server at each write of activating a response and of lifting it: all of it, or nothing. The same
where the database goes at the commit, and of the worker at each write of handing a response's alarms over.

The writes are found by watching one that nobody disturbs. What the duty officer then does is what anybody does: send
the same form once more. Where the first was committed, the second one is told so, and nothing is doubled: nobody is
asked twice for a role, no task stands twice.

Seen to fail: with a COMMIT before the act in `_activate`, a response is under way that the record does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from answerable.core import clock
from answerable.incidents.models import Incident, Strand
from answerable.incidents.services import tasks
from answerable.incidents.tests.responses import call, make_plan, respond
from tests.crash.browser import Browser
from tests.crash.test_worker import killed_at_each_write
from tests.crash.town import Process, Town
from tests.crash.whole import assert_whole
from tests.crash.wire import Trap

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "WITH")
pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


@dataclass
class Deciding:
    """A form of an incident. `found`: SQL whose row is `nothing` before and `done` after it, never between."""

    path: str
    data: dict[str, Any]
    found: str
    nothing: tuple[Any, ...]
    done: tuple[Any, ...]
    fresh: Callable[[], Incident]


def activation(town: Town) -> Deciding:
    """Four tasks, three tracks and three roles; two of the three holders are asked, since the mayor activates."""
    version = make_plan(town.cast)
    until = timezone.localtime(clock.now() + timedelta(hours=12))
    return Deciding(
        "begin",
        {
            "hazard": "flood",
            "plan": version.pk,
            "level": 3,
            "grounds": "水位超过警戒线 0.5 米",
            "measures": "转移低洼处人员",
            "on": until.strftime("%Y-%m-%d"),
            "clock": until.strftime("%H:%M"),
        },
        """SELECT i.state, (SELECT count(*) FROM incidents_level_change WHERE incident_id = i.id),
            (SELECT count(*) FROM incidents_strand WHERE incident_id = i.id),
            (SELECT count(*) FROM incidents_role WHERE incident_id = i.id),
            (SELECT count(*) FROM incidents_task WHERE incident_id = i.id),
            (SELECT count(*) FROM alerts_alert WHERE code = 'incident_role' AND context->>'incident' = i.id::text),
            (SELECT count(*) FROM record_act WHERE matter_id = i.id AND kind = 'incident.activated')
            FROM incidents_incident i WHERE i.id = %s""",
        ("reported", 0, 0, 0, 0, 0, 0),
        ("active", 1, 3, 3, 4, 2, 1),
        lambda: call(town.cast, now=clock.now()),
    )


def lifting(town: Town) -> Deciding:
    """A response of which nothing is open any more."""

    def fresh() -> Incident:
        now = clock.now()
        incident = respond(town.cast, None, now=now - timedelta(minutes=5))
        for strand in Strand.objects.filter(incident=incident):
            tasks.close_track(
                incident_id=incident.pk,
                code=strand.code,
                said="",
                by=town.cast.actor(town.cast.mayor),
                now=now,
            )
        return incident

    return Deciding(
        "end",
        {"grounds": "水已退到警戒线以下", "measures": ""},
        """SELECT i.state, i.stood_down_at IS NOT NULL,
            (SELECT count(*) FROM incidents_level_change WHERE incident_id = i.id AND after IS NULL),
            (SELECT count(*) FROM record_act WHERE matter_id = i.id AND kind = 'incident.stood_down')
            FROM incidents_incident i WHERE i.id = %s""",
        ("active", False, 0, 0),
        ("stood_down", True, 1, 1),
        fresh,
    )


@pytest.mark.parametrize("way", [activation, lifting])
def test_killed_at_each_write_of_a_decision(town: Town, way: Callable[[Town], Deciding]) -> None:
    town.leave_the_hour_behind()
    deciding = way(town)
    web = town.web()
    browser = town.desk(town.cast.mayor, web.port)
    assert _press(town, deciding, browser)() == deciding.done  # what a process does once
    undisturbed = _press(town, deciding, browser)
    town.wire.listen()
    assert undisturbed() == deciding.done
    steps = list(town.wire.statements)
    told = next(n for n, sql in enumerate(steps, 1) if "record_act" in sql and sql.startswith(WRITES))
    committed = steps.index("COMMIT", told) + 1
    writes = [n for n, sql in enumerate(steps, 1) if sql.startswith(WRITES) and told <= n <= committed]
    assert len(writes) >= 4, steps
    for number, after in [(n, False) for n in writes] + [(committed, True)]:
        trap = Trap(web.kill, nth=number, after=after)
        web = _kill_and_press_again(town, deciding, browser, web, trap, is_committed=after)


def _press(town: Town, deciding: Deciding, browser: Browser) -> Callable[[], tuple[Any, ...]]:
    """Open the form of a fresh incident; each call sends it and gives what is there afterwards."""
    incident = deciding.fresh()
    incident.refresh_from_db()

    def look() -> tuple[Any, ...]:
        (row,) = town.ask(deciding.found, incident.pk)
        return row

    def press() -> tuple[Any, ...]:
        data = deciding.data | {"seen_version": incident.version}
        answer = browser.post(f"/desk/incidents/{incident.pk}/{deciding.path}", data)
        assert answer.status_code in (302, 303, 403, 409, 422), answer.text
        return look()

    press.look = look  # type: ignore[attr-defined]
    return press


def _kill_and_press_again(
    town: Town, deciding: Deciding, browser: Browser, web: Process, trap: Trap, *, is_committed: bool
) -> Process:
    """Gives the process that answered the second press."""
    press = _press(town, deciding, browser)
    town.wire.trap(trap)
    with pytest.raises(OSError):  # noqa: PT011 - the line breaks, in whichever way
        press()
    assert trap.sprung.wait(5), f"statement {trap.nth} was never reached"
    web.wait()
    assert_whole()
    stands = press.look()  # type: ignore[attr-defined]
    assert stands in ((deciding.done,) if is_committed else (deciding.nothing, deciding.done)), trap.at
    again = town.web()
    browser.port = again.port
    assert press() == deciding.done, "once, however often it is pressed"
    return again


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
def test_the_database_goes_in_the_middle_of_a_response(town: Town, after: bool) -> None:
    deciding = activation(town)
    browser = town.desk(town.cast.mayor, town.web().port)
    incident = deciding.fresh()
    incident.refresh_from_db()
    path = f"/desk/incidents/{incident.pk}/{deciding.path}"
    data = deciding.data | {"seen_version": incident.version}
    seen = town.wire.trap(Trap(lambda: None, matches=lambda sql: sql == "COMMIT", after=after))
    answer = browser.post(path, data)
    assert seen.sprung.is_set()
    assert answer.status_code == 503, "said plainly, and what was typed is not lost"
    assert "水位超过警戒线" in answer.text
    assert town.ask(deciding.found, incident.pk) == [deciding.done if after else deciding.nothing]
    assert browser.post(path, data).status_code in (302, 303, 403, 409, 422)
    assert town.ask(deciding.found, incident.pk) == [deciding.done]
    assert_whole()


def test_a_worker_killed_at_each_write_hands_a_response_over_once(town: Town) -> None:
    version = make_plan(town.cast)

    def handed_over(incident: Incident) -> list[tuple[Any, ...]]:
        """Who is asked and told, by alarm, and how often anything was put in the way of anybody."""
        return town.ask(
            """SELECT a.code, a.state, count(DISTINCT a.id), count(DISTINCT k.id), count(d.id), count(DISTINCT d.key)
            FROM alerts_alert a LEFT JOIN alerts_asked k ON k.alert_id = a.id
            LEFT JOIN alerts_delivery d ON d.asked_id = k.id
            WHERE a.context->>'incident' = %s GROUP BY 1, 2 ORDER BY 1, 2""",
            str(incident.pk),
        )

    loops = ("dispatch", "alarms", "watch reports")
    undisturbed = respond(town.cast, version, now=clock.now())
    for loop in loops * 2:
        town.work_once(loop)
    once = handed_over(undisturbed)
    assert once
    disturbed = respond(town.cast, version, now=clock.now())
    killed = sum(len(killed_at_each_write(town, loop, lambda: None)) - 1 for loop in loops * 2)
    assert killed > 6
    assert handed_over(disturbed) == once
    assert handed_over(undisturbed) == once
