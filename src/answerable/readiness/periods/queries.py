"""Which readiness periods are in force, where, and which rhythm is owed: for an instant that the caller gives.

What rounds and reports read: `in_force`, `concerning_unit`, `rhythm_in_force`, `rhythms_between`. All of it follows from
the announced times alone, so that nothing changes where a worker was down at the beginning or the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from answerable.duty.models import Line
from answerable.orgs.models import Place, Unit
from answerable.orgs.queries import subtree
from answerable.orgs.standing import standing
from answerable.readiness.periods import cover
from answerable.readiness.periods.cover import PlaceFacts
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rhythms import TOPICS, Of, Rhythm, strictest

#: A period of these states is in force from its first to its last instant.
STANDS = (Period.State.ANNOUNCED, Period.State.BEGUN)


# ---------------------------------------------------------------- which are in force


def in_force(authority_id: int, *, at: datetime, place: Place | None = None) -> list[Period]:
    """The body's periods that hold at `at`, by beginning. `place`: only those that cover it."""
    return in_force_between(authority_id, at, at, place=place)


def in_force_between(
    authority_id: int, from_at: datetime, until_at: datetime, *, place: Place | None = None
) -> list[Period]:
    """Those that hold at some instant of from–until, both included, by beginning."""
    found = _standing_between(authority_id, from_at, until_at)
    return [one for one in found if place is None or covers(one, place)]


def concerning_unit(unit: Unit, *, at: datetime) -> list[Period]:
    """The periods in force at `at` that concern a unit: see `concerns`."""
    return [one for one in in_force(unit.authority_id, at=at) if concerns(one, unit)]


def overlapping(period: Period) -> list[Period]:
    """Other periods that stand at some time of this one, over some place of it."""
    rows = _standing_between(period.authority_id, period.from_at, period.until_at).exclude(pk=period.pk)
    mine = covered_places(period)
    return [one for one in rows if one.from_at < period.until_at and cover.touches(mine, covered_places(one))]


def due_to_turn(now: datetime) -> list[UUID]:
    """Those whose beginning or end has come and is not written down yet; the oldest first."""
    begun = Q(state=Period.State.ANNOUNCED, from_at__lte=now)
    over = Q(state=Period.State.BEGUN, until_at__lte=now)
    return list(Period.objects.filter(begun | over).order_by("from_at", "pk").values_list("pk", flat=True))


def _standing_between(authority_id: int, from_at: datetime, until_at: datetime) -> QuerySet[Period]:
    rows = Period.objects.filter(
        authority_id=authority_id, state__in=STANDS, from_at__lte=until_at, until_at__gt=from_at
    )
    return rows.select_related("authority", "unit").prefetch_related("named_places").order_by("from_at", "pk")


# ---------------------------------------------------------------- where


def covered_places(period: Period) -> set[int] | None:
    """The ids of every place that it covers now; None: the whole body."""
    named = {one.place_id for one in period.named_places.all()}
    return cover.covered(named, place_facts(period.authority_id), known_up_to=period.places_up_to)


def place_facts(authority_id: int) -> dict[int, PlaceFacts]:
    """The body's places as the pure module takes them; closed ones too."""
    return {
        pk: PlaceFacts(pk, tuple(one.path or [pk]), one.closed_on is not None)
        for pk, one in standing().places.items()
        if one.authority_id == authority_id
    }


def covers(period: Period, place: Place) -> bool:
    """Whether it holds at a place: named itself, or below one that is."""
    found = covered_places(period)
    return period.authority_id == place.authority_id and (found is None or place.pk in found)


def concerns(period: Period, unit: Unit) -> bool:
    """Whether it concerns a unit: one that answers, or keeps a duty line, for a place it covers.

    A unit that answers for no place in particular works everywhere, and is concerned by every period of its body.
    """
    if period.authority_id != unit.authority_id:
        return False
    found = covered_places(period)
    return found is None or _is_concerned(unit, _places_by_unit(unit.authority_id), found)


def units_concerned(period: Period) -> list[Unit]:
    """Every open unit of its body that it concerns, from the top down."""
    units = [one for one in standing().units.values() if one.authority_id == period.authority_id]
    units = sorted((one for one in units if one.closed_on is None), key=lambda one: (len(one.path), one.pk))
    found = covered_places(period)
    if found is None:
        return units
    places = _places_by_unit(period.authority_id)
    return [one for one in units if _is_concerned(one, places, found)]


_Places = dict[int, set[int | None]]


def _places_by_unit(authority_id: int) -> _Places:
    """For each unit, the places that it answers for or keeps a line at itself; None: everywhere."""
    found: _Places = defaultdict(set)
    for rule in standing().rules.get(authority_id, ()):
        found[rule.unit_id].add(rule.place_id)
    lines = Line.objects.filter(authority=authority_id, closed_on=None)
    for unit_id, place_id in lines.values_list("unit_id", "place_id"):
        found[unit_id].add(place_id)
    return found


def _is_concerned(unit: Unit, by_unit: _Places, covered: set[int]) -> bool:
    places = {pk for below in subtree([unit.pk]) for pk in by_unit.get(below, ())}
    if not places or None in places:
        return True
    # Whoever answers for more than what is covered answers for it too.
    known = standing().places
    above = {pk for one in covered if one in known for pk in known[one].path}
    return bool(places & (covered | above))


# ---------------------------------------------------------------- how often


@dataclass(frozen=True)
class RhythmInForce:
    """The strictest rhythm that periods ask for, which of them asks, and which others ask for less."""

    rhythm: Rhythm
    period: Period
    less_strict: tuple[tuple[Period, Rhythm], ...] = ()


@dataclass(frozen=True)
class Stretch:
    """From–until, the strictest rhythm stays the same; None: no period asks for any, the usual one holds."""

    from_at: datetime
    until_at: datetime
    asked: RhythmInForce | None


def rhythm_in_force(
    authority_id: int,
    of: Of,
    *,
    at: datetime,
    unit: Unit | None = None,
    place: Place | None = None,
    topic: str = "",
) -> RhythmInForce | None:
    """The strictest rhythm that periods in force at `at` ask of reports or rounds; None where none asks.

    `unit`: only periods that concern it (reports). `place`: only those that cover it (rounds). `topic`: which rounds, of
    `rhythms.TOPICS`; rounds of any other topic, above all desk reviews of open matters, are never sped up (rule 11).
    The caller compares with its own usual rhythm (`rhythms.is_stricter`): a period never makes one longer.
    """
    return _strictest(_asking(authority_id, of, at, at, unit, place, topic), at)


def rhythms_between(
    authority_id: int,
    of: Of,
    *,
    from_at: datetime,
    until_at: datetime,
    unit: Unit | None = None,
    place: Place | None = None,
    topic: str = "",
) -> list[Stretch]:
    """The same for every instant of from–until, without a hole: to reckon due dates ahead."""
    asking = _asking(authority_id, of, from_at, until_at, unit, place, topic)
    ends = {at for period, _rhythm in asking for at in (period.from_at, period.until_at)}
    instants = [from_at, *sorted(at for at in ends if from_at < at < until_at), until_at]
    found: list[Stretch] = []
    for start, end in zip(instants, instants[1:], strict=False):
        asked = _strictest(asking, start)
        if found and found[-1].asked == asked:
            found[-1] = Stretch(found[-1].from_at, end, asked)
        elif start < end:
            found.append(Stretch(start, end, asked))
    return found


_Asking = list[tuple[Period, Rhythm]]


def _asking(
    authority_id: int,
    of: Of,
    from_at: datetime,
    until_at: datetime,
    unit: Unit | None,
    place: Place | None,
    topic: str,
) -> _Asking:
    """Every period that asks for a rhythm at some instant of from–until."""
    if of is Of.ROUNDS and topic not in TOPICS:
        return []
    periods = [
        one
        for one in _standing_between(authority_id, from_at, until_at)
        if (unit is None or concerns(one, unit)) and (place is None or covers(one, place))
    ]
    rows = Demand.objects.filter(
        period__in=[one.pk for one in periods], kind=Demand.Kind.RHYTHM, of=of, topic__in={"", topic}
    )
    by_period: dict[object, list[Rhythm]] = {}
    for row in rows:
        by_period.setdefault(row.period_id, []).append(Rhythm(row.rhythm))
    asked = ((one, strictest(by_period.get(one.pk, ()))) for one in periods)
    return [(one, rhythm) for one, rhythm in asked if rhythm is not None]


def _strictest(asking: Iterable[tuple[Period, Rhythm]], at: datetime) -> RhythmInForce | None:
    """Of several the stricter; of equals the one that ends last."""
    rows = [(one, rhythm) for one, rhythm in asking if one.from_at <= at < one.until_at]
    if not rows:
        return None
    rows.sort(key=lambda row: (row[1].order, -row[0].until_at.timestamp(), row[0].pk))
    (period, rhythm), *rest = rows
    return RhythmInForce(rhythm, period, tuple(rest))
