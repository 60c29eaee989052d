"""Duty data is for duty, and goes when it is past (rights, rule 12). The record stays: it holds digests of the log book,
and posts, and numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from answerable.core.keeping import gone
from answerable.duty.models import (
    Absence,
    Apart,
    Assignment,
    Calendar,
    DutyPerson,
    HandOver,
    LogEntry,
    Qualification,
    Roster,
    SolveRun,
    StandbyCheck,
    Swap,
    Wish,
)
from answerable.orgs.models import Appointment

#: When somebody was not there, and what they wished, is needed until the next rosters are made.
ABSENCES_KEPT = timedelta(days=90)
#: Who stood when: for evenness over a year, and for questions after it.
DUTY_KEPT = timedelta(days=730)
BATCH = 500


def forget_past(now: datetime) -> int:
    """Delete what is past its time, a batch a turn; returns how many rows went."""
    with transaction.atomic():
        past = now - ABSENCES_KEPT
        absences = _drop(Absence.objects.filter(until_at__lt=past))
        absences += _drop(Wish.objects.filter(on__lt=past.date()))
        absences += _drop(Calendar.objects.filter(ended_at__lt=past))
        absences += _drop(SolveRun.objects.filter(ended_at__lt=past))
        duties, people = _forget_duties(now), _forget_leavers(past)
    log = _forget_log_books(now - timedelta(days=settings.DUTY_LOG_DAYS))
    lost = gone("duty.absence", absences) + gone("duty.assignment", duties) + gone("duty.log", log)
    return lost + gone("duty.person", people)


def _forget_leavers(past: datetime) -> int:
    """What somebody could stand, and beside whom not, goes when they left the line, or the office, long enough ago."""
    serving = Appointment.objects.filter(Q(until_at=None) | Q(until_at__gt=past)).values("staff")
    left = DutyPerson.objects.filter(Q(leaves_on__lt=past.date()) | ~Q(staff__in=serving))
    lost = _drop(Apart.objects.exclude(one__in=serving, other__in=serving))
    lost += _drop(Qualification.objects.filter(Q(until_on__lt=past.date()) | ~Q(staff__in=serving)))
    return lost + _drop(left)


def _forget_duties(now: datetime) -> int:
    """Who stood what share of it goes with who stood when."""
    past = Roster.objects.filter(until_on__lt=(now - DUTY_KEPT).date()).exclude(proposal={}, proof={})
    past.update(proposal={}, proof={}, undo=[])
    old = Assignment.objects.filter(until_at__lt=now - DUTY_KEPT).order_by("pk").values_list("pk", flat=True)
    keys = list(old[:BATCH])
    Swap.objects.filter(Q(gives__in=keys) | Q(gets__in=keys)).delete()
    return _drop(Assignment.objects.filter(pk__in=keys))


@transaction.atomic
def _forget_log_books(before: datetime) -> int:
    """Log entries, hand-overs and looks at equipment of before an instant; what is still open stays until it is settled.

    A line that strikes another out goes with it, never without: what was struck out must not seem to stand.
    """
    past = LogEntry.objects.filter(at__lt=before).exclude(kind=LogEntry.Kind.OPEN_ITEM, settled_at=None)
    open_but_struck = LogEntry.objects.filter(
        at__lt=before, kind=LogEntry.Kind.OPEN_ITEM, struck_by__at__lt=before
    )
    lost = 0
    for rows in (past, open_but_struck):
        keys = list(
            rows.filter(Q(struck_by=None) | Q(struck_by__at__lt=before), strikes=None)
            .order_by("at", "pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        lost += LogEntry.objects.filter(strikes__in=keys).delete()[0]
        lost += LogEntry.objects.filter(pk__in=keys).delete()[0]
    lost += _drop(HandOver.objects.filter(shift__until_at__lt=before))
    return lost + _drop(StandbyCheck.objects.filter(at__lt=before))


def _drop(rows: object) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])  # type: ignore[attr-defined]
    rows.model.objects.filter(pk__in=keys).delete()  # type: ignore[attr-defined]
    return len(keys)
