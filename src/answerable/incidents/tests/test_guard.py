"""The guard: from any reachable state it lists exactly what is open, and the response is lifted if that is nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.incidents import queries, rules
from answerable.incidents.models import (
    Incident,
    PlanVersion,
    Promise,
    Report,
    Requisition,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.rules import CannotAct, NotTheirs, OpenKind, Part
from answerable.incidents.services import levels, sent_out, tasks
from answerable.incidents.services.standing_down import StillOpen, stand_down
from answerable.incidents.tests.responses import make_plan, respond
from answerable.orgs.models import Staff
from answerable.record.actors import Actor
from tests.cast import MONDAY, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


class Response:
    """A response and what a bystander with a notebook believes is open."""

    def __init__(self, cast: Cast, version: PlanVersion) -> None:
        self.cast, self.now = cast, MONDAY
        self.incident = respond(cast, version)
        self.now += timedelta(minutes=5)
        self.by: Actor = cast.actor(cast.mayor)
        self.open: set[tuple[str, Any]] = set()
        for strand in Strand.objects.filter(incident=self.incident):
            self.open.add(("strand", strand.pk))
        for task in Task.objects.filter(incident=self.incident):
            self.open.add(("task", task.pk))

    def do(self, service: Callable[..., Any], **more: Any) -> Any:
        return service(incident_id=self.incident.pk, by=self.by, now=self.now, **more)

    def pick(self, model: Any, place: int) -> Any:
        """Any row of a kind, open or not."""
        rows = list(model.objects.filter(incident=self.incident).order_by("pk"))
        return rows[place % len(rows)] if rows else None

    # ------------------------------------------------ what people do, in any order

    def set_task(self, n: int) -> None:
        strand = self.pick(Strand, n)
        task = self.do(tasks.set_task, title=f"t{n}", strand_code=strand.code)
        self.open.add(("task", task.pk))

    def begin(self, n: int) -> None:
        self.do(tasks.begin_task, task_id=self.pick(Task, n).pk)

    def finish(self, n: int) -> None:
        task = self.pick(Task, n)
        self.do(tasks.finish_task, task_id=task.pk, result="seen")
        self.open.remove(("task", task.pk))

    def leave_out(self, n: int) -> None:
        task = self.pick(Task, n)
        self.do(tasks.leave_out_task, task_id=task.pk, why="dry")
        self.open.remove(("task", task.pk))

    def reopen(self, n: int) -> None:
        task = self.pick(Task, n)
        self.do(tasks.reopen_task, task_id=task.pk, why="wet again")
        self.open.add(("task", task.pk))

    def close_track(self, n: int) -> None:
        strand = self.pick(Strand, n)
        self.do(tasks.close_track, code=strand.code, said="")
        self.open.remove(("strand", strand.pk))

    def reopen_track(self, n: int) -> None:
        strand = self.pick(Strand, n)
        self.do(tasks.reopen_track, code=strand.code, why="again")
        self.open.add(("strand", strand.pk))

    def send(self, n: int) -> None:
        sent = self.do(sent_out.send_out, kind=Sent.Kind.values[n % 4], what="boats", count=1 + n % 9)
        self.open.add(("sent", sent.pk))

    def back(self, n: int) -> None:
        if (sent := self.pick(Sent, n)) is not None:
            self.do(sent_out.bring_back, sent_id=sent.pk, said="")
            self.open.remove(("sent", sent.pk))

    def take(self, n: int) -> None:
        row = self.do(sent_out.requisition, what="a digger", paper=f"No. {n}")
        self.open.add(("requisition", row.pk))

    def give_back(self, n: int) -> None:
        if (row := self.pick(Requisition, n)) is not None:
            self.do(sent_out.give_back, requisition_id=row.pk, said="returned whole")
            self.open.remove(("requisition", row.pk))

    def promise(self, n: int) -> None:
        row = self.do(sent_out.promise, what="when is the water back")
        self.open.add(("promise", row.pk))

    def answer(self, n: int) -> None:
        if (row := self.pick(Promise, n)) is not None:
            self.do(sent_out.answer, promise_id=row.pk, text="tomorrow")
            self.open.remove(("promise", row.pk))

    def owe(self, n: int) -> None:
        """A first report is owed at once; a follow-up when its hour comes."""
        is_first = n % 2 == 0
        row = Report.objects.create(
            incident=self.incident,
            duty=f"d{Report.objects.count()}",
            kind="first_phone" if is_first else "follow_up",
            due_at=self.now + timedelta(minutes=30),
            opened_at=self.now,
        )
        if is_first:
            self.open.add(("report", row.pk))

    def send_report(self, n: int) -> None:
        if (row := self.pick(Report, n)) is not None:
            Report.objects.filter(pk=row.pk).update(state="sent")
            self.open.discard(("report", row.pk))

    def an_hour_passes(self, n: int) -> None:
        self.now += timedelta(hours=1)
        for row in Report.objects.filter(incident=self.incident, state="due", due_at__lte=self.now):
            self.open.add(("report", row.pk))

    def level(self, n: int) -> None:
        before = Incident.objects.get(pk=self.incident.pk).response_level or 4
        after = 1 + n % 4
        change = levels.raise_level if after < before else levels.lower_level
        known = set(Task.objects.filter(incident=self.incident).values_list("pk", flat=True))
        self.do(
            change,
            level=after,
            grounds="water",
            measures="boats",
            expected_until=self.now + timedelta(hours=1),
        )
        for task in Task.objects.filter(incident=self.incident).exclude(pk__in=known):
            self.open |= {("task", task.pk), ("strand", task.strand_id)}


MOVES = [name for name in vars(Response) if not name.startswith("_") and name not in ("do", "pick")]


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 30)), min_size=5, max_size=40),
    ends=st.booleans(),
)
def _any_response(cast: Cast, version: PlanVersion, moves: list[tuple[str, int]], ends: bool) -> None:
    response = Response(cast, version)
    for move, n in moves:
        # What cannot be done changes nothing: the notebook does not either.
        with suppress(CannotAct):
            getattr(response, move)(n)
        found = {(str(end.kind), end.id) for end in queries.open_ends(response.incident, now=response.now)}
        assert found == response.open, move
    if ends:
        _end_everything(response)
    if response.open:
        with pytest.raises(StillOpen) as refused:
            response.do(stand_down, grounds="dry", measures="")
        assert {(str(end.kind), end.id) for end in refused.value.ends} == response.open
    else:
        response.do(stand_down, grounds="dry", measures="")
    is_over = Incident.objects.get(pk=response.incident.pk).state == Incident.State.STOOD_DOWN
    assert is_over is not bool(response.open)


def _end_everything(response: Response) -> None:
    for model, move in ((Task, "finish"), (Sent, "back"), (Requisition, "give_back"), (Promise, "answer"),
                        (Report, "send_report"), (Strand, "close_track")):  # fmt: skip
        for n in range(model.objects.filter(incident=response.incident).count()):
            with suppress(CannotAct):
                getattr(response, move)(n)


def test_the_guard_lists_exactly_what_is_open_whatever_was_done() -> None:
    cast = make_cast()
    _any_response(cast, make_plan(cast))


def test_only_the_commander_signs() -> None:
    cast = make_cast()
    incident = respond(cast, None)
    for strand in Strand.objects.filter(incident=incident):
        tasks.close_track(
            incident_id=incident.pk, code=strand.code, said="", by=cast.actor(cast.mayor), now=MONDAY
        )
    others: list[Staff] = [cast.clerk, cast.administrator, cast.leader, cast.county_leader]
    for staff in others:
        with pytest.raises(NotTheirs):
            stand_down(incident_id=incident.pk, grounds="dry", measures="", by=cast.actor(staff), now=MONDAY)
    done = stand_down(
        incident_id=incident.pk, grounds="dry", measures="", by=cast.actor(cast.mayor), now=MONDAY
    )
    assert done.state == Incident.State.STOOD_DOWN


@pytest.mark.parametrize(
    ("kind", "state", "minutes", "is_open"),
    [
        ("first_phone", "due", 30, True),
        ("first_written", "due", None, True),
        ("follow_up", "due", 30, False),
        ("follow_up", "due", 0, True),
        ("final", "due", None, False),
        ("final", "due", -1, True),
        ("first_phone", "sent", -1, False),
        ("first_phone", "waived", -1, False),
    ],
)
def test_a_report_is_owed_from_when_it_is_due_and_a_first_one_at_once(
    kind: str, state: str, minutes: int | None, is_open: bool
) -> None:
    due: datetime | None = None if minutes is None else MONDAY + timedelta(minutes=minutes)
    assert rules.is_report_open(kind, state, due, MONDAY) is is_open


def test_what_is_due_first_is_listed_first_of_its_kind() -> None:
    parts = [
        Part(OpenKind.PROMISE, 1, "p", False),
        Part(OpenKind.TASK, 2, "later", False, MONDAY + timedelta(hours=1)),
        Part(OpenKind.TASK, 3, "no time", False),
        Part(OpenKind.TASK, 4, "sooner", False, MONDAY),
        Part(OpenKind.STRAND, 5, "s", True),
    ]
    assert [end.id for end in rules.open_ends(parts)] == [4, 2, 3, 1]
