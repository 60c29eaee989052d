"""A letter to a body outside: printed by whoever was told to, handed over, and the other side's receipt kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.alerts.models import Delivery
from answerable.cases import access, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.rules import ROLES, CannotAct, Doing
from answerable.core.refusals import NotYours
from answerable.record.actors import Actor
from answerable.record.queries import ActShown, acts_of


def letters_to_outside(case_id: UUID) -> list[Delivery]:
    """What went to bodies outside about a matter, by whichever way, the newest first."""
    return list(Delivery.objects.filter(matter=case_id, purpose="outside").order_by("-queued_at", "-pk"))


@transaction.atomic(durable=True)
def record_letter(*, case_id: UUID, delivery_id: UUID, receipt: str, by: Actor, now: datetime) -> Delivery:
    """The letter was handed over, or went by post: once, with the other side's number where there is one.

    What was typed as the receipt may name somebody: it stands in the act alone, whose opening an erasure destroys.
    Whoever reads the matter and works on matters may: the unit that prints it may have given the matter away. The same
    once more changes nothing. Raises CannotAct("letter_gone") where somebody else recorded it, with another receipt.
    """
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.READ, now)
    posts = {post.pk: post.role for post in access.posts_held(by.staff, now)}
    if posts.get(by.post_id or 0) not in ROLES[Doing.WRITE]:
        raise NotYours("role_may_not", doing=str(Doing.WRITE))
    letter = Delivery.objects.select_for_update().get(
        pk=delivery_id, matter=case.pk, kind="letter", purpose="outside"
    )
    if letter.state != Delivery.State.QUEUED:
        if receipt.strip() != receipts_of(acts_of(case.pk)).get(str(letter.pk), ""):
            raise CannotAct("letter_gone")
        return letter
    body = {"delivery": str(letter.pk), "body": int(letter.facts.get("body") or 0)}
    body |= {"receipt": receipt.strip()} if receipt.strip() else {}
    done = steps.act(case, ActKind.LETTER_DELIVERED, by=by, now=now, body=body, clocks=False)
    letter.state, letter.ended_at = Delivery.State.SENT, done.at
    letter.save(update_fields=["state", "ended_at"])
    return letter


def receipts_of(acts: Sequence[ActShown]) -> dict[str, str]:
    """What the other side gave for each letter that was handed over, by the letter's id."""
    bodies = [act.body or {} for act in acts if act.kind == ActKind.LETTER_DELIVERED]
    return {str(body["delivery"]): str(body.get("receipt", "")) for body in bodies if "delivery" in body}
