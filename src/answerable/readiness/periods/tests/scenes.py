"""A flood season over the cast's town, planned by its mayor: from the Monday of the duty room on, for ten days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from answerable.duty.tests.rooms import at
from answerable.readiness.periods import services
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.services import Wish
from tests.cast import Cast

#: The Friday before, nine in the morning in Shanghai.
BEFORE = at(-3, 1)


def wish(cast: Cast, **more: Any) -> Wish:
    base: dict[str, Any] = {
        "unit_id": cast.town_root.pk,
        "kind": "flood_season",
        "from_at": at(0),
        "until_at": at(10),
        "grounds": "气象台预报连续强降雨。",
    }
    return Wish(**(base | more))


def planned(cast: Cast, *asks: Ask, now: datetime = BEFORE, **more: Any) -> Period:
    """Planned, with these demands and no others."""
    by = cast.actor(cast.mayor)
    period = services.plan_period(wish(cast, **more), by=by, now=now, is_usual=False)
    if asks:
        services.set_demands(period.pk, asks, by=by, seen_version=period.version, now=now)
    period.refresh_from_db()
    return period


def announced(cast: Cast, *asks: Ask, now: datetime = BEFORE, **more: Any) -> Period:
    period = planned(cast, *(asks or (DAILY,)), now=now, **more)
    return services.announce_period(
        period_id=period.pk, by=cast.actor(cast.mayor), seen_version=period.version, now=now
    )


def decide(cast: Cast, service: Any, period: Period, *, now: datetime, **more: Any) -> Any:
    """A leader's word about a period as it stands."""
    period.refresh_from_db()
    facts = {"why": "水位变化。", "by": cast.actor(cast.mayor), "seen_version": period.version, "now": now}
    return service(period_id=period.pk, **(facts | more))


DAILY = Ask(Demand.Kind.RHYTHM, of="reports", rhythm="daily")
