"""What can happen to a readiness period; recorded under its own id. Pure."""

from __future__ import annotations

from enum import StrEnum


class PeriodAct(StrEnum):
    PLANNED = "period.planned"
    CHANGED = "period.changed"
    PLACES_SET = "period.places_set"
    DEMAND_SET = "period.demand_set"
    DEMAND_REMOVED = "period.demand_removed"
    ANNOUNCED = "period.announced"
    BEGUN = "period.begun"
    PROLONGED = "period.prolonged"
    ENDED = "period.ended"
    CALLED_OFF = "period.called_off"
    SURPRISE_CALLED = "period.surprise_called"
