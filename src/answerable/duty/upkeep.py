"""Duty data is for duty, and goes when it is past (rights, rule 12). The record stays: it holds digests of the log book,
and posts, and numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from answerable.duty.models import (
    Absence,
    Assignment,
    Calendar,
    HandOver,
    LogEntry,
    Roster,
    SolveRun,
    StandbyCheck,
    Swap,
    Wish,
)

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
    return gone + _forget_log_books(now - timedelta(days=settings.DUTY_LOG_DAYS))


@transaction.atomic
def _forget_log_books(before: datetime) -> int:
    """Log entries, hand-overs and looks at equipment of before an instant; what is still open stays until it is settled.

    A line that strikes another out goes with it, never without: what was struck out must not seem to stand.
    """
    past = LogEntry.objects.filter(at__lt=before).exclude(kind=LogEntry.Kind.OPEN_ITEM, settled_at=None)
    open_but_struck = LogEntry.objects.filter(
        at__lt=before, kind=LogEntry.Kind.OPEN_ITEM, struck_by__at__lt=before
    )
    gone = 0
    for rows in (past, open_but_struck):
        keys = list(
            rows.filter(Q(struck_by=None) | Q(struck_by__at__lt=before), strikes=None)
            .order_by("at", "pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        gone += LogEntry.objects.filter(strikes__in=keys).delete()[0]
        gone += LogEntry.objects.filter(pk__in=keys).delete()[0]
    gone += _drop(HandOver.objects.filter(shift__until_at__lt=before))
    return gone + _drop(StandbyCheck.objects.filter(at__lt=before))


def _drop(rows: object) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])  # type: ignore[attr-defined]
    rows.model.objects.filter(pk__in=keys).delete()  # type: ignore[attr-defined]
    return len(keys)
