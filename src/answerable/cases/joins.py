"""Matters that are answered together: locked in one order, and taken apart. Expect the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from answerable.cases import steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.core.statements import prepared
from answerable.record.actors import Actor
from answerable.record.append import hold


def lock_cases(ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Lock several cases and their records in the order of their keys, so that no two writers wait for each other:
    the acts that follow come in an order of their own, while the sender writes to the same records in that of keys."""
    locked = {}
    for pk in sorted(set(ids)):
        locked[pk] = steps.lock_case(pk)
        hold(pk)
    return locked


def leads_others(case_id: UUID) -> bool:
    """Whether other matters are answered together with this one, which leads them."""
    with prepared() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM cases_case WHERE lead_id = %s)", [case_id])
        return bool(cursor.fetchone()[0])


def joined_with(case_id: UUID) -> list[UUID]:
    """The matters that one decision would answer together with this one; not those that were erased."""
    lead = Case.objects.filter(pk=case_id).values("lead_id")
    return list(
        Case.objects.filter(Q(lead_id=case_id) | Q(pk__in=lead), erased_at=None).values_list("pk", flat=True)
    )


def stand_apart(case: Case, others: Sequence[Case], *, by: Actor, now: datetime) -> None:
    """Inside a transaction, all locked: take a matter out of every join. Nobody is told why (rights, rule 5)."""
    for other in others:
        member, lead = (case, other) if case.lead_id == other.pk else (other, case)
        alone = {"lead_id": None, "merged_into_id": None}
        body = {"case": str(lead.pk), "as": "member"}
        steps.act(member, ActKind.SPLIT, by=by, now=now, set=alone, body=body, clocks=False)
        body = {"case": str(member.pk), "as": "lead"}
        steps.act(lead, ActKind.SPLIT, by=by, now=now, body=body, clocks=False)
