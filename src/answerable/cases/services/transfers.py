"""After a transfer: the receiving unit objects, the sender agrees or declines, their common superior decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.alerts.services import tell_post
from answerable.cases import access, files, steps
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import answers, is_left
from answerable.cases.models import Case, Involvement, Message
from answerable.cases.pack_types import Pack
from answerable.cases.routing import Route
from answerable.cases.rules import CannotAct, Doing
from answerable.core.refusals import NotYours
from answerable.orgs.models import Post, Unit
from answerable.orgs.queries import head_of
from answerable.record.actors import Actor
from answerable.record.queries import acts_of

KINDS = (
    ActKind.TRANSFERRED,
    ActKind.TRANSFER_OBJECTED,
    ActKind.OBJECTION_AGREED,
    ActKind.OBJECTION_DECLINED,
    ActKind.CONFLICT_ESCALATED,
    ActKind.ACCEPTED,
)


@dataclass(frozen=True)
class Transfer:
    """The last transfer of a case and what came of it: "made", "objected", "declined" or "escalated"."""

    from_unit: int
    to_unit: int
    stands: str
    why: str


def transfer_of(case_id: UUID) -> Transfer | None:
    """The transfer that may still be disputed, or None: there was none, or the case was accepted since."""
    found: Transfer | None = None
    stands = {
        str(ActKind.TRANSFER_OBJECTED): "objected",
        str(ActKind.OBJECTION_DECLINED): "declined",
        str(ActKind.CONFLICT_ESCALATED): "escalated",
    }
    for act in acts_of(case_id, kinds=tuple(str(kind) for kind in KINDS)):
        body = act.body or {}
        if act.kind == ActKind.TRANSFERRED:
            found = Transfer(int(body.get("from", 0)), int(body.get("to", 0)), "made", act.why)
        elif act.kind in (ActKind.ACCEPTED, ActKind.OBJECTION_AGREED):
            found = None
        elif found is not None and (act.kind != ActKind.CONFLICT_ESCALATED or "to" in body):
            found = Transfer(found.from_unit, found.to_unit, stands[act.kind], act.why)
    return found


def is_objection_late(case: Case, pack: Pack, now: datetime) -> bool:
    """Whether the days that the rule gives for an objection are over (art. 23: five working days)."""
    named = [step.code for step in pack.steps if step.is_objection]
    rows = case.deadlines.filter(step__in=named, met_seq=None, voided_seq=None)
    return rows.exists() and not rows.filter(late_from__gt=now).exists()


def require_transfer(case: Case, *stands: str) -> Transfer:
    """The open transfer in one of these states; raises CannotAct("not_transferred")."""
    found = transfer_of(case.pk)
    if found is None or found.stands not in stands or found.to_unit != case.unit_id:
        raise CannotAct("not_transferred")
    return found


def _require_sender(case: Case, transfer: Transfer, by: Actor, now: datetime) -> Unit:
    """The sender answers an objection: someone of the unit that gave the case away, or of one above it; nobody who serves
    where the objection comes from."""
    access.require(by, case, Doing.READ, now)
    sender = Unit.objects.get(pk=transfer.from_unit)
    staff_posts = access.reader_for(access.Staff.objects.get(pk=by.staff_id or 0), now).posts
    post = next(post for post in staff_posts if post.pk == by.post_id)
    serves_there = any(one.unit_id == case.unit_id for one in staff_posts)
    if (
        serves_there
        or post.unit_id not in (sender.path or [sender.pk])
        or post.role not in access.rules.ROLES[Doing.ROUTE]
    ):
        raise NotYours("unit_may_not", doing=str(Doing.ROUTE))
    return sender


@transaction.atomic(durable=True)
def agree_objection(*, case_id: UUID, by: Actor, seen_version: int, now: datetime, why: str = "") -> Case:
    """The sender agrees: the case is theirs again. No clock restarts (art. 23)."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    transfer = require_transfer(case, "objected")
    sender = _require_sender(case, transfer, by, now)
    if sender.closed_on is not None:
        raise CannotAct("unit_closed")
    post = answers(case, sender, head_of(sender), now)
    if post is None:
        raise CannotAct("post_empty")
    steps.require_untouched(case, Route(sender, post), now)
    before = case.unit
    steps.involve(case, before, Involvement.Capacity.RECEIVED, at=now)
    steps.move_to_unit(case, sender, post)
    files.hand_on(case, sender)
    done = steps.act(
        case,
        ActKind.OBJECTION_AGREED,
        by=by,
        now=now,
        set={
            "unit": sender,
            "leader_post": post,
            "handler_post_id": None,
            "charge_post_id": None,
            "is_draft_ready": False,
        },
        body={"from": before.pk, "to": sender.pk},
        why=why.strip(),
    )
    steps.say(
        case, done, Message.Kind.NOTICE, why.strip(), by=by, code="transferred", facts={"unit": sender.pk}
    )
    return case


@transaction.atomic(durable=True)
def decline_objection(*, case_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """The sender declines, with the reason: the case stays where it was sent; the superior may be asked."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    transfer = require_transfer(case, "objected")
    _require_sender(case, transfer, by, now)
    if not why.strip():
        raise CannotAct("why_missing")
    steps.act(case, ActKind.OBJECTION_DECLINED, by=by, now=now, body={"unit": case.unit_id}, why=why.strip())
    return case


@transaction.atomic(durable=True)
def ask_common_superior(*, case_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Who is competent is disputed: the lowest unit above both decides, by handing the case over (art. 24)."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.ROUTE, now)
    transfer = require_transfer(case, "declined")
    if not why.strip():
        raise CannotAct("why_missing")
    superior = _common(case.unit, Unit.objects.get(pk=transfer.from_unit))
    head = head_of(superior) if superior else None
    if superior is not None and _cannot_decide(case, superior, head, now):
        above = steps.untouched_above(case, superior, now)
        superior, head = (above.unit, above.leader_post) if above else (None, None)
    if superior is None or head is None:
        raise CannotAct("no_level_above")
    steps.involve(case, superior, Involvement.Capacity.SUPERVISES, at=now)
    done = steps.act(
        case,
        ActKind.CONFLICT_ESCALATED,
        by=by,
        now=now,
        body={"from": transfer.from_unit, "to": case.unit_id, "superior": superior.pk},
        why=why.strip(),
        clocks=False,
    )
    if not superior.authority.is_outside:  # a body outside is written to
        tell_post(
            head.pk,
            "dispute",
            key=f"{done.id}:dispute",
            at=done.at,
            matter=case.pk,
            facts={"case": case.code},
        )
    return case


def _cannot_decide(case: Case, superior: Unit, head: Post | None, now: datetime) -> bool:
    """Whether the case is about that level, or its head has stepped aside from it."""
    return accusation_of(case).reaches(superior, head, now) or (
        head is not None and is_left(case, head.pk, now)
    )


def _common(one: Unit, other: Unit) -> Unit | None:
    """The lowest unit that contains both; where both have the same parent, that parent."""
    shared = [
        a for a, b in zip(one.path[:-1] or one.path, other.path[:-1] or other.path, strict=False) if a == b
    ]
    return Unit.objects.filter(pk=shared[-1]).first() if shared else None
