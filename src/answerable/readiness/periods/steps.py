"""Writes of readiness periods that compose: inside the caller's transaction, which they never open.

Locks: the body (so that two periods cannot slip past each other), then the period, then the duty lines it asks more of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.core.refusals import Changed
from answerable.core.text import CannotKeep, clean
from answerable.duty.asked_more import More, ask_more
from answerable.orgs.models import Authority, Place
from answerable.orgs.standing import standing
from answerable.readiness.periods import cover, queries, rules, wording
from answerable.readiness.periods.act_kinds import PeriodAct
from answerable.readiness.periods.models import Demand, Period, PeriodPlace
from answerable.readiness.periods.rules import CannotPeriod
from answerable.record.actors import Actor
from answerable.record.append import Appended, append


def lock_body(authority_id: int) -> Authority:
    """Whoever plans, moves or prolongs a period of the body queues up here. Rows that refer to it are not held up."""
    return Authority.objects.select_for_update(no_key=True).get(pk=authority_id)


def lock_period(period_id: UUID, *, seen_version: int | None = None) -> Period:
    """The period, locked, its body first. Raises Changed where it is not the version that the form was shown."""
    lock_body(Period.objects.values_list("authority_id", flat=True).get(pk=period_id))
    rows = Period.objects.select_for_update(of=("self",)).select_related("authority", "unit__authority")
    period = rows.get(pk=period_id)
    if seen_version is not None and period.version != seen_version:
        raise Changed(version=period.version)
    return period


def changed(period: Period, **fields: Any) -> None:
    """Set fields of a locked period; every change gives it a new version."""
    for name, value in fields.items():
        setattr(period, name, value)
    period.version += 1
    period.save(update_fields=[*fields, "version"])


def act(
    period: Period,
    kind: PeriodAct,
    *,
    by: Actor,
    now: datetime,
    body: Mapping[str, Any] | None = None,
    why: str = "",
) -> Appended:
    """An act on the period's own matter. Words stand in it as their digest."""
    return append(kind, matter=period.pk, by=by, at=now, body=body, why=why)


def cleaned(text: str, *, most: int) -> str:
    """Words as they are kept. Raises CannotPeriod("too_long")."""
    try:
        return clean(text, most).text.strip()
    except CannotKeep:
        raise CannotPeriod("too_long", most=most) from None


def digest(text: str) -> str:
    """What the record keeps of words: SHA-256, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------- where, and what else is there


def places_to_name(authority: Authority, ids: Iterable[int]) -> list[Place]:
    """The places by id. Raises CannotPeriod for another body's or a closed one."""
    known = standing(fresh=True).places
    found = []
    for pk in sorted(set(ids)):
        place = known.get(pk)
        if place is None or place.authority_id != authority.pk:
            raise CannotPeriod("other_body_place", place=place.name if place is not None else pk)
        if place.closed_on is not None:
            raise CannotPeriod("place_closed", place=place.name)
        found.append(place)
    return found


def name_places(period: Period, places: Iterable[Place]) -> None:
    """The period is for these places and those below them; none: the whole body."""
    ids = [one.pk for one in places]
    PeriodPlace.objects.filter(period=period).exclude(place__in=ids).delete()
    PeriodPlace.objects.bulk_create(
        [PeriodPlace(period=period, place_id=pk) for pk in ids], ignore_conflicts=True
    )
    known = queries.place_facts(period.authority_id)
    changed(period, places_up_to=max(known, default=0))


def require_free(
    period: Period, *, from_at: datetime, until_at: datetime, places: Iterable[int] | None = None
) -> None:
    """Raises CannotPeriod("overlaps") where another of the same kind is over the same place at the same time.

    `places`: those that it is to be for; None: those that it is for now. The body is locked.
    """
    known = queries.place_facts(period.authority_id)
    named = set(places) if places is not None else {one.place_id for one in period.named_places.all()}
    mine = rules.Standing(
        period.pk,
        period.kind,
        from_at,
        until_at,
        cover.covered(named, known, known_up_to=max(known, default=0)),
    )
    rows = Period.objects.filter(authority_id=period.authority_id, kind=period.kind, state__in=rules.OPEN)
    others = {one.pk: one for one in rows.exclude(pk=period.pk).prefetch_related("named_places")}
    hit = rules.overlapped(
        mine,
        [
            rules.Standing(one.pk, one.kind, one.from_at, one.until_at, queries.covered_places(one))
            for one in others.values()
        ],
    )
    if hit is not None:
        zone = period.authority.zone
        facts = {
            "from": wording.moment_text(hit.from_at, zone),
            "until": wording.moment_text(hit.until_at, zone),
        }
        raise CannotPeriod("overlaps", name=str(others[hit.id]), **facts)


# ---------------------------------------------------------------- what it changes elsewhere


def ask_duty(period: Period, *, by: Actor, now: datetime) -> list[int]:
    """Duty needs what the period asks for, from its beginning to its end: nothing before it is announced, or when it
    was called off. Returns the lines that changed."""
    asks = period.state not in (Period.State.PLANNED, Period.State.CALLED_OFF)
    rows = Demand.objects.filter(period=period, kind=Demand.Kind.DUTY) if asks else Demand.objects.none()
    wants = [
        More(row.line_id, row.role_id, row.count)
        for row in rows
        if row.line_id is not None and row.role_id is not None and row.count is not None
    ]
    return ask_more(
        period.pk,
        wants,
        from_at=period.from_at,
        until_at=period.until_at,
        why=str(period),
        by=by,
        now=now,
    )
