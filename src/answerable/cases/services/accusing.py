"""Who may have nothing to do with a case: whoever steps aside, and whoever it is about (rights, rule 5)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.alerts import steps as alarms
from answerable.alerts.services import drop_queued
from answerable.cases import access, files, routing, steps
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import another_leader, answers_instead, has_somebody
from answerable.cases.joins import joined_with, lock_cases, stand_apart
from answerable.cases.models import (
    Accused,
    Case,
    Deadline,
    Decision,
    Involvement,
    Message,
    SteppedAside,
)
from answerable.cases.reviewing import review_above
from answerable.cases.rules import CannotAct, Doing
from answerable.record.actors import Actor
from answerable.record.queries import acts_of


def accused_hold(case: Case, post_id: int | None, now: datetime) -> bool:
    """Whether somebody whom the case is about acts for the post (rights, rule 5)."""
    return accusation_of(case).is_held_by(post_id, now)


@transaction.atomic(durable=True)
def step_aside(*, case_id: UUID, by: Actor, now: datetime, why: str = "") -> None:
    """Someone with an interest steps aside with one act (art. 28), and nothing stays with them.

    What they worked on or took charge of goes back to the unit; a draft of theirs is no longer before the leader; where
    nobody else acts for the post that answers for the case, the next level of the same body answers; and where nobody
    else acts for the post that watches over it, the next level watches.
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
    to = answers_instead(case, case.unit, now) if _is_left(case, case.leader_post_id, theirs, now) else None
    if to is not None:
        steps.move_to_unit(case, case.unit, to)
    watch, ended = _leave_watch(case, theirs, now)
    named = [*left, *(["leader_post_id"] if to is not None else []), *(["supervision"] if watch else [])]
    draft = Decision.objects.filter(case=case, sent_at=None, post_id__in=theirs).first()
    draft = draft if draft is not None and _wrote(reader, case, draft) else None
    done = steps.act(
        case,
        ActKind.STEPPED_ASIDE,
        by=by,
        now=now,
        set=left
        | ({"leader_post": to} if to is not None else {})
        | ({"is_draft_ready": False} if draft is not None else {}),
        body={"staff": by.staff_id}
        | ({"left": sorted(named)} if named else {})
        | ({"watch": watch} if watch else {})
        | ({"draft": draft.version} if draft is not None else {}),
        why=why,
        clocks=False,
    )
    _end_watches(ended, done.seq)
    if "charge_post_id" in left:  # the person was told that this leader stays with it to its end
        steps.say(case, done, Message.Kind.NOTICE, by=Actor.system(), code="charge_left")


def _wrote(reader: access.Reader, case: Case, draft: Decision) -> bool:
    """Whether the draft is as the reader left it: under that post there may be one who holds it and one who stands in."""
    acts = acts_of(case.pk, kinds=(str(ActKind.NOTED),))
    last = next((a for a in reversed(acts) if (a.body or {}).get("draft") == draft.version), None)
    return last is not None and last.stands_in == (draft.post_id in reader.stands_in)


def _is_left(case: Case, post_id: int | None, theirs: set[int], now: datetime) -> bool:
    """Whether a post is one of theirs, and nobody acts for it who has not stepped aside from the case."""
    return post_id in theirs and not has_somebody(case, post_id or 0, now)


def _leave_watch(case: Case, theirs: set[int], now: datetime) -> tuple[list[int], list[int]]:
    """The supervising dates that are left with nobody go to the next level, or at the top to whoever else may act there,
    else to who answers for the case. The date itself stays as it is. Gives the rows by which somebody else watches from
    now on, and those that end since that level has a date already."""
    moved: list[int] = []
    ended: list[int] = []
    for row in _watching(case):
        if row.unit is None or not _is_left(case, row.post_id, theirs, now):
            continue
        to = steps.untouched_above(case, row.unit, now)
        if to is None:
            other = another_leader(case, row.unit, now)
            to = routing.Route(row.unit, other) if other else routing.Route(case.unit, case.leader_post)
        if to.is_outside or has_somebody(case, to.leader_post.pk, now):
            there = _watch_from(case, row, to, now)
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
        body={"staff": staff, "units": units, "to": route.unit.pk},
        clocks=False,
    )
    if moved:
        # What those it is about, or their colleagues, wrote is not put before whoever decides now.
        Decision.objects.filter(case=case, sent_at=None).delete()
    _end_watches(_move_supervision(case, now), done.seq)
    drop_queued(case.pk, now=now)
    alarms.keep_from(case.pk, now=now)


def _out_of_reach(case: Case, now: datetime) -> routing.Route:
    """A review stays with the level that it was asked of, or goes on to the next one up, never back down; the rest goes
    to who looks into accusations. Raises CannotAct (no_level_above)."""
    about, route = accusation_of(case), None
    if case.stage != "handle":
        is_touched = about.reaches(case.unit, case.leader_post, now)
        route = review_above(case, now) if is_touched else routing.Route(case.unit, case.leader_post)
    route = route or routing.route_conduct(
        case.authority, accused_units=about.units, accused_staff=about.staff, now=now
    )
    if route is None:
        raise CannotAct("no_level_above")
    return route


def keep_from(case_id: UUID, *, now: datetime) -> None:
    """Inside a reaction: move a case away from an accused who came to a post that answers for it or works on it."""
    case = steps.lock_case(case_id)
    about = accusation_of(case)
    if any(
        about.is_held_by(pk, now) for pk in (case.leader_post_id, case.handler_post_id, case.charge_post_id)
    ):
        _keep_from(case, [], [], by=Actor.system(), now=now)


@transaction.atomic(durable=True)
def keep_away(*, case_id: UUID, now: datetime) -> None:
    """`keep_from`, where no act of the organisation said so: a post that was given for a later day has begun, or the
    matter was taken up again."""
    keep_from(case_id, now=now)


def _move_supervision(case: Case, now: datetime) -> list[int]:
    """A level that watches over the case and is accused gives its clock to the next one that is not. Gives the rows that
    end, since that level has one already."""
    about, ended = accusation_of(case), []
    for row in _watching(case):
        if row.unit is None or not about.reaches(row.unit, row.post, now):
            continue
        to = steps.untouched_above(case, row.unit, now) or routing.Route(case.unit, case.leader_post)
        if _watch_from(case, row, to, now).pk != row.pk:
            ended.append(row.pk)
    return ended


def _watching(case: Case) -> list[Deadline]:
    rows = Deadline.objects.filter(case=case, is_supervising=True, met_seq=None, voided_seq=None)
    return list(rows.select_related("unit", "post", "lifted_from").order_by("pk"))


def _watch_from(case: Case, row: Deadline, to: routing.Route, now: datetime) -> Deadline:
    """Let a level watch by this row, or by the one that it has already (one supervising date a level); gives that one.

    The level keeps its own date, which begins when it was asked; it watches from now on over what both watched over.
    """
    steps.involve(case, to.unit, Involvement.Capacity.SUPERVISES, at=now)
    there = next((one for one in _watching(case) if one.unit_id == to.unit.pk and one.pk != row.pk), None)
    if there is None:
        row.unit, row.post = to.unit, to.leader_post
        row.save(update_fields=["unit", "post"])
        return row
    row.refresh_from_db(fields=["lifted_from"])  # it may have taken over another one just now
    there.lifted_from = _watched_by_both(there, row)
    there.save(update_fields=["lifted_from"])
    Deadline.objects.filter(case=case, lifted_from=row).exclude(pk=there.pk).update(lifted_from=there)
    return there


def _watched_by_both(there: Deadline, row: Deadline) -> Deadline | None:
    """What one date watches over in place of two: of the deadlines, the one that lies further ahead. None: what the
    person raised, which the level itself answers, whatever becomes of a deadline."""
    one, other = row.lifted_from, there.lifted_from
    if other is None or one is None:
        return None
    return one if other.pk == row.pk or one.late_from > other.late_from else other


def _end_watches(rows: list[int], seq: int) -> None:
    """Their level's own date stands for them: what ended is named by the act with which it did."""
    Deadline.objects.filter(pk__in=rows).update(voided_seq=seq)


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
