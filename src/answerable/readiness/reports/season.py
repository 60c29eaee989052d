"""How often readiness periods ask a unit to report."""

from __future__ import annotations

from datetime import datetime

from answerable.orgs.models import Unit
from answerable.readiness.reports.rules import Rhythm


def demanded_of(unit: Unit, at: datetime) -> Rhythm | None:
    """The strictest rhythm that readiness periods in force at `at` ask of the unit's reports; None where none asks."""
    return None
