"""What a response sends out, takes and promises; each stays open until it is back, returned or answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.duty.models import StandbyItem
from answerable.incidents import access, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, Promise, Requisition, Sent
from answerable.incidents.rules import CannotAct, require_of_nobody
from answerable.record.actors import Actor

MOST = 10_000


def _lock(incident_id: UUID, by: Actor, now: datetime) -> Incident:
    incident = steps.lock_active(incident_id)
    access.require_writer(by, incident, now)
    return incident


# ---------------------------------------------------------------- sent out


@transaction.atomic(durable=True)
def send_out(
    *,
    incident_id: UUID,
    kind: str,
    what: str,
    by: Actor,
    now: datetime,
    count: int = 1,
    where: str = "",
    item_id: int | None = None,
) -> Sent:
    """Helpers, a vehicle, equipment or material goes out. An item on standby goes out once at a time."""
    incident = _lock(incident_id, by, now)
    what, where = steps.cleaned(what, most=200), steps.cleaned(where, most=200)
    if not 1 <= count <= MOST:
        raise CannotAct("number", most=MOST)
    item = None
    if item_id is not None:
        # Locked, so that two incidents do not send the same one.
        item = StandbyItem.objects.select_for_update().get(
            pk=item_id, unit__authority=incident.authority_id, closed_on=None
        )
        # A drill keeps nothing from what is real.
        if Sent.objects.filter(item=item, back_at=None, incident__is_drill=incident.is_drill).exists():
            raise CannotAct("out_already")
        what = what or item.name
    if not what:
        raise CannotAct("no_words")
    require_of_nobody(what, where)
    kind = kind if kind in Sent.Kind.values else Sent.Kind.EQUIPMENT
    sent = Sent.objects.create(
        incident=incident, kind=kind, what=what, count=count, item=item, where=where, at=now, by_id=by.staff
    )
    body = {"sent": str(sent.pk), "kind": kind, "count": count, "item": item_id}
    steps.act(incident, IncidentAct.SENT_OUT, by=by, now=now, body=body)
    return sent


@transaction.atomic(durable=True)
def bring_back(*, incident_id: UUID, sent_id: UUID, said: str, by: Actor, now: datetime) -> Sent:
    """They are back, all of them, and in what state."""
    incident = _lock(incident_id, by, now)
    sent = Sent.objects.select_for_update().get(pk=sent_id, incident=incident)
    if sent.back_at is not None:
        raise CannotAct("not_open")
    sent.back_at, sent.back_by_id, sent.back_with = now, by.staff_id, steps.cleaned(said, most=300)
    sent.save(update_fields=["back_at", "back_by", "back_with"])
    steps.act(incident, IncidentAct.CAME_BACK, by=by, now=now, body={"sent": str(sent.pk)})
    return sent


# ---------------------------------------------------------------- requisitioned


@transaction.atomic(durable=True)
def requisition(*, incident_id: UUID, what: str, paper: str, by: Actor, now: datetime) -> Requisition:
    """Property is taken for the response. `paper`: the number of what its owner holds; the owner's name stands there."""
    incident = _lock(incident_id, by, now)
    access.require_commander_or_leader(by, incident, now)
    what, paper = steps.cleaned(what, most=200), steps.cleaned(paper, most=60)
    if not what:
        raise CannotAct("no_words")
    if not paper:
        raise CannotAct("paper_missing")
    require_of_nobody(what)
    row = Requisition.objects.create(incident=incident, what=what, paper=paper, at=now, by_id=by.staff)
    body = {"requisition": str(row.pk), "what_sha256": steps.digest(what), "paper": paper}
    steps.act(incident, IncidentAct.REQUISITIONED, by=by, now=now, body=body)
    return row


@transaction.atomic(durable=True)
def give_back(*, incident_id: UUID, requisition_id: UUID, said: str, by: Actor, now: datetime) -> Requisition:
    """It is returned, or paid for: how stands here (art. 12)."""
    incident = _lock(incident_id, by, now)
    row = Requisition.objects.select_for_update().get(pk=requisition_id, incident=incident)
    if row.returned_at is not None:
        raise CannotAct("not_open")
    said = steps.cleaned(said, most=300)
    if not said:
        raise CannotAct("returned_how")
    row.returned_at, row.returned_by_id, row.returned_with = now, by.staff_id, said
    row.save(update_fields=["returned_at", "returned_by", "returned_with"])
    body = {"requisition": str(row.pk), "said_sha256": steps.digest(said)}
    steps.act(incident, IncidentAct.RETURNED, by=by, now=now, body=body)
    return row


# ---------------------------------------------------------------- promised


@transaction.atomic(durable=True)
def promise(
    *, incident_id: UUID, what: str, by: Actor, now: datetime, due_at: datetime | None = None
) -> Promise:
    """Those affected asked something and are promised an answer. Nobody is named (rights, rule 11)."""
    incident = _lock(incident_id, by, now)
    what = steps.cleaned(what, most=500)
    if not what:
        raise CannotAct("no_words")
    if due_at is not None and due_at <= now:
        raise CannotAct("in_the_past")
    row = Promise.objects.create(incident=incident, what=what, at=now, by_id=by.staff, due_at=due_at)
    body = {
        "promise": str(row.pk),
        "what_sha256": steps.digest(what),
        "due_at": due_at.isoformat() if due_at else "",
    }
    steps.act(incident, IncidentAct.ASKED, by=by, now=now, body=body)
    return row


@transaction.atomic(durable=True)
def answer(*, incident_id: UUID, promise_id: UUID, text: str, by: Actor, now: datetime) -> Promise:
    """What they were told."""
    incident = _lock(incident_id, by, now)
    text = steps.cleaned(text, most=steps.LONGEST_ENTRY)
    if not text:
        raise CannotAct("no_words")
    return _answer(incident, promise_id, text, by=by, now=now)


@transaction.atomic(durable=True)
def answer_by_case(
    *, incident_id: UUID, promise_id: UUID, case_id: UUID, code: str, by: Actor, now: datetime
) -> Promise:
    """It is a case with a receipt now, and its answer has a clock of its own."""
    incident = _lock(incident_id, by, now)
    return _answer(incident, promise_id, code, by=by, now=now, case_id=case_id)


def _answer(
    incident: Incident,
    promise_id: UUID,
    text: str,
    *,
    by: Actor,
    now: datetime,
    case_id: UUID | None = None,
) -> Promise:
    row = Promise.objects.select_for_update().get(pk=promise_id, incident=incident)
    if row.answered_at is not None:
        raise CannotAct("not_open")
    row.answered_at, row.answered_by_id, row.answer, row.case_id = now, by.staff_id, text, case_id
    row.save(update_fields=["answered_at", "answered_by", "answer", "case_id"])
    body = {"promise": str(row.pk), "answer_sha256": steps.digest(text), "case": case_id is not None}
    steps.act(incident, IncidentAct.ANSWERED, by=by, now=now, body=body)
    return row
