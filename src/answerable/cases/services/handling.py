"""What the desk does with a case before it is decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import access, files, routing, rules, steps
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import answers, is_left
from answerable.cases.digests import digest
from answerable.cases.joins import joined_with, lock_cases, stand_apart
from answerable.cases.models import (
    Case,
    CaseText,
    Deadline,
    Involvement,
    Message,
    Note,
)
from answerable.cases.packs import load_pack
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services.accepting import accept_before, accept_within
from answerable.cases.services.accusing import accused_hold
from answerable.cases.services.transfers import is_objection_late, require_transfer
from answerable.orgs.models import Authority, Post, Unit
from answerable.orgs.queries import head_of, is_filled, root_unit
from answerable.orgs.standing import standing
from answerable.record.actors import Actor


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
    accept_within(case, by=by, now=now)
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
    if accused_hold(case, post.pk, now):
        raise CannotAct("accused_post")
    if is_left(case, post.pk, now):
        raise CannotAct("post_aside")
    if post.role not in rules.ROLES[Doing.HANDLE]:
        raise CannotAct("role_handles_none")


@transaction.atomic(durable=True)
def take_charge(*, case_id: UUID, by: Actor, seen_version: int, now: datetime, why: str = "") -> Case:
    """A leader carries the case to its end under their own post (包案, art. 18)."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.CHARGE, now)
    if case.charge_post_id == by.post_id:
        raise CannotAct("already_so")
    if accused_hold(case, by.post_id, now):
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
    if unit.closed_on is not None:
        raise CannotAct("unit_closed")
    target = _target(case, unit, now)
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


def _target(case: Case, unit: Unit, now: datetime) -> routing.Route:
    post = answers(case, unit, head_of(unit), now)
    if post is None:
        raise CannotAct("post_empty")
    return routing.Route(unit, post)


@transaction.atomic(durable=True)
def object_to_transfer(*, case_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Object to a transfer, with reasons; the sender must agree (art. 23). Until then the case stays here.

    Raises CannotAct: not_transferred, objection_late.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.ROUTE, now)
    why = _said(why, "why_missing")
    require_transfer(case, "made")
    if is_objection_late(case, load_pack(case.pack), now):
        raise CannotAct("objection_late")
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
    accept_before(ActKind.PASSED_ON, case, by=by, now=now)
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
