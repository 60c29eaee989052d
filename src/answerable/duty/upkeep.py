"""Duty data is for duty, and goes when it is past (rights, rule 12). The log book and the record stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from answerable.duty.models import Absence, Assignment, Calendar, Roster, SolveRun, Swap, Wish

#: When somebody was not there, and what they wished, is needed until the next rosters are made.
ABSENCES_KEPT = timedelta(days=90)
#: Who stood when: for evenness over a year, and for questions after it.
DUTY_KEPT = timedelta(days=730)
BATCH = 500


def forget_past(now: datetime) -> int:
    """Delete what is past its time, a batch a turn; returns how many rows went."""
    gone = 0
    with transaction.atomic():
        gone += _drop(Absence.objects.filter(until_at__lt=now - ABSENCES_KEPT))
        gone += _drop(Wish.objects.filter(on__lt=(now - ABSENCES_KEPT).date()))
        gone += _drop(Calendar.objects.filter(ended_at__lt=now - ABSENCES_KEPT))
        gone += _drop(SolveRun.objects.filter(ended_at__lt=now - ABSENCES_KEPT))
        # Who stood what share of it, as long as who stood when.
        past = Roster.objects.filter(until_on__lt=(now - DUTY_KEPT).date()).exclude(proposal={}, proof={})
        past.update(proposal={}, proof={}, undo=[])
        old = (
            Assignment.objects.filter(until_at__lt=now - DUTY_KEPT)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        keys = list(old[:BATCH])
        Swap.objects.filter(Q(gives__in=keys) | Q(gets__in=keys)).delete()
        gone += _drop(Assignment.objects.filter(pk__in=keys))
    return gone


def _drop(rows: object) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])  # type: ignore[attr-defined]
    rows.model.objects.filter(pk__in=keys).delete()  # type: ignore[attr-defined]
    return len(keys)
