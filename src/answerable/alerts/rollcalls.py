"""When roll calls are due, and what came of them. The times of a surprise are derived under the key file's key, so that
nobody who can read the plan can tell the minute.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from answerable.alerts.models import Alert, Asked, RollCall, RollCallPlan
from answerable.parties import keys

#: A call that was missed while nothing ran is made up for within so long; later it would call another shift.
STILL_CALLED = timedelta(minutes=30)


def instant_of(plan: RollCallPlan, on: date, zone: str) -> datetime | None:
    """When a plan calls on a local day; None where it does not. The same for everyone who asks."""
    if not plan.weekdays & (1 << on.weekday()):
        return None
    at = datetime.combine(on, plan.at, tzinfo=ZoneInfo(zone))
    return at + timedelta(minutes=_offset(plan, on))


def _offset(plan: RollCallPlan, on: date) -> int:
    if not plan.spread_min:
        return 0
    derived = hmac.digest(keys.derived("roll calls"), f"{plan.pk}:{on.isoformat()}".encode(), "sha256")
    return int.from_bytes(derived[:8]) % (plan.spread_min + 1)


def due_plans(now: datetime) -> Iterator[tuple[RollCallPlan, str]]:
    """Plans that call now, each with the key under which it calls once. A spread may run past midnight."""
    plans = RollCallPlan.objects.filter(ended_at=None).select_related("line__authority", "line__unit")
    due = []
    for plan in plans.order_by("pk"):
        zone = plan.line.authority.zone
        today = now.astimezone(ZoneInfo(zone)).date()
        for on in (today - timedelta(days=1), today):
            at = instant_of(plan, on, zone)
            if at is not None and at <= now < at + STILL_CALLED:
                due.append((plan, f"roll_call:{plan.pk}:{on.isoformat()}"))
    called = set(Alert.objects.filter(key__in=[key for _plan, key in due]).values_list("key", flat=True))
    yield from ((plan, key) for plan, key in due if key not in called)


@dataclass(frozen=True)
class Answered:
    """One who was called: when they answered in time, or not at all."""

    staff: int
    at: datetime | None
    is_unreachable: bool


def answers(call: RollCall) -> list[Answered]:
    """Everyone whom a call asked, by their first answer in time."""
    found: dict[int, Answered] = {}
    rows = Asked.objects.filter(alert=call.alert_id, is_told_only=False).order_by("pk")
    for row in rows:
        in_time = row.answer == Asked.Answer.HAVE_IT and row.answered_at is not None
        in_time = in_time and row.answered_at <= call.answer_by  # type: ignore[operator]
        if row.staff_id not in found or in_time:
            at = row.answered_at if in_time else None
            found[row.staff_id] = Answered(row.staff_id, at, row.is_unreachable)
    return list(found.values())
