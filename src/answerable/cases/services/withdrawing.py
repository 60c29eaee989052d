"""A withdrawal told at the counter: recorded there, confirmed through another unit, else it lapses (rights, rule 4).

Until somebody else has heard it from the person, nothing changes: state and clocks stand as they stood. The person can
always withdraw, or not, on their own page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from answerable.cases import access, rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case, Message
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services.receipts import KNOWN_NEEDED, KNOWN_THINGS
from answerable.core.sentences import N_, Said
from answerable.orgs.models import Post, Unit
from answerable.record.actors import Actor
from answerable.record.queries import acts_of

#: How long another unit has to hear it from the person.
LAPSES_AFTER = timedelta(days=10)
#: How the confirming unit spoke with the person.
HOW = ("chosen_way", "came", "wrote")
_ABOUT = (
    str(ActKind.WITHDRAWAL_TOLD),
    str(ActKind.WITHDRAWAL_DENIED),
    str(ActKind.WITHDRAWN),
    str(ActKind.WITHDRAWAL_UNDONE),
)


class CannotWithdraw(Said):
    """A withdrawal that was told at a counter does not go on; the sentence says why."""

    sentences = {
        "told_already": N_(
            "This was recorded already. It waits until another unit has heard it from the person."
        ),
        "not_told": N_(
            "No withdrawal waits here: it lapsed, was answered, or the person withdrew on their own page. The matter "
            "stands as it stands."
        ),
        "same_unit": N_(
            "Your unit handles this matter, or recorded the wish. Only another unit may confirm it; the unit above "
            "was told."
        ),
        "not_known": N_(
            "This is not enough to be sure that it is the person themselves. Ask for more that only they can know; "
            "or let them withdraw on their own page, with code and secret."
        ),
    }


@dataclass(frozen=True)
class Told:
    """A withdrawal that waits: where it was told, and until when it can be confirmed."""

    post: Post
    staff_id: int | None
    at: datetime
    lapses_at: datetime


def waiting(case_id: UUID, now: datetime) -> Told | None:
    """The withdrawal that waits for another unit, or None: none was told, it was answered, or it lapsed."""
    acts = acts_of(case_id, kinds=_ABOUT)
    last = acts[-1] if acts else None
    if last is None or last.kind != str(ActKind.WITHDRAWAL_TOLD) or last.at + LAPSES_AFTER <= now:
        return None
    post = Post.objects.select_related("unit").get(pk=last.post_id or 0)
    return Told(post, (last.body or {}).get("staff"), last.at, last.at + LAPSES_AFTER)


def may_confirm(by: Actor, case: Case, told: Told) -> bool:
    """Whether the actor's unit neither recorded the wish nor handles the matter, and it is not the same person in
    another of their posts."""
    return by.staff_id != told.staff_id and by.unit_id not in (told.post.unit_id, case.unit_id)


@transaction.atomic(durable=True)
def tell_withdrawal(*, case_id: UUID, by: Actor, seen_version: int | None, now: datetime) -> Case:
    """Record that someone said at the counter that they withdraw. No state and no clock moves; the person is told.

    Raises CannotWithdraw("told_already"), CannotAct (state_forbids, not_by_office), Http404 or NotYours.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.WRITE, now)
    rules.require_state(ActKind.WITHDRAWN, case.state)
    if by.post_id is None:
        raise CannotAct("not_by_office")
    if waiting(case_id, now) is not None:
        raise CannotWithdraw("told_already")
    to = _other_unit(case, by, now)
    body = {"unit": by.unit_id, "to": to.pk if to else None, "staff": by.staff_id}
    done = steps.act(case, ActKind.WITHDRAWAL_TOLD, by=by, now=now, body=body, clocks=False)
    steps.say(case, done, Message.Kind.NOTICE, by=by, code="withdrawal_told", facts={"post": by.post_id})
    return case


def _other_unit(case: Case, by: Actor, now: datetime) -> Unit | None:
    """The nearest level above that neither recorded the wish nor is accused; None where only the person is left."""
    to = steps.untouched_above(case, case.unit, now)
    while to is not None and to.unit.pk == by.unit_id:
        to = steps.untouched_above(case, to.unit, now)
    return to.unit if to is not None else None


@transaction.atomic(durable=True)
def answer_withdrawal(
    *,
    case_id: UUID,
    confirmed: bool,
    how: str,
    known: tuple[str, ...],
    by: Actor,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Another unit has heard from the person whether they withdraw.

    `how` it spoke with them (HOW), `known` what they told that only they can know (receipts.KNOWN_THINGS), at least
    two. Confirmed, the matter is withdrawn as by the person's own click, and undone by theirs; else it goes on.
    Raises CannotWithdraw (not_told, same_unit, not_known), CannotAct, Http404 or NotYours.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.WRITE, now)
    told = waiting(case_id, now)
    if told is None:
        raise CannotWithdraw("not_told")
    if not may_confirm(by, case, told):
        raise CannotWithdraw("same_unit")
    said = sorted({code for code in known if code in KNOWN_THINGS})
    if confirmed and (len(said) < KNOWN_NEEDED or how not in HOW):
        raise CannotWithdraw("not_known")
    body = {"how": how if how in HOW else "", "known": said, "told_by": told.post.pk}
    if not confirmed:
        done = steps.act(case, ActKind.WITHDRAWAL_DENIED, by=by, now=now, body=body, clocks=False)
        code = "withdrawal_denied"
    else:
        before = case.state
        change = {"state": "withdrawn", "ended_at": now, "withdrawn_from": before, "withdrawn_at": now}
        done = steps.act(case, ActKind.WITHDRAWN, by=by, now=now, set=change, body={"from": before, **body})
        Case.objects.filter(pk=case.pk).update(withdrawn_seq=done.seq)
        case.withdrawn_seq, code = done.seq, "withdrawal_confirmed"
    steps.say(case, done, Message.Kind.NOTICE, by=by, code=code, facts={"post": by.post_id})
    return case
