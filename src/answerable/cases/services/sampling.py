"""Opening sampled acts of the public log: with a reason, an act on each matter, seen by its person (rights, rule 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import access, sampling, steps
from answerable.cases.access import Reader
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.cases.rules import CannotAct, Doing
from answerable.core.refusals import NotYours
from answerable.record import receipts
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import append
from answerable.record.models import Act
from answerable.record.openings import parse


@dataclass(frozen=True)
class Opened:
    """One act as it was recorded, verbatim. There is no identity in a record."""

    act: Act
    case: Case | None
    record: str


@transaction.atomic(durable=True)
def open_sampled(*, reader: Reader, acts: Sequence[int], reason: str, now: datetime) -> list[Opened]:
    """Open these acts; each matter's own record says which were opened, by which post and why.

    Raises CannotAct("why_missing") without a reason, CannotAct("erased") where one cannot be opened any more, and
    NotYours for whoever is no auditor or may not see one of the matters. Nothing is opened then.
    """
    post = reader.post_for(Doing.SAMPLE)
    if post is None:
        raise NotYours("role_may_not", doing=str(Doing.SAMPLE))
    if not reason.strip():
        raise CannotAct("why_missing")
    rows = list(Act.objects.filter(pk__in=acts).order_by("matter_id", "seq"))
    try:
        cases = sampling.require_open(reader, rows)
    except PermissionError:
        raise NotYours("role_may_not", doing=str(Doing.SAMPLE)) from None
    by = Actor(ActorKind.STAFF, staff_id=reader.staff.pk, post_id=post.pk, unit_id=post.unit_id)
    opened = [Opened(row, cases.get(row.matter_id), _record(row)) for row in rows]
    numbers: dict[UUID, list[int]] = {}
    for row in rows:
        numbers.setdefault(row.matter_id, []).append(row.seq)
    for matter, seqs in numbers.items():
        _note(matter, seqs, by=by, now=now, why=reason.strip())
    return opened


def _note(matter: UUID, seqs: list[int], *, by: Actor, now: datetime, why: str) -> None:
    """Record on the matter itself what was opened; on a case only where the post may, asked again under its lock."""
    if not Case.objects.filter(pk=matter).exists():
        append(ActKind.RECORD_OPENED, matter=matter, by=by, at=now, why=why, body={"acts": seqs})
        return
    case = steps.lock_case(matter)
    access.require(by, case, Doing.SAMPLE, now)
    steps.act(case, ActKind.RECORD_OPENED, by=by, now=now, why=why, body={"acts": seqs}, clocks=False)


def _record(act: Act) -> str:
    opening = receipts.opening_of(act.pk)
    if opening is None:
        raise CannotAct("erased")
    return parse(opening).record.decode()
