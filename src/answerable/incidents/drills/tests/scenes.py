"""A drill of the flood plan, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from answerable.incidents.drills.rules import Event
from answerable.incidents.drills.services import Wish, plan_drill
from answerable.incidents.models import Drill, PlanVersion
from answerable.incidents.tests.responses import make_plan
from answerable.orgs.queries import local_today
from tests.cast import MONDAY, Cast

EVENTS = (
    Event(5 * 60, "雨更大了", "More rain", "提高响应", "The response is raised"),
    Event(30 * 60, "发电机启动不了", "The generator does not start"),
)


def planned(cast: Cast, now: datetime = MONDAY, **more: Any) -> Drill:
    """A table-top ten times as fast as the clock, with two events."""
    version = PlanVersion.objects.filter(state="in_use").first() or make_plan(cast)
    base: dict[str, Any] = {
        "plan_id": version.plan_id,
        "kind": "table_top",
        "planned_on": local_today(cast.town, now),
        "pace": 10,
        "place_text": "河边（演练）",
        "call_zh": "沿河进水",
        "call_en": "Water by the river",
        "events": EVENTS,
    }
    return plan_drill(Wish(**(base | more)), by=cast.actor(cast.mayor), now=now)
