"""Who owes a kind of report, and for which units each counts."""

from __future__ import annotations

from collections.abc import Iterable

from answerable.orgs.models import Place, Unit
from answerable.orgs.queries import level_above, subtree
from answerable.orgs.standing import standing
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.sources import Span
from answerable.readiness.rounds.history import places_after


def owing_units(kind: Kind) -> list[Unit]:
    """The open units that owe it, each once, in the order of the organisation."""
    units = standing().units
    found: set[int] = set()
    for row in kind.owing.all():
        found.update(subtree([row.unit_id]) if row.with_below else [row.unit_id])
    rows = [
        units[pk]
        for pk in found
        if pk in units and units[pk].closed_on is None and units[pk].authority_id == kind.authority_id
    ]
    return in_order(rows)


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """Each unit before those below it; never by what they carry (rights, rule 3)."""
    return sorted(units, key=lambda unit: (unit.authority_id, unit.path or [unit.pk]))


def counted_units(kind: Kind, unit: Unit) -> tuple[int, ...]:
    """The unit with those below it that do not report the same themselves: nothing is counted twice in a sum."""
    own = {one.pk for one in owing_units(kind)} - {unit.pk}
    units = standing().units
    return tuple(
        pk for pk in subtree([unit.pk]) if not own.intersection(_below(units[pk].path or [pk], unit.pk))
    )


def _below(path: list[int], top: int) -> list[int]:
    return path[path.index(top) :] if top in path else []


def span_of(report: DueReport) -> Span:
    """For whom and when a report counts."""
    return Span(
        unit=report.unit,
        unit_ids=counted_units(report.kind, report.unit),
        from_at=report.from_at,
        until_at=report.until_at,
        incident=report.incident_id,
    )


def goes_to(unit: Unit) -> Unit | None:
    """The unit above, in this installation; None at the very top, or where the level above works elsewhere."""
    above = level_above(unit).unit
    return None if above is None or above.pk == unit.pk else above


def answers_at(unit: Unit, place: Place | None) -> bool:
    """Whether a place is one of the unit's: the map names the unit, or one below it, for it or for what it lies in.

    A place that was split or merged since is every place that it became.
    """
    if place is None:
        return False
    places = standing().places
    path = set(place.path or [place.pk])
    for pk in places_after(place.pk):
        path.update(places[pk].path or [pk] if pk in places else [pk])
    below = set(subtree([unit.pk]))
    rules = standing().rules.get(unit.authority_id, ())
    return any(rule.unit_id in below and rule.place_id in path for rule in rules)
