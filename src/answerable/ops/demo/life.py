"""One life in the demo town: whose case it is, how far it has come in time, and who can act on it then."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404

from answerable.cases import access
from answerable.cases.answering import NOBODY
from answerable.cases.models import Case, Deadline
from answerable.cases.reviewing import signers_of
from answerable.cases.rules import Doing
from answerable.cases.services import (
    supervision,
)
from answerable.core.refusals import NotYours
from answerable.ops.demo import content
from answerable.ops.demo.settle import Settled
from answerable.ops.demo.stories import Story
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Appointment, Hold, Post
from answerable.record.actors import Actor, ActorKind

ROLES = {
    Doing.ACCEPT: ("clerk", "handler", "leader"),
    Doing.ASSIGN: ("clerk", "leader"),
    Doing.HANDLE: ("handler", "clerk", "leader", "reviewer"),
    Doing.SIGN: ("leader", "reviewer"),
    Doing.EXTEND: ("leader",),
    Doing.ROUTE: ("clerk", "leader"),
    Doing.LOOK: ("handler", "clerk", "leader"),
}


@dataclass
class Life:
    """One story being lived. `at` is the simulated present; it only moves forward."""

    story: Story
    settled: Settled
    town: content.Town
    number: int
    now: datetime
    at: datetime
    calendar: WorkCalendar
    dice: random.Random
    staffing: Staffing
    case: Case | None = None

    @property
    def pk(self) -> Any:
        assert self.case is not None
        return self.case.pk

    def fresh(self) -> Case:
        self.case = Case.objects.select_related("unit").get(pk=self.pk)
        return self.case

    def wait(self, days: float) -> bool:
        """Move on to working time about `days` later, letting the system do what falls due meanwhile.

        False when that would lie beyond the real present: the life stops there.
        """
        to = working_time(self.at + timedelta(days=days), self.calendar, self.dice)
        if to >= self.now - timedelta(minutes=5):
            return False
        if self.case is not None:
            catch_up(self.pk, to)
        self.at = to
        return True

    def by(self, doing: Doing) -> Actor | None:
        """Someone who holds a post that may do this on the case now; None where nobody can."""
        case = self.fresh()
        order = {role: n for n, role in enumerate(ROLES[doing])}
        path = list(
            reversed(case.unit.path or [case.unit_id])
        )  # the unit's own posts first, then those above it
        posts = [p for unit in path for p in self.staffing.posts.get(unit, ()) if p.role in order]
        mine = case.handler_post_id if doing is Doing.HANDLE else None
        # Nobody reviews what they signed.
        signed = signers_of(case) if doing is Doing.SIGN and case.stage != "handle" else NOBODY
        for post in sorted(
            posts, key=lambda p: (p.pk != mine, path.index(p.unit_id), not p.is_head, order[p.role], p.pk)
        ):
            for staff in self.staffing.holders(post.pk, self.at):
                if staff in signed:
                    continue
                actor = Actor(ActorKind.STAFF, staff_id=staff, post_id=post.pk, unit_id=post.unit_id)
                if not case.is_conduct or _may(actor, case, doing, self.at):
                    return actor
        return None


class Staffing:
    """Who holds which post when, read once: a year of simulated mornings asks often."""

    def __init__(self) -> None:
        self.posts: dict[int, list[Post]] = {}
        for post in Post.objects.filter(closed_on=None).order_by("pk"):
            self.posts.setdefault(post.unit_id, []).append(post)
        self._held: dict[int, list[Appointment]] = {}
        for held in Appointment.objects.order_by("pk"):
            self._held.setdefault(held.post_id, []).append(held)

    def holders(self, post: int, at: datetime) -> list[int]:
        """Ids of staff who may act for the post at `at`, its holder first."""
        rows = [
            a for a in self._held.get(post, ()) if a.from_at <= at and (a.until_at is None or a.until_at > at)
        ]
        return [a.staff_id for a in sorted(rows, key=lambda a: a.hold != Hold.HOLDER)]


def _may(actor: Actor, case: Case, doing: Doing, at: datetime) -> bool:
    try:
        access.require(actor, case, doing, at)
    except (Http404, NotYours):
        return False
    return True


def working_time(at: datetime, calendar: WorkCalendar, dice: random.Random) -> datetime:
    """A moment in working hours on the first working day at or after `at`."""
    day = calendar.local_day(at)
    while not calendar.is_working(day):
        day += timedelta(days=1)
    zone = ZoneInfo(calendar.zone)
    moment = datetime(day.year, day.month, day.day, 9, 0, tzinfo=zone) + timedelta(
        minutes=dice.randrange(480)
    )
    return max(at, moment)


def catch_up(case_id: Any, to: datetime) -> None:
    """Do what the system does by itself until `to`: reminders and lifts, each at its own instant."""
    for _ in range(40):
        rows = Deadline.objects.filter(case_id=case_id, met_seq=None, voided_seq=None, paused_at=None)
        due: list[tuple[datetime, str, int]] = []
        for row in rows:
            if row.remind_at is not None and row.remind_at <= to:
                due.append((row.remind_at, "remind", row.pk))
            if row.is_office and row.lifted_at is None and row.late_from <= to:
                due.append((row.late_from, "lift", row.pk))
        if not due:
            return
        at, what, pk = min(due)
        if what == "remind":
            supervision.remind(deadline_id=pk, now=at)
        else:
            supervision.lift_deadline(deadline_id=pk, now=at + timedelta(seconds=4))
