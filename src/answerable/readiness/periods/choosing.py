"""What the forms of a period choose from: places, and for each kind of demand what the body has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from answerable.duty.models import Line, StandbyItem
from answerable.incidents.access import Reader, leads_unit
from answerable.incidents.models import Plan, PlanVersion
from answerable.orgs.standing import standing
from answerable.readiness.periods import rules
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.models import Demand, Period

Choices = list[tuple[Any, str]]


def places(authority_id: int) -> Choices:
    """The body's open places, each with those above it in its name."""
    known = standing().places
    found = [one for one in known.values() if one.authority_id == authority_id and one.closed_on is None]
    named = [
        (" · ".join(known[pk].name for pk in one.path if pk in known) or one.name, one.pk) for one in found
    ]
    return [(pk, name) for name, pk in sorted(named)]


def for_demand(kind: str, period: Period, reader: Reader) -> Choices:
    """What can be chosen for a kind of demand; empty where the kind chooses nothing, or the body has none."""
    choose = _CHOICES.get(kind)
    return choose(period, reader) if choose is not None else []


def _lines(period: Period, reader: Reader) -> list[Line]:
    """The open lines of which the reader may ask more."""
    rows = Line.objects.filter(authority=period.authority_id, closed_on=None).select_related("unit")
    return [
        line
        for line in rows.prefetch_related("roles").order_by("pk")
        if leads_unit(reader.working, line.unit)
    ]


def _roles(period: Period, reader: Reader) -> Choices:
    return [
        (f"{line.pk}:{role.pk}", f"{line.name} · {role.name}")
        for line in _lines(period, reader)
        for role in line.roles.all()
    ]


def _called(period: Period, reader: Reader) -> Choices:
    there = set(period.demands.filter(kind=Demand.Kind.ROLL_CALLS).values_list("line_id", flat=True))
    return [(line.pk, line.name) for line in _lines(period, reader) if line.pk not in there]


def _items(period: Period, reader: Reader) -> Choices:
    there = period.demands.filter(kind=Demand.Kind.STANDBY).values("item_id")
    rows = StandbyItem.objects.filter(unit__authority=period.authority_id, closed_on=None).exclude(
        pk__in=there
    )
    return [
        (item.pk, f"{item.name} · {item.unit.name}")
        for item in rows.select_related("unit").order_by("-is_vehicle", "pk")
    ]


def _plans(period: Period, reader: Reader) -> Choices:
    """Plans in use; those of the period's own dangers first."""
    used = PlanVersion.objects.filter(state=PlanVersion.State.IN_USE).values("plan")
    there = period.demands.filter(kind=Demand.Kind.DRILL).values("plan_id")
    rows = Plan.objects.filter(authority=period.authority_id, retired_at=None, pk__in=used)
    rows = rows.exclude(pk__in=there).exclude(hazard__in=rules.NO_SEASON)
    hazards = KINDS[period.kind].hazards
    return [(one.pk, one.name) for one in sorted(rows, key=lambda one: (one.hazard not in hazards, one.pk))]


_CHOICES: dict[str, Callable[[Period, Reader], Choices]] = {
    Demand.Kind.DUTY: _roles,
    Demand.Kind.ROLL_CALLS: _called,
    Demand.Kind.STANDBY: _items,
    Demand.Kind.DRILL: _plans,
}

#: Kinds of demand for which something must be there to choose.
CHOOSES = frozenset(_CHOICES)
