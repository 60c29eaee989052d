"""How often readiness periods ask a unit to report."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from answerable.orgs.models import Unit
from answerable.readiness.periods.models import Period
from answerable.readiness.periods.queries import rhythms_between, units_concerned
from answerable.readiness.periods.rhythms import Of
from answerable.readiness.periods.sources import Came
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.rules import Demanded, Rhythm, State


def demanded_of(unit: Unit, *, from_at: datetime, until_at: datetime) -> Demanded:
    """For every instant of from–until: the strictest rhythm that periods in force ask of the unit's reports, or None.

    What a period asks that is rarer than any report is (quarterly, yearly) asks nothing of one.
    """
    stretches = rhythms_between(unit.authority_id, Of.REPORTS, from_at=from_at, until_at=until_at, unit=unit)
    starts = [one.from_at for one in stretches]

    def demanded(at: datetime) -> Rhythm | None:
        place = bisect_right(starts, at) - 1
        asked = stretches[place].asked if 0 <= place < len(stretches) else None
        return Rhythm(asked.rhythm.value) if asked is not None and asked.rhythm in set(Rhythm) else None

    return demanded


def came_in(period: Period, _topic: str, now: datetime) -> Came | None:
    """What the units that a period concerns owed since it began; None where the body asks them for no report."""
    if not Kind.objects.filter(authority=period.authority_id, stopped_at=None).exists():
        return None
    units = [unit.pk for unit in units_concerned(period)]
    rows = DueReport.objects.filter(kind__authority=period.authority_id, unit__in=units)
    rows = rows.filter(due_at__gte=period.from_at, due_at__lt=now).exclude(state=State.DROPPED)
    has_come = Q(state__in=[State.SENT, State.TAKEN])
    counted = rows.aggregate(
        due=Count("pk"), came=Count("pk", filter=has_come), late=Count("pk", filter=~has_come)
    )
    return Came(**counted, url=reverse("due_reports:table"))
