"""How often readiness periods ask a unit to report."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

from answerable.orgs.models import Unit
from answerable.readiness.periods.queries import rhythms_between
from answerable.readiness.periods.rhythms import Of
from answerable.readiness.reports.rules import Demanded, Rhythm


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
