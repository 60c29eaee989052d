"""What lies with a post that was closed gets another at once: every matter has one post that answers for it (ADR 0089).

The organisation is changed in a room that knows of no matters. So the worker looks whenever the organisation is another
one than it saw last; and what comes to a closed post later (taken up again, by a map that names it still) is found by
the act that brought it there.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from answerable.cases import files, reviewing, routing, steps, watching
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import NOBODY, answers, has_somebody, is_left
from answerable.cases.apart import each
from answerable.cases.models import Case, Deadline, Involvement, Message
from answerable.orgs.queries import Uncovered, head_of
from answerable.orgs.standing import standing
from answerable.record.actors import Actor
from answerable.record.append import Appended

#: The state of the organisation that was looked at last, in this process: a token of `orgs_state`.
_seen: UUID | None = None


def hand_on_all(now: datetime) -> int:
    """Give every open matter of a closed post to others; one read where the organisation is as it was."""
    global _seen
    token = standing().token
    if token is not None and token == _seen:
        return 0
    done = each(
        "hand on",
        lambda failed: cases_of_closed(but=failed),
        lambda case_id: int(hand_on_from_closed(case_id=case_id, now=now)),
    )
    _seen = token
    return done


def cases_of_closed(*, but: Collection[UUID] = ()) -> list[UUID]:
    """Open matters that a closed post answers for, works on or took charge of, and all that one watches over, the oldest
    first."""
    closed = sorted(standing().closed_posts)
    if not closed:
        return []
    at_work = Q(leader_post__in=closed) | Q(handler_post__in=closed) | Q(charge_post__in=closed)
    here = Case.objects.filter(ended_at=None, unit__authority__is_outside=False, erased_at=None)
    found = set(here.filter(at_work).values_list("pk", flat=True))
    # What ended here, or lies with a body outside, may still be watched over from here.
    watched = Deadline.objects.filter(is_supervising=True, met_seq=None, voided_seq=None, post__in=closed)
    found |= set(watched.filter(case__erased_at=None).values_list("case_id", flat=True))
    return sorted(found.difference(but))


def has_closed(case: Case) -> bool:
    """Whether a closed post answers for it, works on it, took charge of it or watches over it."""
    closed = standing().closed_posts
    if closed.intersection((case.leader_post_id, case.handler_post_id, case.charge_post_id)):
        return True
    return bool(closed) and _watched(case, closed).exists()


def _watched(case: Case, closed: frozenset[int]) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case=case, is_supervising=True, met_seq=None, voided_seq=None)
    return rows.filter(post__in=closed)


@transaction.atomic(durable=True)
def hand_on_from_closed(*, case_id: UUID, now: datetime) -> bool:
    """Give what closed posts have of a matter to others, as an act of the system. False where nothing could be given."""
    return hand_on_within(steps.lock_case(case_id), now)


def hand_on_within(case: Case, now: datetime) -> bool:
    """The same for a locked case, inside the caller's transaction.

    Who answers: the responsibility map's leader for the matter in its unit, else the unit's head, else the next one above
    in the same body. Where nobody is left there, a review and an accusation go on as if all had stepped aside: to a
    reviewer, or to the next level that it does not touch. Whoever works on it or took charge of it is nobody then. No
    date moves. Where it has ended, or lies
    with a body outside, there is nobody to answer for it here, and only the watch over it goes on.
    """
    if case.erased_at is not None:
        return False
    closed = standing().closed_posts
    is_here = case.ended_at is None and not case.unit.authority.is_outside
    at_work = ("leader_post_id", "handler_post_id", "charge_post_id") if is_here else ()
    left = [name for name in at_work if getattr(case, name) in closed]
    to = _answers(case, closed, now) if "leader_post_id" in left else None
    if "leader_post_id" in left and to is None:
        left.remove("leader_post_id")  # nobody is left above: `answerable check` says so
    changes: dict[str, Any] = {name: None for name in left if name != "leader_post_id"}
    body: dict[str, Any] = {}
    if to is not None:
        changes |= _move(case, to, now)
        body |= {"to": to.unit.pk} if "unit" in changes else {}
    watch, ended = _watched_by_others(case, closed, now)
    if not left and not watch:
        return False
    body |= {"left": sorted(left), "answers": case.leader_post_id} | ({"watch": watch} if watch else {})
    system = Actor.system()
    done = steps.act(case, ActKind.POST_CLOSED, by=system, now=now, set=changes, body=body, clocks=False)
    watching.end_watches(ended, done.seq)
    _say_who_answers(case, done, body)
    return True


def _move(case: Case, to: routing.Route, now: datetime) -> dict[str, Any]:
    """Give a locked case to who answers for it now, in another unit with its papers: what changes on it."""
    before = case.unit
    steps.move_to_unit(case, to.unit, to.leader_post)
    if to.unit.pk == before.pk:
        return {"leader_post": to.leader_post}
    files.hand_on(case, to.unit)
    steps.involve(case, before, Involvement.Capacity.RECEIVED, at=now)
    nobody = {"handler_post_id": None, "charge_post_id": None, "is_draft_ready": False}
    return nobody | {"unit": to.unit, "leader_post": to.leader_post}


def _say_who_answers(case: Case, done: Appended, body: dict[str, Any]) -> None:
    system = Actor.system()
    if "to" in body:
        facts = {"unit": body["to"]}
        steps.say(case, done, Message.Kind.NOTICE, by=system, code="transferred", facts=facts)
    elif case.charge_post_id is None and {"leader_post_id", "charge_post_id"}.intersection(body["left"]):
        facts = {"post": case.leader_post_id}
        steps.say(case, done, Message.Kind.NOTICE, by=system, code="answers_now", facts=facts)


def _answers(case: Case, closed: frozenset[int], now: datetime) -> routing.Route | None:
    """Who answers for it now, and where: None where nobody is left."""
    named = head_of(case.unit)
    if case.stage == "handle":
        with suppress(Uncovered):
            mapped = routing.route_ordinary(case.authority, case.subject, case.place)
            named = mapped.leader_post if mapped.unit.pk == case.unit_id else named
    about = accusation_of(case)
    # Of a review, nobody answers who signed what is reviewed (ADR 0091).
    signed = reviewing.signers_of(case) if case.stage != "handle" else NOBODY
    for post in (named, head_of(case.unit)):
        if post is None or post.pk in closed or about.is_held_by(post.pk, now):
            continue
        if not is_left(case, post.pk, now, but=signed):
            return routing.Route(case.unit, answers(case, case.unit, post, now, but=signed) or post)
    to = reviewing.instead(case, now)
    if to is None and case.is_conduct:  # nobody else here could read it
        to = steps.untouched_above(case, case.unit, now)
    return to


def _watched_by_others(case: Case, closed: frozenset[int], now: datetime) -> tuple[list[int], list[int]]:
    """The supervising dates of closed posts go to their unit's head, else to the next level up, else to who answers for
    the case. The date itself stays as it is. Gives the rows by which others watch from now on, and those that end since
    the level has a date already."""
    moved: list[int] = []
    ended: list[int] = []
    about = accusation_of(case)
    for row in _watched(case, closed).select_related("unit__authority").order_by("pk"):
        head = head_of(row.unit) if row.unit is not None else None
        if row.unit is None or row.unit.authority.is_outside:
            continue
        to: routing.Route | None = None
        if head is not None and has_somebody(case, head.pk, now) and not about.is_held_by(head.pk, now):
            to = routing.Route(row.unit, head)
        to = to or steps.untouched_above(case, row.unit, now) or routing.Route(case.unit, case.leader_post)
        if to.leader_post.pk in closed:
            continue
        there = watching.watch_from(case, row, to, now)
        moved.append(there.pk)
        ended += [row.pk] if there.pk != row.pk else []
    return list(dict.fromkeys(moved)), ended
