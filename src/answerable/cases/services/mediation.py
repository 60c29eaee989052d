"""Mediation: only with both sides' consent (信访工作条例, art. 33). The person's is given on their own page alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import access, rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.digests import digest
from answerable.cases.models import Case, Message
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services.new_receipt import require_settled
from answerable.record.actors import Actor
from answerable.record.models import Act

PERSON = Actor.person()
KINDS = (ActKind.MEDIATION_OFFERED, ActKind.MEDIATION_CONSENTED, ActKind.MEDIATION_ENDED)


def mediation_of(case: Case) -> str:
    """Where mediation stands: "" (none, or ended), "offered" or "consented".

    An offer that nobody took up stands only while the matter is worked on. What was agreed to stands until it is ended:
    a clock may rest by it.
    """
    kinds = [str(kind) for kind in KINDS]
    last = Act.objects.filter(matter_id=case.pk, kind__in=kinds).order_by("-seq").first()
    if last is None or last.kind == ActKind.MEDIATION_ENDED:
        return ""
    if last.kind == ActKind.MEDIATION_CONSENTED:
        return "consented"
    return "offered" if case.state in rules.WORKING else ""


@transaction.atomic(durable=True)
def offer_mediation(
    *, case_id: UUID, text: str, other_side: bool, by: Actor, seen_version: int, now: datetime
) -> Case:
    """Offer mediation. `other_side`: the other side has agreed; without it there is nothing to offer yet.

    Raises CannotAct: no_consent, nothing_said, mediation_open.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.HANDLE, now)
    if not other_side:
        raise CannotAct("no_consent")
    if not text.strip():
        raise CannotAct("nothing_said")
    if mediation_of(case):
        raise CannotAct("mediation_open")
    done = steps.act(case, ActKind.MEDIATION_OFFERED, by=by, now=now, body={"sha256": digest(text.strip())})
    steps.say(case, done, Message.Kind.NOTICE, text.strip(), by=by, code="mediation_offered")
    return case


@transaction.atomic(durable=True)
def answer_mediation(*, case_id: UUID, agrees: bool, now: datetime, by: Actor = PERSON) -> Case:
    """The person agrees to an offer, or declines it; declining costs nothing and stops no clock.

    Raises CannotAct: not_by_office (anyone but the person), no_mediation, receipt_new.
    """
    case = steps.lock_case(case_id)
    if by.kind.value != "person":
        raise CannotAct("not_by_office")
    if agrees:
        require_settled(case, now)
    if mediation_of(case) != "offered":
        raise CannotAct("no_mediation")
    kind = ActKind.MEDIATION_CONSENTED if agrees else ActKind.MEDIATION_ENDED
    done = steps.act(case, kind, by=by, now=now, body={} if agrees else {"by": "person"})
    code = "mediation_consented" if agrees else "mediation_declined"
    steps.say(case, done, Message.Kind.ADDITION, by=by, code=code)
    return case


@transaction.atomic(durable=True)
def leave_mediation(*, case_id: UUID, now: datetime, by: Actor = PERSON) -> Case:
    """The person leaves a mediation that they had agreed to; the matter is handled on."""
    case = steps.lock_case(case_id)
    if by.kind.value != "person":
        raise CannotAct("not_by_office")
    if not mediation_of(case):
        raise CannotAct("no_mediation")
    done = steps.act(case, ActKind.MEDIATION_ENDED, by=by, now=now, body={"by": "person"})
    steps.say(case, done, Message.Kind.ADDITION, by=by, code="mediation_left")
    return case


@transaction.atomic(durable=True)
def end_mediation(
    *, case_id: UUID, text: str, agreed: bool, by: Actor, seen_version: int, now: datetime
) -> Case:
    """End mediation with its result in words, or take an offer back. An agreement is written into the decision, which still
    follows; to an offer that the person never took up nobody agreed for them. Raises CannotAct: nothing_said, no_mediation,
    not_by_office.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.HANDLE, now)
    if not text.strip():
        raise CannotAct("nothing_said")
    stands = mediation_of(case)
    if not stands:
        raise CannotAct("no_mediation")
    if agreed and stands != "consented":
        raise CannotAct("not_by_office")
    done = steps.act(
        case,
        ActKind.MEDIATION_ENDED,
        by=by,
        now=now,
        body={"by": "office", "agreed": bool(agreed), "sha256": digest(text.strip())},
    )
    ended = "mediation_ended" if stands == "consented" else "mediation_taken_back"
    code = "mediation_agreed" if agreed else ended
    steps.say(case, done, Message.Kind.NOTICE, text.strip(), by=by, code=code)
    return case
