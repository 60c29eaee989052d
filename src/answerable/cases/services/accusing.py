"""Who may have nothing to do with a case: whoever steps aside, and whoever it is about (rights, rule 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.alerts import steps as alarms
from answerable.alerts.services import drop_queued
from answerable.cases import access, files, reviewing, routing, steps, watching
from answerable.cases.accusation import Accusation, accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import NOBODY, another_leader, answers_instead, has_somebody, is_left
from answerable.cases.joins import joined_with, lock_cases, stand_apart
from answerable.cases.models import (
    Accused,
    Case,
    Decision,
    Involvement,
    Message,
    SteppedAside,
)
from answerable.cases.rules import CannotAct, Doing
from answerable.record.actors import Actor
from answerable.record.append import Appended
from answerable.record.queries import acts_of


def accused_hold(case: Case, post_id: int | None, now: datetime) -> bool:
    """Whether somebody whom the case is about acts for the post (rights, rule 5)."""
    return accusation_of(case).is_held_by(post_id, now)


@transaction.atomic(durable=True)
def step_aside(*, case_id: UUID, by: Actor, now: datetime, why: str = "") -> None:
    """Someone with an interest steps aside with one act (art. 28), and nothing stays with them.

    What they worked on or took charge of goes back to the unit; a draft of theirs is no longer before the leader; where
    nobody else acts for the post that answers for the case, the next level of the same body answers, of a review never
    who signed what is reviewed (where nobody else is left here, it goes on as if it had been asked for there); and where
    nobody else acts for the post that watches over it, the next level watches. An accusation that nobody is left for in its body
    goes to the next level that it does not touch: nobody else could read it.
    """
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.WRITE, now)
    SteppedAside.objects.get_or_create(case=case, staff_id=by.staff, defaults={"at": now})
    reader = access.reader_for(access.Staff.objects.get(pk=by.staff), now)
    theirs = {post.pk for post in reader.posts}
    left = {
        name: None
        for name in ("handler_post_id", "charge_post_id")
        if getattr(case, name) in theirs - reader.stands_in
        or _is_left(case, getattr(case, name), theirs, now)
    }
    changes, body, ended = _leave(case, left, theirs, now)
    draft = Decision.objects.filter(case=case, sent_at=None, post_id__in=theirs).first()
    draft = draft if draft is not None and _wrote(reader, case, draft) else None
    done = steps.act(
        case,
        ActKind.STEPPED_ASIDE,
        by=by,
        now=now,
        set=changes | ({"is_draft_ready": False} if draft is not None else {}),
        body={"staff": by.staff_id} | body | ({"draft": draft.version} if draft is not None else {}),
        why=why,
        clocks=False,
    )
    watching.end_watches(ended, done.seq)
    _say_left(case, done, body)


def _leave(
    case: Case, left: dict[str, Any], theirs: set[int] | None, now: datetime
) -> tuple[dict[str, Any], dict[str, Any], list[int]]:
    """Give a locked case and the watch over it to who is left: what changes on it, what the record says, and the watches
    that end by it. `left`: the posts at work that nobody has any more. `theirs` None: whosever they were."""
    before, to = case.unit, None
    if _is_left(case, case.leader_post_id, theirs, now):
        to = _answers_now(case, now)
    changes: dict[str, Any] = dict(left)
    if to is not None:
        changes |= {"unit": to.unit, "leader_post": to.leader_post}
        steps.move_to_unit(case, to.unit, to.leader_post)
    if to is not None and to.unit.pk != before.pk:
        changes |= {"handler_post_id": None, "charge_post_id": None, "is_draft_ready": False}
        files.hand_on(case, to.unit)
        steps.involve(case, before, Involvement.Capacity.RECEIVED, at=now)
    watched, ended = _leave_watch(case, theirs, now)
    named = [*left, *(["leader_post_id"] if to is not None else []), *(["supervision"] if watched else [])]
    body: dict[str, Any] = {"left": sorted(named)} if named else {}
    body |= {"watch": watched} if watched else {}
    body |= {"to": to.unit.pk} if to is not None and to.unit.pk != before.pk else {}
    return changes, body, ended


def _answers_now(case: Case, now: datetime) -> routing.Route | None:
    """Who answers where all at the post stepped aside. None: nobody; whoever watches sees that it stands still."""
    to = reviewing.instead(case, now)
    if to is not None:
        return to
    return steps.untouched_above(case, case.unit, now) if case.is_conduct else None


def _say_left(case: Case, done: Appended, body: dict[str, Any]) -> None:
    # The person was told that this leader stays with it to its end.
    if "charge_post_id" in body.get("left", ()):
        steps.say(case, done, Message.Kind.NOTICE, by=Actor.system(), code="charge_left")
    if "to" in body:
        facts = {"unit": body["to"]}
        steps.say(case, done, Message.Kind.NOTICE, by=Actor.system(), code="transferred", facts=facts)


def _wrote(reader: access.Reader, case: Case, draft: Decision) -> bool:
    """Whether the draft is as the reader left it: under that post there may be one who holds it and one who stands in."""
    acts = acts_of(case.pk, kinds=(str(ActKind.NOTED),))
    last = next((a for a in reversed(acts) if (a.body or {}).get("draft") == draft.version), None)
    return last is not None and last.stands_in == (draft.post_id in reader.stands_in)


def _is_left(case: Case, post_id: int | None, theirs: set[int] | None, now: datetime) -> bool:
    """Whether a post is one of theirs, and nobody acts for it who has not stepped aside from the case. `theirs` None:
    whether somebody acts for it, and all of them stepped aside."""
    if post_id is None or theirs is None:
        return post_id is not None and is_left(case, post_id, now)
    return post_id in theirs and not has_somebody(case, post_id, now)


@transaction.atomic(durable=True)
def leave_again(*, case_id: UUID, now: datetime) -> bool:
    """Whoever stepped aside has come to a post that has the case, works on it or watches over it, or is alone there by
    now: again nothing stays with them. False, and nothing done, where somebody else acts there."""
    case = steps.lock_case(case_id)
    if case.erased_at is not None:
        return False
    left = {
        name: None
        for name in ("handler_post_id", "charge_post_id")
        if _is_left(case, getattr(case, name), None, now)
    }
    changes, body, ended = _leave(case, left, None, now)
    if not body:
        return False
    system = Actor.system()
    done = steps.act(case, ActKind.STEPPED_ASIDE, by=system, now=now, set=changes, body=body, clocks=False)
    watching.end_watches(ended, done.seq)
    _say_left(case, done, body)
    return True


def _leave_watch(case: Case, theirs: set[int] | None, now: datetime) -> tuple[list[int], list[int]]:
    """The supervising dates that are left with nobody go to the next level, or at the top to whoever else may act there,
    else to who answers for the case. The date itself stays as it is. Gives the rows by which somebody else watches from
    now on, and those that end since that level has a date already."""
    moved: list[int] = []
    ended: list[int] = []
    for row in watching.watching(case):
        if row.unit is None or not _is_left(case, row.post_id, theirs, now):
            continue
        to = steps.untouched_above(case, row.unit, now)
        if to is None:
            other = another_leader(case, row.unit, now)
            to = routing.Route(row.unit, other) if other else routing.Route(case.unit, case.leader_post)
        if to.is_outside or has_somebody(case, to.leader_post.pk, now):
            there = watching.watch_from(case, row, to, now)
            moved.append(there.pk)
            ended += [row.pk] if there.pk != row.pk else []
    return list(dict.fromkeys(moved)), ended


def _kept(case: Case, post_id: int | None, moved: bool, now: datetime) -> int | None:
    """The post that stays with the case, unless it moved or somebody accused acts for the post."""
    return None if moved or accused_hold(case, post_id, now) else post_id


@transaction.atomic(durable=True)
def name_accused(
    *, case_id: UUID, staff: list[int], units: list[int], by: Actor, seen_version: int, now: datetime
) -> Case:
    """Name whose conduct the case is about, and move it where the accusation does not reach (rule 5).

    From then on it stands apart: what it was joined with is answered without it.
    """
    halves = halves_of(case_id)
    cases = lock_cases([case_id, *joined_with(case_id), *halves])
    case = cases[case_id]
    steps.require_version(case, seen_version)
    access.require(by, case, Doing.ROUTE, now)
    if not staff and not units and not case.is_accused_unknown:
        raise CannotAct("nobody_named")
    # A half of it holds the same words, files and names: it stands apart as well. One that was erased holds none.
    for pk in [case_id, *(pk for pk in halves if cases[pk].erased_at is None)]:
        _keep_from(cases[pk], staff, units, by=by, now=now)
    joined = [one for pk, one in cases.items() if pk != case_id and pk not in halves]
    stand_apart(case, joined, by=by, now=now)
    return case


def _keep_from(case: Case, staff: list[int], units: list[int], *, by: Actor, now: datetime) -> None:
    """One locked case: write down whom it is about, and move it, its clocks and its papers out of their reach."""
    Accused.objects.bulk_create([Accused(case=case, staff_id=pk) for pk in staff])
    Accused.objects.bulk_create([Accused(case=case, unit_id=pk) for pk in units])
    case.is_conduct, case.is_accused_unknown, case.is_nature_open = True, False, False
    case.moves.all().delete()
    route = _out_of_reach(case, now)
    moved = route.unit.pk != case.unit_id
    steps.move_to_unit(case, route.unit, route.leader_post)
    files.hand_on(case, route.unit)
    watch, ended = _move_supervision(case, now)
    done = steps.act(
        case,
        ActKind.CONFLICT_ESCALATED,
        by=by,
        now=now,
        set={
            "is_conduct": True,
            "is_accused_unknown": False,
            "is_nature_open": False,
            "is_shareable": False,
            "is_publishable": False,
            "is_draft_ready": False,
            "unit": route.unit,
            "leader_post": route.leader_post,
            "handler_post_id": _kept(case, case.handler_post_id, moved, now),
            "charge_post_id": _kept(case, case.charge_post_id, moved, now),
        },
        body={"staff": staff, "units": units, "to": route.unit.pk} | ({"watch": watch} if watch else {}),
    )
    if moved:
        facts = {"unit": route.unit.pk}
        steps.say(case, done, Message.Kind.NOTICE, by=Actor.system(), code="transferred", facts=facts)
        # What those it is about, or their colleagues, wrote is not put before whoever decides now.
        Decision.objects.filter(case=case, sent_at=None).delete()
    watching.end_watches(ended, done.seq)
    drop_queued(case.pk, now=now)
    alarms.keep_from(case.pk, now=now)


def _out_of_reach(case: Case, now: datetime) -> routing.Route:
    """A review stays with the level that it was asked of, or goes on to the next one up, never back down; the rest goes
    to who looks into accusations. Raises CannotAct (no_level_above)."""
    about, route = accusation_of(case), None
    if case.stage != "handle":
        is_touched = about.reaches(case.unit, case.leader_post, now)
        route = (
            reviewing.review_above(case, now) if is_touched else routing.Route(case.unit, case.leader_post)
        )
    if route is None:
        route = routing.route_conduct(
            case.authority, accused_units=about.units, accused_staff=about.staff, now=now
        )
    if route is None:
        raise CannotAct("no_level_above")
    # Whoever stepped aside there does not get it back because somebody else was named.
    if not is_left(case, route.leader_post.pk, now):
        return route
    signed = reviewing.signers_of(case) if case.stage != "handle" else NOBODY
    instead = answers_instead(case, route.unit, now, but=signed)
    if instead is not None:
        return replace(route, leader_post=instead)
    return steps.untouched_above(case, route.unit, now) or route


def keep_from(case_id: UUID, *, now: datetime) -> None:
    """Inside a reaction: move a case away from an accused who came to a post that answers for it or works on it, or who
    came to stand above its unit, and the date by which one watches over it away from one who came to that post."""
    case = steps.lock_case(case_id)
    about = accusation_of(case)
    at_work = (case.leader_post_id, case.handler_post_id, case.charge_post_id)
    if any(about.is_held_by(pk, now) for pk in at_work) or _came_below(case, about, now):
        _keep_from(case, [], [], by=Actor.system(), now=now)
        return
    watch, ended = _move_supervision(case, now)
    if watch:
        body, system = {"staff": [], "units": [], "watch": watch}, Actor.system()
        done = steps.act(case, ActKind.CONFLICT_ESCALATED, by=system, now=now, body=body, clocks=False)
        watching.end_watches(ended, done.seq)
        drop_queued(case.pk, now=now)
        alarms.keep_from(case.pk, now=now)


def _came_below(case: Case, about: Accusation, now: datetime) -> bool:
    """Whether the unit that has the case was put below one that it accuses: nobody there may read it any more. Not where
    it could go nowhere else."""
    if case.unit.authority.is_outside or not about.units.intersection(case.unit.path or [case.unit_id]):
        return False
    return _out_of_reach(case, now).unit.pk != case.unit_id


@transaction.atomic(durable=True)
def keep_away(*, case_id: UUID, now: datetime) -> None:
    """`keep_from`, where no act of the organisation said so: a post that was given for a later day has begun, a unit was
    moved, or the matter was taken up again."""
    keep_from(case_id, now=now)


def _move_supervision(case: Case, now: datetime) -> tuple[list[int], list[int]]:
    """A level that watches over the case and is accused gives its clock to the next one that is not. Gives the rows that
    moved: whoever watches from now on has to hear of it; and those that end, since that level has one already."""
    about, moved, ended = accusation_of(case), list[int](), list[int]()
    for row in watching.watching(case):
        if row.unit is None or not about.reaches(row.unit, row.post, now):
            continue
        to = steps.untouched_above(case, row.unit, now) or routing.Route(case.unit, case.leader_post)
        if (to.unit.pk, to.leader_post.pk) != (row.unit_id, row.post_id):
            there = watching.watch_from(case, row, to, now)
            moved.append(there.pk)
            ended += [row.pk] if there.pk != row.pk else []
    return list(dict.fromkeys(moved)), ended


def halves_of(case_id: UUID) -> list[UUID]:
    """Every matter that was made out of this one, or that it was made out of, by their records."""
    seen: dict[UUID, None] = {case_id: None}
    todo = [case_id]
    while todo:
        for act in acts_of(todo.pop(), kinds=(str(ActKind.DIVIDED), str(ActKind.REGISTERED))):
            body = act.body or {}
            if body.get("case") and (act.kind == ActKind.DIVIDED or body.get("divided")):
                other = UUID(str(body["case"]))
                if other not in seen:
                    seen[other] = None
                    todo.append(other)
    return [pk for pk in seen if pk != case_id]
