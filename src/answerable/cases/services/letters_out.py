"""A letter to a body outside: printed by whoever was told to, handed over, and the other side's receipt kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.alerts.models import Delivery
from answerable.cases import access, files, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.enclosures import Enclosure, enclosures_of
from answerable.cases.models import Case
from answerable.cases.rules import ROLES, CannotAct, Doing
from answerable.core.refusals import NotYours
from answerable.record.actors import Actor
from answerable.record.append import Draft, append_all
from answerable.record.queries import ActShown, acts_of

State = Delivery.State


def letters_to_outside(case_id: UUID) -> list[Delivery]:
    """What went to bodies outside about a matter, by whichever way, the newest first."""
    return list(Delivery.objects.filter(matter=case_id, purpose="outside").order_by("-queued_at", "-pk"))


def lacks_receipt(letter: Delivery) -> bool:
    """Whether a letter is on its way for all that is known here: it has gone, and its receipt is still to come."""
    return letter.kind == "letter" and letter.state == State.SENT and not letter.reported


def _locked(case_id: UUID, by: Actor, now: datetime) -> Case:
    """The matter, for whoever reads it and works on matters: the unit that prints may have given it away."""
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.READ, now)
    posts = {post.pk: post.role for post in access.posts_held(by.staff, now)}
    if posts.get(by.post_id or 0) not in ROLES[Doing.WRITE]:
        raise NotYours("role_may_not", doing=str(Doing.WRITE))
    return case


@transaction.atomic(durable=True)
def record_letter(
    *, case_id: UUID, delivery_id: UUID, receipt: str, by: Actor, now: datetime, with_files: bool = False
) -> Delivery:
    """The letter was handed over, or went by post, and what the other side gave for it; that may come later, once.

    What was typed as the receipt may name somebody: it stands in the act alone, whose opening an erasure destroys.
    `with_files`: what is enclosed went along. The same once more changes nothing. Raises CannotAct("letter_gone") where
    somebody else recorded it, with another receipt.
    """
    case, receipt = _locked(case_id, by, now), receipt.strip()
    letter = Delivery.objects.select_for_update().get(
        pk=delivery_id, matter=case.pk, kind="letter", purpose="outside"
    )
    is_later = lacks_receipt(letter)
    if not (letter.state == State.QUEUED or (is_later and receipt)):
        if receipt != receipts_of(acts_of(case.pk)).get(str(letter.pk), ""):
            raise CannotAct("letter_gone")
        return letter
    body = {"delivery": str(letter.pk), "body": int(letter.facts.get("body") or 0)}
    body |= {"receipt": receipt} if receipt else {}
    body |= {"later": True} if is_later else {}
    if with_files and not is_later:
        body["files"] = [str(file.row.pk) for file in enclosures_of(case).files]
    done = steps.act(case, ActKind.LETTER_DELIVERED, by=by, now=now, body=body, clocks=False)
    letter.state, letter.ended_at = State.SENT, letter.ended_at or done.at
    if receipt:
        letter.reported, letter.reported_at = Delivery.Report.DELIVERED, done.at
    letter.save(update_fields=["state", "ended_at", "reported", "reported_at"])
    return letter


@transaction.atomic(durable=True)
def take_enclosures(
    *, case_id: UUID, delivery_id: UUID, by: Actor, now: datetime
) -> list[tuple[Enclosure, bytes]]:
    """The files that go along with a letter, to be printed or handed over with it; what one bundle has no room for is
    left out. That each was taken out, and to which body it goes, is an act that the person sees (rule 6).

    Raises CannotAct: erased, file_closed.
    """
    case = _locked(case_id, by, now)
    if case.erased_at is not None:
        raise CannotAct("erased")
    letter = Delivery.objects.get(pk=delivery_id, matter=case.pk, purpose="outside")
    taken = [file for file in enclosures_of(case).files if file.fits]
    found = [(file, files.content(file.row)) for file in taken]
    drafts = [
        Draft(
            str(ActKind.ATTACHMENT_OPENED),
            {
                "attachment": str(file.row.pk),
                "state": str(file.row.check_state),
                "body": int(letter.facts.get("body") or 0),
            },
        )
        for file in taken
    ]
    if drafts:
        append_all(drafts, matter=case.pk, by=by, at=now)
    return found


def receipts_of(acts: Sequence[ActShown]) -> dict[str, str]:
    """What the other side gave for each letter that was handed over, by the letter's id."""
    bodies = [act.body or {} for act in acts if act.kind == ActKind.LETTER_DELIVERED]
    return {str(body["delivery"]): str(body.get("receipt", "")) for body in bodies if "delivery" in body}
