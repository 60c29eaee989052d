"""Rows that are taken out as a workbook are an act, written before the first byte (rights, rule 10)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.readiness.rounds import steps
from answerable.readiness.rounds.act_kinds import RoundAct
from answerable.record.actors import Actor
from answerable.record.append import Appended
from answerable.record.matters import matter_of


@transaction.atomic(durable=True)
def record_findings(*, authority_id: int, filters: str, rows: int, by: Actor, now: datetime) -> Appended:
    """On the body's own matter. `filters`: names and values of the address; none of them is a word of anybody."""
    body = {"what": "findings", "filters": filters[:300], "rows": rows}
    return steps.act(RoundAct.EXPORTED, matter_of("authority", authority_id), by=by, now=now, body=body)


@transaction.atomic(durable=True)
def record_results(*, matter: UUID, rows: int, by: Actor, now: datetime) -> Appended:
    """The results of a plan, on its own matter."""
    return steps.act(RoundAct.EXPORTED, matter, by=by, now=now, body={"what": "results", "rows": rows})
