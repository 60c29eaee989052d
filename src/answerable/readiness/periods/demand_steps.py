"""What a period asks for, checked under the lock and written. Steps: inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time
from typing import Any

from answerable.duty.models import Line, LineRole, StandbyItem
from answerable.incidents.models import Plan
from answerable.readiness.periods import access, rules
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rules import CannotPeriod
from answerable.record.actors import Actor


@dataclass(frozen=True)
class Ask:
    """One thing that is asked for; what its kind has no use for is left out by `kept`."""

    kind: str
    line_id: int | None = None
    role_id: int | None = None
    count: int | None = None
    item_id: int | None = None
    plan_id: int | None = None
    of: str = ""
    topic: str = ""
    rhythm: str = ""
    between_from: time | None = None
    between_until: time | None = None
    answer_within_min: int | None = None
    within_days: int | None = None

    def as_record(self) -> dict[str, Any]:
        """What the act says: what is filled, times as text."""
        found = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return {
            name: value.isoformat("minutes") if isinstance(value, time) else value
            for name, value in found.items()
        }


def ask_of(row: Demand) -> Ask:
    return Ask(**{name: getattr(row, name) for name in Ask.__dataclass_fields__})


def write(period: Period, ask: Ask, *, by: Actor, now: datetime) -> Demand:
    """Write one demand of a locked period. Raises CannotPeriod."""
    check = _CHECKS.get(ask.kind)
    if check is None:
        raise CannotPeriod("unknown_demand")
    known = list(Demand.objects.filter(period=period))
    if len(known) >= rules.MOST_DEMANDS:
        raise CannotPeriod("too_many", most=rules.MOST_DEMANDS)
    kept = check(period, ask, known, by, now)
    same = ("kind", "line_id", "role_id", "item_id", "plan_id", "of", "topic")
    if any(all(getattr(row, name) == getattr(kept, name) for name in same) for row in known):
        raise CannotPeriod("demand_there")
    return Demand.objects.create(period=period, **asdict(kept))


def require_all(period: Period, *, by: Actor, now: datetime) -> None:
    """Everything that it asks for can still be asked: lines may have closed, items gone, since it was written down."""
    rows = list(Demand.objects.filter(period=period))
    for row in rows:
        others = [one for one in rows if one.pk != row.pk]
        _CHECKS[row.kind](period, ask_of(row), others, by, now)


def _line(period: Period, ask: Ask, by: Actor, now: datetime) -> Line:
    line = Line.objects.select_related("unit", "authority").filter(pk=ask.line_id or 0).first()
    if line is None:
        raise CannotPeriod("line_missing")
    if line.authority_id != period.authority_id:
        raise CannotPeriod("other_body_line", line=line.name)
    if line.closed_on is not None:
        raise CannotPeriod("line_closed", line=line.name)
    access.require_line(by, line, now)
    return line


def _duty(period: Period, ask: Ask, known: list[Demand], by: Actor, now: datetime) -> Ask:
    line = _line(period, ask, by, now)
    role = LineRole.objects.filter(pk=ask.role_id or 0).first()
    if role is None:
        raise CannotPeriod("role_missing")
    if role.line_id != line.pk:
        raise CannotPeriod("other_line_role")
    rules.require_number(ask.count, most=rules.MOST_MORE)
    return Ask(ask.kind, line_id=line.pk, role_id=role.pk, count=ask.count)


def _rhythm(period: Period, ask: Ask, known: list[Demand], by: Actor, now: datetime) -> Ask:
    there = [(one.of, one.topic, one.rhythm) for one in known if one.kind == Demand.Kind.RHYTHM]
    rules.require_rhythm(ask.of, ask.topic, ask.rhythm, there)
    return Ask(ask.kind, of=ask.of, topic=ask.topic, rhythm=ask.rhythm)


def _standby(period: Period, ask: Ask, known: list[Demand], by: Actor, now: datetime) -> Ask:
    item = StandbyItem.objects.select_related("unit").filter(pk=ask.item_id or 0).first()
    if item is None:
        raise CannotPeriod("item_missing")
    if item.unit.authority_id != period.authority_id:
        raise CannotPeriod("other_body_item", item=item.name)
    if item.closed_on is not None:
        raise CannotPeriod("item_gone", item=item.name)
    return Ask(ask.kind, item_id=item.pk)


def _roll_calls(period: Period, ask: Ask, known: list[Demand], by: Actor, now: datetime) -> Ask:
    line = _line(period, ask, by, now)
    rules.require_number(ask.count, most=rules.MOST_CALLS)
    rules.require_number(ask.answer_within_min, most=rules.LONGEST_ANSWER_MIN)
    if ask.between_from is None or ask.between_until is None:
        raise CannotPeriod("hours_first")
    rules.require_hours(ask.between_from, ask.between_until)
    return replace(
        Ask(ask.kind, line_id=line.pk, count=ask.count, answer_within_min=ask.answer_within_min),
        between_from=ask.between_from,
        between_until=ask.between_until,
    )


def _drill(period: Period, ask: Ask, known: list[Demand], by: Actor, now: datetime) -> Ask:
    plan = Plan.objects.filter(pk=ask.plan_id or 0).first()
    if plan is None:
        raise CannotPeriod("plan_missing")
    if plan.authority_id != period.authority_id:
        raise CannotPeriod("other_body_plan", plan=plan.name)
    if plan.retired_at is not None:
        raise CannotPeriod("plan_retired", plan=plan.name)
    rules.require_plan_hazard(plan.hazard)
    if ask.within_days is None or not 0 <= ask.within_days <= rules.LONGEST.days:
        raise CannotPeriod("days_wrong")
    return Ask(ask.kind, plan_id=plan.pk, within_days=ask.within_days)


def _contacts(period: Period, ask: Ask, known: list[Demand], by: Actor, now: datetime) -> Ask:
    return Ask(ask.kind)


_CHECKS: dict[str, Callable[[Period, Ask, list[Demand], Actor, datetime], Ask]] = {
    Demand.Kind.DUTY: _duty,
    Demand.Kind.RHYTHM: _rhythm,
    Demand.Kind.STANDBY: _standby,
    Demand.Kind.ROLL_CALLS: _roll_calls,
    Demand.Kind.DRILL: _drill,
    Demand.Kind.CONTACTS: _contacts,
}
