"""A readiness period planned, announced, prolonged, ended, called off: one function, one transaction, one act at least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.orgs.models import Unit
from answerable.readiness.periods import access, alarms, defaults, demand_steps, rules, steps, wording
from answerable.readiness.periods.act_kinds import PeriodAct
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rules import CannotPeriod
from answerable.record.actors import Actor

State = Period.State


@dataclass(frozen=True)
class Wish:
    """A period as it is planned. No places: the whole body."""

    unit_id: int
    kind: str
    from_at: datetime
    until_at: datetime
    grounds: str
    name_zh: str = ""
    name_en: str = ""
    place_ids: tuple[int, ...] = field(default=())


@transaction.atomic(durable=True)
def plan_period(wish: Wish, *, by: Actor, now: datetime, is_usual: bool = True) -> Period:
    """Plan one; `is_usual`: with what its kind usually demands. Raises CannotPeriod, NotTheirs."""
    unit = Unit.objects.select_related("authority").get(pk=wish.unit_id)
    access.require_leader(by, unit, now)
    authority = steps.lock_body(unit.authority_id)
    fields = _checked(wish, now)
    places = steps.places_to_name(authority, wish.place_ids)
    period = Period(authority=authority, unit=unit, **fields)
    steps.require_free(
        period, from_at=wish.from_at, until_at=wish.until_at, places=[one.pk for one in places]
    )
    period.save(force_insert=True)
    steps.name_places(period, places)
    body = _told(wish, fields)
    steps.act(period, PeriodAct.PLANNED, by=by, now=now, body=body)
    if is_usual:
        for ask in defaults.usual(period, access.working_posts(by, now)):
            _write(period, ask, by=by, now=now)
    return period


def _checked(wish: Wish, now: datetime) -> dict[str, object]:
    """What the period will say of itself. Raises CannotPeriod."""
    rules.require_kind(wish.kind)
    name_zh, name_en = (steps.cleaned(one, most=rules.LONGEST_NAME) for one in (wish.name_zh, wish.name_en))
    grounds = steps.cleaned(wish.grounds, most=rules.LONGEST_WORDS)
    if not grounds:
        raise CannotPeriod("grounds_missing")
    rules.require_about_hazard(name_zh, name_en, grounds)
    rules.require_span(wish.from_at, wish.until_at, now=now)
    return {
        "kind": wish.kind,
        "name_zh": name_zh,
        "name_en": name_en,
        "grounds": grounds,
        "from_at": wish.from_at,
        "until_at": wish.until_at,
    }


def _told(wish: Wish, fields: dict[str, object]) -> dict[str, object]:
    return {
        "unit": wish.unit_id,
        "kind": wish.kind,
        "from_at": wish.from_at.isoformat(),
        "until_at": wish.until_at.isoformat(),
        "places": sorted(set(wish.place_ids)),
        "grounds": steps.digest(str(fields["grounds"])),
    }


@transaction.atomic(durable=True)
def change_period(period_id: UUID, wish: Wish, *, by: Actor, seen_version: int, now: datetime) -> Period:
    """Another kind, name, time, place or grounds, before it is announced. Its unit stays. Raises CannotPeriod."""
    period = _lock(period_id, by, now, seen_version)
    if period.state != State.PLANNED:
        raise CannotPeriod("not_planned")
    fields = _checked(wish, now)
    places = steps.places_to_name(period.authority, wish.place_ids)
    period.kind = wish.kind
    steps.require_free(
        period, from_at=wish.from_at, until_at=wish.until_at, places=[one.pk for one in places]
    )
    steps.changed(period, **fields)
    steps.name_places(period, places)
    steps.act(period, PeriodAct.CHANGED, by=by, now=now, body=_told(wish, fields) | {"unit": period.unit_id})
    return period


def _lock(period_id: UUID, by: Actor, now: datetime, seen_version: int | None = None) -> Period:
    """A period that the actor leads and that is not over, locked."""
    period = steps.lock_period(period_id, seen_version=seen_version)
    access.require_leader(by, period.unit, now)
    rules.require_open(period.state, period.from_at, period.until_at, now)
    return period


@transaction.atomic(durable=True)
def set_places(
    *, period_id: UUID, place_ids: tuple[int, ...], why: str, by: Actor, seen_version: int, now: datetime
) -> Period:
    """It is for these places from now on: a place was split, merged or closed, or the danger is somewhere else."""
    period = _lock(period_id, by, now, seen_version)
    said = _why(why)
    places = steps.places_to_name(period.authority, place_ids)
    ids = [one.pk for one in places]
    steps.require_free(period, from_at=period.from_at, until_at=period.until_at, places=ids)
    before = sorted(one.place_id for one in period.named_places.all())
    steps.name_places(period, places)
    steps.act(
        period, PeriodAct.PLACES_SET, by=by, now=now, why=said, body={"from": before, "to": sorted(ids)}
    )
    return period


def _why(why: str) -> str:
    """Why, as it is kept in the record. Raises CannotPeriod."""
    said = steps.cleaned(why, most=rules.LONGEST_WHY)
    if not said:
        raise CannotPeriod("why_missing")
    rules.require_about_hazard(said)
    return said


# ---------------------------------------------------------------- what it asks for


@transaction.atomic(durable=True)
def set_demands(
    period_id: UUID, asks: Sequence[Ask], *, by: Actor, seen_version: int, now: datetime
) -> list[Demand]:
    """It asks for these things more: all of them or none; where it is announced, at once. Raises CannotPeriod."""
    period = _lock(period_id, by, now, seen_version)
    if not asks:
        raise CannotPeriod("unknown_demand")
    made = [_write(period, ask, by=by, now=now) for ask in asks]
    steps.changed(period)
    steps.ask_duty(period, by=by, now=now)
    return made


def _write(period: Period, ask: Ask, *, by: Actor, now: datetime) -> Demand:
    made = demand_steps.write(period, ask, by=by, now=now)
    body = {"demand": str(made.pk)} | demand_steps.ask_of(made).as_record()
    steps.act(period, PeriodAct.DEMAND_SET, by=by, now=now, body=body)
    return made


@transaction.atomic(durable=True)
def remove_demand(
    *, period_id: UUID, demand_id: UUID, why: str, by: Actor, seen_version: int, now: datetime
) -> Period:
    """It asks for this no more. Once it is announced, with why. Raises CannotPeriod."""
    period = _lock(period_id, by, now, seen_version)
    row = Demand.objects.filter(period=period, pk=demand_id).first()
    if row is None:
        raise CannotPeriod("demand_gone")
    said = "" if period.state == State.PLANNED else _why(why)
    body = {"demand": str(row.pk)} | demand_steps.ask_of(row).as_record()
    row.delete()
    steps.changed(period)
    steps.act(period, PeriodAct.DEMAND_REMOVED, by=by, now=now, why=said, body=body)
    steps.ask_duty(period, by=by, now=now)
    return period


# ---------------------------------------------------------------- its life


@transaction.atomic(durable=True)
def announce_period(*, period_id: UUID, by: Actor, seen_version: int, now: datetime) -> Period:
    """From now on it stands: duty needs what it asks, units are told, and it begins by itself at its hour.

    Everything is checked again: since it was planned, another may have been announced, a line closed, its end passed.
    """
    period = _lock(period_id, by, now, seen_version)
    if period.state != State.PLANNED:
        raise CannotPeriod("not_planned")
    if not Demand.objects.filter(period=period).exists():
        raise CannotPeriod("nothing_demanded")
    if period.until_at <= now:
        raise CannotPeriod("in_the_past")
    steps.places_to_name(period.authority, [one.place_id for one in period.named_places.all()])
    demand_steps.require_all(period, by=by, now=now)
    steps.require_free(period, from_at=period.from_at, until_at=period.until_at)
    steps.changed(period, state=State.ANNOUNCED, announced_at=now)
    lines = steps.ask_duty(period, by=by, now=now)
    body = {"from_at": period.from_at.isoformat(), "until_at": period.until_at.isoformat(), "lines": lines}
    steps.act(period, PeriodAct.ANNOUNCED, by=by, now=now, body=body)
    alarms.tell(period, "period_announced", now=now)
    return period


@transaction.atomic(durable=True)
def prolong_period(
    *, period_id: UUID, until_at: datetime, why: str, by: Actor, seen_version: int, now: datetime
) -> Period:
    """It lasts longer than was said, and what it asks for with it. Raises CannotPeriod."""
    period = _lock(period_id, by, now, seen_version)
    if period.state == State.PLANNED:
        raise CannotPeriod("not_begun")
    said = _why(why)
    before = period.until_at
    rules.require_later(before, until_at, wording.moment_text(before, period.authority.zone))
    rules.require_length(period.from_at, until_at)
    steps.require_free(period, from_at=period.from_at, until_at=until_at)
    steps.changed(period, until_at=until_at)
    steps.ask_duty(period, by=by, now=now)
    body = {"from": before.isoformat(), "to": until_at.isoformat()}
    steps.act(period, PeriodAct.PROLONGED, by=by, now=now, why=said, body=body)
    alarms.tell(period, "period_prolonged", now=now)
    return period


@transaction.atomic(durable=True)
def end_period(*, period_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Period:
    """The danger is over before its time: it ends now, by a leader's word. Raises CannotPeriod."""
    period = _lock(period_id, by, now, seen_version)
    if rules.state_at(period.state, period.from_at, period.until_at, now) != rules.BEGUN:
        raise CannotPeriod("not_begun")
    said = _why(why)
    # It began although no worker has written that down yet.
    begin(period, now=now)
    # Within the first instant of it there is no length to keep.
    last = max(now, period.from_at + rules.A_MOMENT)
    finish(period, until_at=last, by=by, now=now, why=said)
    return period


@transaction.atomic(durable=True)
def call_off_period(*, period_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Period:
    """The danger does not come: it is called off before it begins, and nothing is asked for it any more."""
    period = _lock(period_id, by, now, seen_version)
    if rules.state_at(period.state, period.from_at, period.until_at, now) == rules.BEGUN:
        raise CannotPeriod("has_begun")
    said = _why(why)
    was_announced = period.state == State.ANNOUNCED
    steps.changed(period, state=State.CALLED_OFF, ended_at=now)
    steps.ask_duty(period, by=by, now=now)
    steps.act(period, PeriodAct.CALLED_OFF, by=by, now=now, why=said)
    if was_announced:
        alarms.tell(period, "period_called_off", now=now)
    alarms.end_all(period, by=by, now=now)
    return period


# ---------------------------------------------------------------- by itself, at its hour


def begin(period: Period, *, now: datetime) -> bool:
    """A step: what was announced has begun. Of a locked period; once."""
    if period.state != State.ANNOUNCED or period.from_at > now:
        return False
    steps.changed(period, state=State.BEGUN, begun_at=period.from_at)
    body = {"from_at": period.from_at.isoformat()}
    steps.act(period, PeriodAct.BEGUN, by=Actor.system(), now=now, body=body)
    if period.until_at > now:
        alarms.raise_begun(period, now=now)
    return True


def finish(period: Period, *, until_at: datetime, by: Actor, now: datetime, why: str = "") -> None:
    """A step: it ends at `until_at`. Shifts that run then are stood to their end; later ones need no more."""
    body = {"until_at": until_at.isoformat(), "planned_until": period.until_at.isoformat()}
    steps.changed(period, state=State.ENDED, until_at=until_at, ended_at=until_at)
    steps.ask_duty(period, by=by, now=now)
    steps.act(period, PeriodAct.ENDED, by=by, now=now, why=why, body=body)
    alarms.tell(period, "period_ended", now=now)
    alarms.end_all(period, by=by, now=now)


@transaction.atomic(durable=True)
def turn_period(*, period_id: UUID, now: datetime) -> bool:
    """Begin or end one whose hour has come, by the system; after a downtime both. Returns whether anything changed."""
    period = steps.lock_period(period_id)
    changed = begin(period, now=now)
    if period.state == State.BEGUN and period.until_at <= now:
        finish(period, until_at=period.until_at, by=Actor.system(), now=now)
        changed = True
    return changed
