"""Let the demo town's cases live their lives: every act through the services, at a simulated instant.

Nothing is written behind the services' back: reminders and lifts fall between the acts as they would have.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404

from answerable.cases import access
from answerable.cases.models import Case, Deadline, ReservedCode
from answerable.cases.rules import Doing
from answerable.cases.services import (
    deciding,
    erasure,
    grouping,
    handling,
    intake,
    looks,
    mediation,
    persons,
    receipts,
    supervision,
)
from answerable.core.refusals import NotYours
from answerable.ops.demo import content
from answerable.ops.demo.settle import Settled
from answerable.ops.demo.stories import Path, Story
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Appointment, Hold, Post
from answerable.orgs.queries import calendar_of, holders_of
from answerable.parties.steps import ChannelWish, Identity
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
        for post in sorted(
            posts, key=lambda p: (p.pk != mine, path.index(p.unit_id), not p.is_head, order[p.role], p.pk)
        ):
            for staff in self.staffing.holders(post.pk, self.at):
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


def live(
    story: Story,
    settled: Settled,
    town: content.Town,
    staffing: Staffing,
    *,
    number: int,
    now: datetime,
    lead: Case | None,
) -> Case:
    """Live one story up to where its path says, and give its case."""
    hedu = settled.authorities[town.authorities[-1].code]
    dice = random.Random(number * 7919 + 17)
    calendar = calendar_of(hedu)
    start = now - timedelta(days=story.age, minutes=dice.randrange(20, 500))
    if story.channel in ("counter", "phone", "letter"):
        start = working_time(start, calendar, dice)
    start = min(start, now - timedelta(minutes=dice.randrange(15, 200)))
    life = Life(story, settled, town, number, now, start, calendar, dice, staffing)
    life.case = _register(life, hedu, lead)
    if story.shown and story.summary:
        _describe(life)
    for step in STEPS[story.path]:
        if not step(life):
            break
    catch_up(life.pk, now)
    return life.fresh()


def _register(life: Life, hedu: Any, lead: Case | None) -> Case:
    story, settled = life.story, life.settled
    person = life.town.people.person(life.number, story.language)
    identities: tuple[Identity, ...] = ()
    channel = None
    if story.privacy != "anonymous":
        role = "representative" if story.behalf else "self"
        identities = (Identity(person.name, role=role),)
        channel = ChannelWish("email", person.email) if life.number % 3 else None
    accused_units = tuple(settled.units[c].pk for c in story.accused if c in settled.units)
    posts = [settled.posts[c] for c in story.accused if c in settled.posts]
    staff = {s.pk for post in posts for s in holders_of(post.pk, life.at)}
    desk = story.channel in ("counter", "phone", "letter")
    clerk = _clerk(life) if desk else None
    told = intake.Told(
        authority=hedu,
        subject=settled.subjects[story.subject],
        place=settled.places.get(story.place),
        place_text="" if story.place in settled.places else story.place,
        claim=story.claim,
        kind=story.kind,
        language="en" if story.language == "en" else "zh-hans",
        intake=story.channel,
        privacy=story.privacy,
        identities=identities,
        channel=channel,
        is_conduct=story.kind == "accusation",
        accused_units=accused_units,
        accused_staff=tuple(sorted(staff)),
        is_shareable=story.shown,
        received_at=life.at - timedelta(days=story.letter_days) if story.letter_days else None,
        lead=lead,
        reserved=_tour_receipt(life.town, now=life.at) if story.id == life.town.tour_story else None,
    )
    return intake.register_case(told, by=clerk or Actor.person(), now=life.at).case


def _tour_receipt(town: content.Town, *, now: datetime) -> ReservedCode:
    """The receipt that the guided tour shows its visitors, set aside for its fictional case as a counter's are."""
    return ReservedCode.objects.create(
        code=town.tour_code,
        secret_mac=receipts.digest_of(town.tour_code, town.tour_secret),
        post=Post.objects.filter(unit__is_petition_office=True).order_by("pk")[0],
        reserved_at=now,
    )


def _clerk(life: Life) -> Actor | None:
    for post in Post.objects.filter(unit__is_petition_office=True, role="clerk").order_by("pk"):
        for staff in holders_of(post.pk, life.at):
            return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)
    return None


def _describe(life: Life) -> None:
    by = life.by(Doing.HANDLE)
    if by is not None:
        case = life.fresh()
        grouping.describe_case(
            case_id=case.pk,
            title=life.story.title,
            shared_summary=life.story.summary,
            by=by,
            seen_version=case.version,
            now=life.at,
        )


# ---- steps of a life: each returns False when the life stops there -------------------------------------------


def accept(life: Life) -> bool:
    if not life.wait(0.3 + life.dice.random() * 1.5):
        return False
    by = life.by(Doing.ACCEPT)
    if by is None:
        return False
    case = life.fresh()
    handling.accept_case(
        case_id=case.pk, by=by, seen_version=case.version, now=life.at, title=life.story.title[:200]
    )
    return True


def assign(life: Life) -> bool:
    if not life.wait(0.1 + life.dice.random()):
        return False
    case, by = life.fresh(), life.by(Doing.ASSIGN)
    posts = life.staffing.posts.get(case.unit_id, ())
    able = [p for p in posts if p.role in ("handler", "clerk") and life.staffing.holders(p.pk, life.at)]
    if by is not None and able:
        to = life.dice.choice(able)
        handling.assign_case(case_id=case.pk, to_post=to.pk, by=by, seen_version=case.version, now=life.at)
    return True


def talk(life: Life) -> bool:
    """The conversation as the story tells it; a waiting one ends with the office's question."""
    for turn in life.story.turns:
        if not life.wait(0.8 + life.dice.random() * 2):
            return False
        if turn.by == "person":
            persons.write(case_id=life.pk, text=turn.text, now=life.at)
            continue
        by = life.by(Doing.HANDLE)
        if by is None:
            return True
        case = life.fresh()
        asks = "？" in turn.text or "?" in turn.text
        do = handling.ask_person if asks else handling.reply_to_person
        do(case_id=case.pk, text=turn.text, by=by, seen_version=case.version, now=life.at)
    return True


def note(life: Life) -> bool:
    for text in life.story.notes:
        if not life.wait(0.5 + life.dice.random() * 2):
            return True
        by = life.by(Doing.HANDLE)
        if by is not None:
            handling.note_case(case_id=life.pk, text=text, by=by, now=life.at)
    return True


def extend(life: Life) -> bool:
    wish = life.story.extension
    row = Deadline.objects.filter(
        case_id=life.pk, is_office=True, is_supervising=False, met_seq=None
    ).order_by("-late_from")[0]
    left = (row.late_from - life.at).days - 4
    if wish is None or not life.wait(max(1, left)):
        return True
    by = life.by(Doing.EXTEND)
    if by is not None and life.at < row.late_from:
        case = life.fresh()
        handling.extend_case(
            case_id=case.pk, number=wish.days, why=wish.why, by=by, seen_version=case.version, now=life.at
        )
    return True


def _send(life: Life, outcome: str, parts: dict[str, str]) -> bool:
    by = life.by(Doing.SIGN)
    if by is None:
        return False
    case = life.fresh()
    deciding.send_decision(
        case_id=case.pk,
        outcome=outcome,
        parts=parts,
        by=by,
        seen_version=case.version,
        now=life.at,
        office_solved=outcome == "supported" if case.stage == "handle" else None,
    )
    return True


def decide(life: Life) -> bool:
    decision = life.story.decision
    if decision is None or not life.wait(3 + life.dice.random() * min(18, life.story.age / 3)):
        return False
    return _send(life, decision.outcome, decision.parts())


def read(life: Life) -> bool:
    if not life.wait(0.5 + life.dice.random() * 2):
        return False
    persons.see_decisions(case_id=life.pk, now=life.at)
    return True


def word(life: Life) -> bool:
    said = life.story.word
    if said is None or not life.wait(1 + life.dice.random() * 4):
        return False
    persons.say_solved(
        case_id=life.pk, solved=said.solved, rating=said.rating, text=said.comment, now=life.at
    )
    return True


def close(life: Life) -> bool:
    if not life.wait(1 + life.dice.random() * 6):
        return False
    case, by = life.fresh(), life.by(Doing.HANDLE)
    if by is None or case.state != "decided":
        return False
    deciding.close_case(case_id=case.pk, by=by, seen_version=case.version, now=life.at)
    return True


def withdraw(life: Life) -> bool:
    if not life.wait(2):
        return False
    if life.story.withdrawal:
        persons.write(case_id=life.pk, text=life.story.withdrawal, now=life.at)
    persons.withdraw(case_id=life.pk, now=life.at + timedelta(minutes=3))
    if life.story.withdrawn_undone and life.wait(1):
        persons.undo_withdrawal(case_id=life.pk, now=life.at)
    return True


def _rung(name: str, *, decided: bool) -> Callable[[Life], bool]:
    def step(life: Life) -> bool:
        rung = getattr(life.story, name)
        if rung is None or not life.wait(6 + life.dice.random() * 12):
            return False
        persons.ask_review(case_id=life.pk, text=rung.asks, now=life.at)
        if not decided or not rung.is_decided or not life.wait(9 + life.dice.random() * 12):
            return decided is False
        return _send(life, rung.outcome, rung.parts()) and read(life)

    return step


def pass_on(life: Life) -> bool:
    passed = life.story.passed
    if passed is None or not life.wait(1.5):
        return False
    by = life.by(Doing.ROUTE)
    if by is None:
        return False
    case = life.fresh()
    to = life.settled.authorities[passed.to]
    handling.pass_on(case_id=case.pk, to=to.pk, why=passed.why, by=by, seen_version=case.version, now=life.at)
    return True


def raise_up(life: Life) -> bool:
    if not life.wait(5 + life.dice.random() * 5):
        return False
    persons.raise_case(case_id=life.pk, text=life.story.raised, now=life.at)
    return True


def reopen(life: Life) -> bool:
    if not life.wait(5 + life.dice.random() * 8):
        return False
    case, by = life.fresh(), life.by(Doing.ASSIGN)
    if by is None or case.state != "closed":
        return False
    deciding.reopen_case(
        case_id=case.pk, by=by, seen_version=case.version, now=life.at, why=life.story.reopened
    )
    return True


def mediate(life: Life) -> bool:
    if not life.wait(2):
        return False
    by = life.by(Doing.HANDLE)
    if by is None:
        return False
    case = life.fresh()
    mediation.offer_mediation(
        case_id=case.pk,
        text=life.story.mediation,
        other_side=True,
        by=by,
        seen_version=case.version,
        now=life.at,
    )
    if life.wait(2):
        mediation.answer_mediation(case_id=life.pk, agrees=True, now=life.at)
    return True


def look(life: Life) -> bool:
    """Where a letter has to be addressed, someone looks; the person sees it."""
    case = life.fresh()
    if case.privacy == "anonymous" or life.number % 4:
        return True
    by = life.by(Doing.LOOK)
    if by is not None:
        why = "To address the written answer" if case.language == "en" else "寄送书面答复需要姓名"
        looks.look_at_identity(case_id=case.pk, reason=why, by=by, now=life.at)
    return True


def erase(life: Life) -> bool:
    if life.wait(10):
        erasure.ask_erasure(case_id=life.pk, now=life.at)
    return True


Step = Callable[[Life], bool]
_HAND: tuple[Step, ...] = (accept, assign, note, talk)
_DECIDED: tuple[Step, ...] = (*_HAND, look, decide)
STEPS: dict[Path, tuple[Step, ...]] = {
    Path.FRESH: (),
    Path.ACCEPTED: (accept,),
    Path.ASSIGNED: (accept, assign, note),
    Path.ASKED: _HAND,
    Path.WAITING: _HAND,
    Path.HALF: _HAND,
    Path.NEARLY_LATE: _HAND,
    Path.LATE_LIFTED: _HAND,
    Path.EXTENDED: (*_HAND, extend),
    Path.DECIDED: (*_DECIDED, read),
    Path.CLOSED_SOLVED: (*_DECIDED, read, word, close),
    Path.CLOSED_UNSOLVED: (*_DECIDED, read, word, close),
    Path.WITHDRAWN: (accept, assign, withdraw),
    Path.REVIEW: (*_DECIDED, read, _rung("review", decided=False)),
    Path.REVIEW_DECIDED: (*_DECIDED, read, _rung("review", decided=True)),
    Path.REREVIEW: (*_DECIDED, read, _rung("review", decided=True), _rung("rereview", decided=False)),
    Path.LADDER_END: (*_DECIDED, read, _rung("review", decided=True), _rung("rereview", decided=True)),
    Path.PASSED_ON: (pass_on,),
    Path.RAISED: (*_HAND, raise_up),
    Path.REOPENED: (*_DECIDED, read, close, reopen),
    Path.MEDIATED: (accept, assign, mediate, decide, read, word, close),
    Path.ERASED: (*_DECIDED, read, word, close, erase),
}
