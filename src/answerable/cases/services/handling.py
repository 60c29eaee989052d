"""What the desk does with a case before it is decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.alerts import steps as alarms
from answerable.alerts.services import drop_queued
from answerable.cases import access, files, routing, rules, steps
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.digests import digest
from answerable.cases.joins import joined_with, lock_cases, stand_apart
from answerable.cases.models import (
    Accused,
    Case,
    CaseText,
    Deadline,
    Decision,
    Involvement,
    Message,
    Note,
    SteppedAside,
)
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services.transfers import require_transfer
from answerable.orgs.models import Authority, Post, Unit
from answerable.orgs.queries import head_of, is_filled, root_unit
from answerable.orgs.standing import standing
from answerable.record.actors import Actor
from answerable.record.queries import acts_of


def _said(text: str, code: str = "nothing_said") -> str:
    if not text.strip():
        raise CannotAct(code)
    return text.strip()


@transaction.atomic(durable=True)
def accept_case(*, case_id: UUID, by: Actor, seen_version: int, now: datetime, title: str = "") -> Case:
    """Accept a registered case for handling. `title` is the office's own.

    The notice that the person's page shows from now on (who answers, the path, the procedure) is the written
    notice of receipt, so accepting acknowledges too (cn-xinfang-2022, art. 23).
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.ACCEPT, now)
    if title.strip():
        CaseText.objects.filter(case=case).update(title=title.strip())
    done = steps.act(
        case, ActKind.ACCEPTED, by=by, now=now, set={"state": "accepted"}, body={"unit": case.unit_id}
    )
    steps.say(case, done, Message.Kind.NOTICE, by=by, code="accepted", facts={"unit": case.unit_id})
    steps.act(case, ActKind.ACKNOWLEDGED, by=by, now=now)
    return case


@transaction.atomic(durable=True)
def assign_case(
    *, case_id: UUID, to_post: int | None, by: Actor, seen_version: int | None, now: datetime, why: str = ""
) -> Case:
    """Give the case to a post of its unit, or back to the unit (None). The clock does not move."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.ASSIGN, now)
    assign_within(case, to_post, by=by, now=now, why=why)
    return case


def assign_within(case: Case, to_post: int | None, *, by: Actor, now: datetime, why: str = "") -> None:
    """Assign a locked case inside the caller's transaction. Raises CannotAct, with nothing changed."""
    if to_post == case.handler_post_id:
        raise CannotAct("already_so")
    if to_post is not None:
        _require_able(case, standing().posts.get(to_post) or Post.objects.get(pk=to_post), now)
    steps.act(
        case,
        ActKind.ASSIGNED,
        by=by,
        now=now,
        set={"handler_post_id": to_post},
        body={"from": case.handler_post_id, "to": to_post},
        why=why.strip(),
        clocks=False,
    )


def _require_able(case: Case, post: Post, now: datetime) -> None:
    if post.unit_id != case.unit_id:
        raise CannotAct("post_of_other_unit")
    if not is_filled(post.pk, now):
        raise CannotAct("post_empty")
    if _accused_hold(case, post.pk, now):
        raise CannotAct("accused_post")


def _accused_hold(case: Case, post_id: int | None, now: datetime) -> bool:
    """Whether somebody whom the case is about acts for the post (rights, rule 5)."""
    return accusation_of(case).is_held_by(post_id, now)


@transaction.atomic(durable=True)
def take_charge(*, case_id: UUID, by: Actor, seen_version: int, now: datetime, why: str = "") -> Case:
    """A leader carries the case to its end under their own post (包案, art. 18)."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.CHARGE, now)
    if case.charge_post_id == by.post_id:
        raise CannotAct("already_so")
    if _accused_hold(case, by.post_id, now):
        raise CannotAct("accused_post")
    done = steps.act(
        case,
        ActKind.CHARGE_TAKEN,
        by=by,
        now=now,
        set={"charge_post_id": by.post_id},
        body={"from": case.charge_post_id, "to": by.post_id},
        why=why,
        clocks=False,
    )
    steps.say(case, done, Message.Kind.NOTICE, by=by, code="charge_taken", facts={"post": by.post_id})
    return case


@transaction.atomic(durable=True)
def ask_person(*, case_id: UUID, text: str, by: Actor, seen_version: int, now: datetime) -> Message:
    """Ask the person something. Pauses nothing unless the pack says so."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.HANDLE, now)
    text = _said(text)
    done = steps.act(
        case, ActKind.ASKED, by=by, now=now, set={"is_waiting": True}, body={"sha256": digest(text)}
    )
    return steps.say(case, done, Message.Kind.QUESTION, text, by=by)


@transaction.atomic(durable=True)
def reply_to_person(
    *, case_id: UUID, text: str, by: Actor, seen_version: int | None, now: datetime
) -> Message:
    """Write to the person without deciding: an interim reply."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.WRITE, now)
    return reply_within(case, text, by=by, now=now)


def reply_within(case: Case, text: str, *, by: Actor, now: datetime) -> Message:
    """Write a reply into a locked case's conversation, inside the caller's transaction."""
    text = _said(text)
    done = steps.act(case, ActKind.REPLIED, by=by, now=now, body={"sha256": digest(text)})
    return steps.say(case, done, Message.Kind.REPLY, text, by=by)


@transaction.atomic(durable=True)
def note_case(*, case_id: UUID, text: str, by: Actor, now: datetime, seen_seq: int | None = None) -> Note:
    """Write an internal note. It needs no seen version: nothing can be overwritten by it.

    The same words of the same post, written since the form showed the case (`seen_seq`), are that note sent twice.
    """
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.WRITE, now)
    text = _said(text)
    if seen_seq is not None:
        same = Note.objects.filter(case=case, post_id=by.post, body=text, act_seq__gt=seen_seq).first()
        if same is not None:
            return same
    done = steps.act(case, ActKind.NOTED, by=by, now=now, body={"sha256": digest(text)}, clocks=False)
    return Note.objects.create(case=case, act_seq=done.seq, post_id=by.post, body=text, at=done.at)


@transaction.atomic(durable=True)
def extend_case(*, case_id: UUID, number: int, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Extend the handling limit as the pack allows; the leader who calls this approves it (art. 34).

    Raises deadlines.CannotExtend: not extendable, too long, too often, or too late.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.EXTEND, now)
    why = _said(why, "why_missing")
    done = steps.act(
        case,
        ActKind.EXTENDED,
        by=by,
        now=now,
        body={"number": number},
        why=why,
        facts={"extension": number},
    )
    steps.say(
        case, done, Message.Kind.NOTICE, why, by=by, code="extended", facts={"until": _iso(case.due_at)}
    )
    return case


@transaction.atomic(durable=True)
def ask_extension(
    *, case_id: UUID, number: int, why: str, by: Actor, seen_version: int | None, now: datetime
) -> Note:
    """Ask the leader to extend the limit: an internal note with the reason, and a notice to the leader.

    Nothing is extended by it. Raises CannotAct("no_time_left") where no date that the rule lets be extended is
    still ahead: after it, only the level above helps.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.HANDLE, now)
    why = _said(why, "why_missing")
    rows = Deadline.objects.filter(
        case=case, is_office=True, met_seq=None, voided_seq=None, late_from__gt=now
    )
    if case.state not in rules.WORKING or not any(row.derivation.get("extension_rule") for row in rows):
        raise CannotAct("no_time_left")
    body = {"extension_asked": True, "number": number, "sha256": digest(why)}
    done = steps.act(case, ActKind.NOTED, by=by, now=now, body=body, clocks=False)
    return Note.objects.create(case=case, act_seq=done.seq, post_id=by.post, body=why, at=done.at)


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


@transaction.atomic(durable=True)
def transfer_case(
    *, case_id: UUID, to_unit: int, why: str, by: Actor, seen_version: int, now: datetime
) -> Case:
    """Hand the case to another unit of this installation, with the reason. No clock restarts.

    The new unit may object (5 working days under the pack that says so); the person sees where it went. What it
    was joined with stays, and is answered without it.
    """
    case, others = _lock_with_joined(case_id, seen_version)
    access.require(by, case, Doing.ROUTE, now)
    why = _said(why, "why_missing")
    unit = Unit.objects.select_related("authority").get(pk=to_unit)
    if unit.pk == case.unit_id:
        raise CannotAct("same_unit")
    target = _target(unit)
    steps.require_untouched(case, target, now)
    previous = case.unit
    files.require_checked(case)
    files.leave_with(case, previous)
    steps.involve(case, previous, Involvement.Capacity.RECEIVED, at=now)
    steps.move_to_unit(case, target.unit, target.leader_post)
    done = steps.act(
        case,
        ActKind.TRANSFERRED,
        by=by,
        now=now,
        set={
            "unit": target.unit,
            "leader_post": target.leader_post,
            "handler_post_id": None,
            "charge_post_id": None,
            "is_draft_ready": False,
            "state": "registered",
        },
        body={"from": previous.pk, "to": unit.pk},
        why=why,
        facts={"channel": "transferred"},
    )
    steps.say(case, done, Message.Kind.NOTICE, why, by=by, code="transferred", facts={"unit": unit.pk})
    stand_apart(case, others, by=by, now=now)
    return case


def _lock_with_joined(case_id: UUID, seen_version: int | None) -> tuple[Case, list[Case]]:
    """The case and what it is answered together with: where it goes, the others do not, and none may be forgotten."""
    cases = lock_cases([case_id, *joined_with(case_id)])
    case = cases.pop(case_id)
    if seen_version is not None:
        steps.require_version(case, seen_version)
    return case, list(cases.values())


def _target(unit: Unit) -> routing.Route:
    post = head_of(unit)
    if post is None:
        raise CannotAct("post_empty")
    return routing.Route(unit, post)


@transaction.atomic(durable=True)
def object_to_transfer(*, case_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Object to a transfer, with reasons; the sender must agree (art. 23). Until then the case stays here."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.ROUTE, now)
    why = _said(why, "why_missing")
    require_transfer(case, "made")
    steps.act(case, ActKind.TRANSFER_OBJECTED, by=by, now=now, body={"unit": case.unit_id}, why=why)
    return case


@transaction.atomic(durable=True)
def pass_on(*, case_id: UUID, to: int, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Someone else's matter: registered here, passed on with the reason, and the person told where.

    The other body is reached by a reaction; where it works here, its top unit reads the case from now on. Raises
    CannotAct: nature_open, accused_unit, accused_post (rights, rule 5).
    """
    case, others = _lock_with_joined(case_id, seen_version)
    access.require(by, case, Doing.ROUTE, now)
    why = _said(why, "why_missing")
    body = Authority.objects.get(pk=to)
    _let_in(case, body, now)
    done = steps.act(
        case,
        ActKind.PASSED_ON,
        by=by,
        now=now,
        set={"state": "passed_on", "ended_at": now},
        body={"to": body.pk},
        why=why,
    )
    steps.say(case, done, Message.Kind.NOTICE, why, by=by, code="passed_on", facts={"authority": body.pk})
    stand_apart(case, others, by=by, now=now)
    return case


def _let_in(case: Case, body: Authority, now: datetime) -> None:
    """Let a body that works here read what is passed on to it. None gets an accusation of itself or of its head."""
    if case.is_nature_open:
        raise CannotAct("nature_open")
    top = root_unit(body)
    if top is None:
        return
    about, head = accusation_of(case), head_of(top)
    if about.reaches(top, None, now):
        raise CannotAct("accused_unit")
    if head is not None and about.is_held_by(head.pk, now):
        raise CannotAct("accused_post")
    if not body.is_outside:
        steps.involve(case, top, Involvement.Capacity.RECEIVED, at=now)


@transaction.atomic(durable=True)
def step_aside(*, case_id: UUID, by: Actor, now: datetime, why: str = "") -> None:
    """Someone with an interest steps aside with one act; the case goes back to the unit (art. 28)."""
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.WRITE, now)
    SteppedAside.objects.get_or_create(case=case, staff_id=by.staff, defaults={"at": now})
    back = {"handler_post_id": None} if case.handler_post_id == by.post_id else {}
    steps.act(
        case,
        ActKind.STEPPED_ASIDE,
        by=by,
        now=now,
        set=back,
        body={"staff": by.staff_id},
        why=why,
        clocks=False,
    )


def _kept(case: Case, post_id: int | None, moved: bool, now: datetime) -> int | None:
    """The post that stays with the case, unless it moved or somebody accused acts for the post."""
    return None if moved or _accused_hold(case, post_id, now) else post_id


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
    # A half of it holds the same words, files and names: it stands apart as well.
    for pk in [case_id, *halves]:
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
    about = accusation_of(case)
    route = routing.route_conduct(
        case.authority, accused_units=about.units, accused_staff=about.staff, now=now
    )
    if route is None:
        raise CannotAct("no_level_above")
    moved = route.unit.pk != case.unit_id
    steps.move_to_unit(case, route.unit, route.leader_post)
    files.hand_on(case, route.unit)
    steps.act(
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
    _move_supervision(case, now)
    drop_queued(case.pk, now=now)
    alarms.keep_from(case.pk, now=now)


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


def _move_supervision(case: Case, now: datetime) -> None:
    """A level that watches over the case and is accused gives its clock to the next one that is not."""
    about = accusation_of(case)
    for row in Deadline.objects.filter(case=case, is_supervising=True, met_seq=None, voided_seq=None):
        if row.unit is None or not about.reaches(row.unit, row.post, now):
            continue
        to = steps.untouched_above(case, row.unit, now) or routing.Route(case.unit, case.leader_post)
        row.unit, row.post = to.unit, to.leader_post
        row.save(update_fields=["unit", "post"])
        steps.involve(case, to.unit, Involvement.Capacity.SUPERVISES, at=now)


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
