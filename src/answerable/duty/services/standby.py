"""Vehicles and equipment on standby: what state they are in, what they are kept for, when they were looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from answerable.core.refusals import Changed
from answerable.core.sentences import N_, Said
from answerable.duty import access, steps
from answerable.duty.act_kinds import DutyAct
from answerable.duty.models import DutyPerson, LineRole, StandbyCheck, StandbyItem
from answerable.duty.queries import on_duty
from answerable.orgs.models import Unit
from answerable.record.actors import Actor


class CannotKeep(Said):
    """An item on standby cannot be kept like that."""

    sentences = {
        "no_name": N_("Give it a name."),
        "code_taken": N_("Another one has this short name already."),
        "other_line": N_("This role belongs to another line."),
        "other_body": N_("The line belongs to another body."),
        "not_ready": N_("It is not ready: %(state)s."),
        "level": N_("Fuel or charge is a number from 0 to 100."),
        "days": N_("It is looked at every 1 to 366 days."),
        "no_purpose": N_("Say what it is kept for."),
        "over": N_("That time is over."),
        "not_theirs": N_("The people of its line and the leaders of its unit look after it."),
    }


@dataclass(frozen=True)
class ItemSpec:
    name_zh: str
    name_en: str
    code: str
    unit_id: int
    line_id: int | None = None
    is_vehicle: bool = False
    registration: str = ""
    driver_role_id: int | None = None
    check_every_days: int = 7


@transaction.atomic(durable=True)
def make_item(spec: ItemSpec, *, by: Actor, now: datetime) -> StandbyItem:
    """A vehicle or a piece of equipment of a unit. Raises CannotKeep."""
    _require(spec, by)
    if StandbyItem.objects.filter(unit_id=spec.unit_id, code=spec.code).exists():
        raise CannotKeep("code_taken")
    item = StandbyItem.objects.create(**asdict(spec))
    steps.act(item, DutyAct.STANDBY_MADE, by=by, now=now, body={"item": item.pk} | asdict(spec))
    return item


def _require(spec: ItemSpec, by: Actor) -> None:
    if not (spec.name_zh.strip() or spec.name_en.strip()):
        raise CannotKeep("no_name")
    if not 1 <= spec.check_every_days <= 366:
        raise CannotKeep("days")
    unit = Unit.objects.select_related("authority").get(pk=spec.unit_id)
    access.require_unit_leader(by, unit)
    if spec.line_id is not None and not unit.authority.duty_lines.filter(pk=spec.line_id).exists():
        raise CannotKeep("other_body")
    if spec.driver_role_id is not None and (
        spec.line_id is None
        or not LineRole.objects.filter(pk=spec.driver_role_id, line_id=spec.line_id).exists()
    ):
        raise CannotKeep("other_line")


@transaction.atomic(durable=True)
def change_item(
    item_id: int, spec: ItemSpec, *, by: Actor, seen_version: int | None, now: datetime
) -> StandbyItem:
    """Change what it is; its short name stays."""
    item = _lock(item_id, by, now, seen_version)
    _require(spec, by)
    fields = asdict(spec) | {"code": item.code}
    told = {name: value for name, value in fields.items() if getattr(item, name) != value}
    if told:
        _set(item, **told)
        steps.act(item, DutyAct.STANDBY_CHANGED, by=by, now=now, body={"to": told})
    return item


@transaction.atomic(durable=True)
def close_item(*, item_id: int, on: date, by: Actor, now: datetime) -> StandbyItem:
    """It is gone from `on`."""
    item = _lock(item_id, by, now)
    access.require_unit_leader(by, item.unit)
    _set(item, closed_on=on)
    steps.act(item, DutyAct.STANDBY_CHANGED, by=by, now=now, body={"to": {"closed_on": on.isoformat()}})
    return item


@transaction.atomic(durable=True)
def move_item(*, item_id: int, state: str, by: Actor, now: datetime, why: str = "") -> StandbyItem:
    """It goes out, comes back ready, or is out of order. What is out of order does not go out. Raises CannotKeep."""
    item = _lock(item_id, by, now)
    if state == StandbyItem.State.OUT and item.state != StandbyItem.State.READY:
        raise CannotKeep("not_ready", state=item.get_state_display())
    body: dict[str, object] = {"from": item.state, "to": str(state)}
    if state == StandbyItem.State.OUT and item.line_id and item.driver_role_id:
        # Who drives it is whoever is on duty for it.
        body |= {"drivers": [one.staff_id for one in on_duty(item.line_id, now, item.driver_role_id)]}
    _set(item, state=state)
    steps.act(item, DutyAct.STANDBY_CHANGED, by=by, now=now, body=body, why=why.strip())
    return item


@transaction.atomic(durable=True)
def reserve_item(
    *, item_id: int, purpose: str, until_at: datetime | None, by: Actor, now: datetime
) -> StandbyItem:
    """Keep it for something until then. Without a purpose it is kept for nothing any more."""
    item = _lock(item_id, by, now)
    if until_at is not None and not purpose.strip():
        raise CannotKeep("no_purpose")
    if until_at is not None and until_at <= now:
        raise CannotKeep("over")
    _set(item, reserved_for=purpose.strip(), reserved_until=until_at)
    body = {"reserved_for": item.reserved_for, "until": until_at.isoformat() if until_at else None}
    steps.act(item, DutyAct.STANDBY_CHANGED, by=by, now=now, body=body)
    return item


@transaction.atomic(durable=True)
def check_item(
    *, item_id: int, state: str, level_percent: int | None, note: str, by: Actor, now: datetime
) -> StandbyCheck:
    """Somebody looked at it: its state, fuel or charge, and what they found."""
    item = _lock(item_id, by, now)
    if level_percent is not None and not 0 <= level_percent <= 100:
        raise CannotKeep("level")
    check = StandbyCheck.objects.create(
        item=item, at=now, by_id=by.staff, state=state, level_percent=level_percent, note=note.strip()
    )
    level = item.level_percent if level_percent is None else level_percent
    _set(item, state=state, level_percent=level, checked_at=now)
    body = {"check": check.pk, "state": str(state), "level": level_percent}
    steps.act(item, DutyAct.STANDBY_CHECKED, by=by, now=now, body=body)
    return check


def _lock(item_id: int, by: Actor, now: datetime, seen_version: int | None = None) -> StandbyItem:
    item = (
        StandbyItem.objects.select_for_update(of=("self",)).select_related("unit__authority").get(pk=item_id)
    )
    if seen_version is not None and item.version != seen_version:
        raise Changed(version=item.version)
    _require_keeper(item, by, now)
    return item


def _require_keeper(item: StandbyItem, by: Actor, now: datetime) -> None:
    if item.line_id and DutyPerson.objects.filter(line_id=item.line_id, staff_id=by.staff).exists():
        return
    try:
        access.require_unit_leader(by, item.unit)
    except access.NotYours:
        raise CannotKeep("not_theirs") from None


def _set(item: StandbyItem, **fields: object) -> None:
    for name, value in fields.items():
        setattr(item, name, value)
    item.version += 1
    item.save(update_fields=[*fields, "version"])
