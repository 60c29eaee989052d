"""A worker killed at each write of each loop: what it was at is done again, and in the end it is done once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from answerable.cases.imports import deciding
from answerable.cases.imports.tests.test_cases_file import book
from answerable.cases.services import handling
from answerable.core import clock
from answerable.figures.published import services as publishing
from answerable.figures.published.models import Publishing
from answerable.figures.published.rules import month_of, months_after
from tests.cast import registered
from tests.crash.town import Town, until
from tests.crash.whole import assert_whole
from tests.crash.wire import Trap
from tests.races.test_two_at_one_import import ROWS, rows

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
MOST = 40


def killed_at_each_write(town: Town, loop: str, look: Callable[[], Any]) -> list[Any]:
    """Kill one loop before its first write, its second, ...; until it comes through. Gives what was seen each time."""
    seen = []
    for nth in range(1, MOST):
        trap = Trap(lambda: None, nth=nth, matches=_writes)
        town.work_once(loop, trap)
        assert_whole()
        seen.append(look())
        if not trap.sprung.is_set():
            return seen
    raise AssertionError("never came through")


def _writes(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE", "WITH", "COMMIT"))


def test_reactions_end_exactly_once(town: Town) -> None:
    case = registered(town.cast, clock.now()).case
    by = town.cast.actor(town.cast.leader)
    to = town.cast.post(town.cast.handler).pk
    handling.accept_case(case_id=case.pk, by=by, seen_version=case.version, now=clock.now())
    case.refresh_from_db()
    handling.assign_case(case_id=case.pk, to_post=to, by=by, seen_version=case.version, now=clock.now())

    def left() -> tuple[int, int]:
        return (
            town.one("SELECT count(*) FROM record_outbox"),
            town.one("SELECT count(*) FROM alerts_notice"),
        )

    before = left()
    assert before[0] >= 3
    seen = killed_at_each_write(town, "dispatch", left)
    assert len(seen) > 4
    assert {told for _left, told in seen[:-1]} == {0}, "all of a batch or nothing of it"
    assert seen[-2][0] >= 3, "only what nobody reacts to is settled apart"
    assert seen[-1][0] == 0
    told = town.ask("SELECT code, post_id, count(*) FROM alerts_notice GROUP BY 1, 2")
    assert {count for _code, _post, count in told} == {1}
    assert ("assigned", to, 1) in told
    town.work_once("dispatch")
    assert left() == seen[-1]


def test_a_late_case_is_lifted_once(town: Town) -> None:
    registered(town.cast, clock.now())
    town.set_clock(timedelta(days=200))

    def lifted() -> int:
        return int(town.one("SELECT count(*) FROM record_act WHERE kind = 'case.lifted'"))

    late = int(
        town.one("SELECT count(*) FROM cases_deadline WHERE is_office AND late_from < clock_timestamp()")
    )
    seen = killed_at_each_write(town, "lift", lifted)
    assert seen == sorted(seen)
    assert seen[-1] >= late > 0
    assert (
        town.one(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM record_act WHERE kind = 'case.lifted'"
            " GROUP BY matter_id, recorded_at) AS x"
        )
        == 1
    )
    town.work_once("lift")
    lifted_rows = town.one(
        "SELECT count(*) FROM cases_deadline WHERE lifted_at IS NOT NULL AND NOT is_supervising"
    )
    assert lifted_rows == late


def test_the_other_loops(town: Town) -> None:
    """Reminders, digests, upkeep: killed anywhere, then run to the end; nothing is told twice."""
    registered(town.cast, clock.now())
    town.work_once("dispatch")
    town.set_clock(timedelta(days=40))
    for loop in ("remind", "digests", "upkeep", "heartbeat"):
        killed_at_each_write(town, loop, lambda: None)
    town.work_once("dispatch")
    reminded = town.ask("SELECT matter_id, seq FROM record_act WHERE kind = 'case.reminded'")
    parts = town.one("SELECT count(*) FROM cases_deadline WHERE NOT is_supervising AND is_office")
    assert 0 < len(reminded) <= parts
    assert town.one("SELECT count(*) = count(DISTINCT key) FROM alerts_delivery")


def test_an_import_is_gone_on_with_and_makes_nothing_twice(town: Town) -> None:
    """Killed in the reading, within a matter and between two, and while it writes down which became which."""
    by = town.cast.actor(town.cast.administrator)
    content = book(*rows())
    begun = deciding.begin_file(
        authority=town.cast.town, source="old", name="old.xlsx", content=content, by=by, now=clock.now()
    )
    trap = Trap(lambda: None, nth=2, matches=_writes)
    town.work_once("imports", trap)
    assert trap.sprung.is_set()
    town.work_once("imports")
    deciding.confirm_import(import_id=begun.pk, by=by, now=clock.now())
    seen = [0]
    last = 'UPDATE "imports_import"'  # that it is tried, that it had come on, how far it came, which became which
    for what, nth in (("INSERT INTO", 5), ('INSERT INTO "imports_imported"', 5), ("COMMIT", 5), (last, 4)):
        trap = Trap(lambda: None, nth=nth, matches=lambda sql, what=what: sql.startswith(what))  # type: ignore[misc]
        town.work_once("imports", trap)
        assert trap.sprung.is_set(), what
        assert_whole()
        seen.append(int(town.one("SELECT count(*) FROM cases_case WHERE intake = 'import'")))
    assert seen == sorted(seen)
    assert 0 < seen[-2] < ROWS == seen[-1]
    assert town.one("SELECT state FROM imports_import") == "running"
    town.work_once("imports")
    assert_whole()
    claims = town.ask("SELECT claim, count(*) FROM cases_text GROUP BY 1")
    assert (len(claims), {count for _claim, count in claims}) == (ROWS, {1})
    assert town.one("SELECT count(*) FROM imports_imported") == ROWS
    assert town.ask("SELECT state, done, content IS NULL, tries FROM imports_import")[0][:3] == (
        "done",
        ROWS,
        True,
    )
    assert town.one("SELECT count(*) FROM record_act WHERE kind = 'cases.imported'") == 1


def test_figures_are_laid_out_anew_after_a_worker_was_killed_in_it(town: Town) -> None:
    month = months_after(month_of(clock.now().date()), -2)
    Publishing.objects.create(authority=town.cast.town, first_month=month)
    by = town.cast.actor(town.cast.mayor)
    asked = {"period": month, "why": "", "by": by, "now": clock.now()}
    publishing.ask_for(body=town.cast.town, **asked)
    progress = 'UPDATE "published_layout" SET "done" ='
    for what in (progress, 'INSERT INTO "published_edition"'):
        trap = Trap(lambda: None, nth=1, matches=lambda sql, what=what: sql.startswith(what))  # type: ignore[misc]
        town.work_once("lay out figures", trap)
        assert trap.sprung.is_set(), what
        assert town.ask("SELECT refused, ended_at FROM published_layout") == [("", None)]
    town.work_once("lay out figures")
    assert town.ask("SELECT period, state FROM published_edition") == [(month, "prepared")]
    assert town.one("SELECT count(*) FROM published_layout") == 0
    assert town.one("SELECT count(*) FROM record_act WHERE kind = 'figures.prepared'") == 1


def test_a_worker_leaves_most_connections_to_others(town: Town) -> None:
    """With one for each loop, two workers take all that a server has by default, and nobody else comes in."""
    here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    before = town.one(here)
    town.worker()
    until(lambda: town.one(here) - before >= 10)
    held = []
    for _ in range(40):
        time.sleep(0.1)
        held.append(town.one(here) - before)
    assert max(held) < 45  # on a busy machine more of the first turns fall together
    until(lambda: town.one(here) - before <= 25)
