"""Single changes to the organisation. Each is checked as a row of a file would be, and is an act."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from answerable.core import days
from answerable.core.refusals import Refusal
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Appointment, Authority, Hold, Post, Responsibility, SpecialDay, Staff
from answerable.orgs.services.files import described
from answerable.orgs.sheets.applying import apply_plan
from answerable.orgs.sheets.cells import CannotRead, read_cell
from answerable.orgs.sheets.columns import TABLES
from answerable.orgs.sheets.faults import SheetFault
from answerable.orgs.sheets.planning import Plan, plan_import
from answerable.orgs.sheets.reading import Read, Row
from answerable.orgs.sheets.snapshot import Key, take_snapshot
from answerable.orgs.steps import lock_organisation, record
from answerable.record.actors import Actor


class CannotChange(Refusal):
    """Codes: `post_closed`, `ends_first`, `far_day`, `sign_in_closed`, `held_already`, `over_already`, `overlaps`."""


@transaction.atomic(durable=True)
def save_row(
    table: str,
    typed: Mapping[str, Any],
    *,
    bodies: Collection[str] | None,
    home: Authority,
    by: Actor,
    now: datetime,
    is_new: bool = False,
    own_name: str = "",
) -> list[SheetFault]:
    """Make or change one row of a table of the organisation; values as typed, by head.

    Returns what is wrong by column; then nothing was written. `is_new`: refuse a key that is taken (`twice`).
    `home`: the body on whose matter a change to a member of staff is recorded.
    """
    lock_organisation()
    before = take_snapshot()
    values: dict[str, Any] = {}
    faults: list[SheetFault] = []
    for head, raw in typed.items():
        try:
            values[head] = read_cell(TABLES[table].column(head), raw)
        except CannotRead as refusal:
            faults.append(SheetFault(refusal.code, table, 0, head, refusal.facts))
    if faults:
        return faults
    key: Key = tuple(values.get(head) for head in TABLES[table].key)
    if is_new and key in before.rows[table]:
        return [SheetFault("taken", table, 0, TABLES[table].key[-1], {"value": key[-1] or ""})]
    plan: Plan = plan_import(Read({table: [Row(0, values)]}), before, bodies=bodies, own_name=own_name)
    if plan.faults or not plan.changes:
        return plan.faults
    apply_plan(plan, before)
    (change,) = plan.changes
    body = Authority.objects.get(code=change.authority) if change.authority else home
    staff = dict(Staff.objects.filter(username__in=map(str, key)).values_list("username", "pk"))
    record(
        OrgAct.CREATED if change.is_new else OrgAct.CHANGED,
        body,
        by=by,
        now=now,
        body=described(change, staff),
    )
    return []


@transaction.atomic(durable=True)
def appoint(
    *,
    post_id: int,
    staff_id: int,
    hold: str,
    by: Actor,
    now: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Appointment:
    """Give a post to somebody: as its holder (whoever holds it steps down then), deputy, acting or stand-in.

    `from_at` None: from now on. Raises CannotChange.
    """
    lock_organisation()
    post = Post.objects.select_for_update(of=("self",)).select_related("unit__authority").get(pk=post_id)
    staff = Staff.objects.get(pk=staff_id)
    since = from_at or now
    if post.closed_on is not None:
        raise CannotChange("post_closed")
    if not staff.is_active:
        raise CannotChange("sign_in_closed")
    if not all(days.FIRST_AT <= at <= days.LAST_AT for at in (since, until_at or since)):
        raise CannotChange("far_day", first=days.FIRST_YEAR, last=days.LAST_YEAR)
    if until_at is not None and until_at <= since:
        raise CannotChange("ends_first")
    same = Appointment.objects.filter(post=post, staff=staff, hold=hold, from_at__lte=since)
    if same.filter(Q(until_at=None) | Q(until_at__gt=since)).exists():
        raise CannotChange("held_already")
    if hold == Hold.HOLDER:
        _make_room(post, since, until_at, by, now)
    made = Appointment.objects.create(post=post, staff=staff, hold=hold, from_at=since, until_at=until_at)
    body = {"post": post.pk, "staff": staff.pk, "hold": str(hold), "from": since.isoformat()}
    body |= {"until": until_at.isoformat()} if until_at else {}
    record(OrgAct.APPOINTED, post.unit.authority, by=by, now=now, body=body)
    return made


def _make_room(post: Post, since: datetime, until: datetime | None, by: Actor, now: datetime) -> None:
    """Whoever holds the post at `since` steps down then; a later holder is not pushed aside."""
    held = Appointment.objects.filter(post=post, hold=Hold.HOLDER).filter(
        Q(until_at=None) | Q(until_at__gt=since)
    )
    if until is not None:
        held = held.filter(from_at__lt=until)
    for one in held:
        if one.from_at >= since:
            raise CannotChange("overlaps")
        one.until_at = since
        one.save(update_fields=["until_at"])
        _record_end(one, by, now)


def _record_end(one: Appointment, by: Actor, now: datetime) -> None:
    assert one.until_at is not None
    body = {"post": one.post_id, "staff": one.staff_id, "hold": one.hold, "until": one.until_at.isoformat()}
    record(OrgAct.APPOINTMENT_ENDED, one.post.unit.authority, by=by, now=now, body=body)


@transaction.atomic(durable=True)
def end_appointment(*, appointment_id: int, by: Actor, now: datetime) -> Appointment:
    """End it now; one that has not begun is ended a moment after it would have. Raises CannotChange (over_already)."""
    lock_organisation()
    one = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("post__unit__authority")
        .get(pk=appointment_id)
    )
    if one.until_at is not None and one.until_at <= now:
        raise CannotChange("over_already")
    one.until_at = max(now, one.from_at + timedelta(microseconds=1))
    one.save(update_fields=["until_at"])
    _record_end(one, by, now)
    return one


@transaction.atomic(durable=True)
def remove_rule(*, rule_id: int, by: Actor, now: datetime) -> None:
    """Take a rule out of the map; cases that went by it stay where they are. A second time changes nothing."""
    lock_organisation()
    rows = Responsibility.objects.select_related("authority", "subject", "place", "unit")
    rule = rows.filter(pk=rule_id).first()
    if rule is None:
        return
    body = {
        "table": "responsibilities",
        "subject": rule.subject.code if rule.subject else "",
        "place": rule.place.code if rule.place else "",
        "unit": rule.unit.code,
    }
    authority = rule.authority
    rule.delete()
    record(OrgAct.REMOVED, authority, by=by, now=now, body=body)


@transaction.atomic(durable=True)
def remove_special_day(*, day_id: int, by: Actor, now: datetime) -> None:
    """From now on the calendar says what this day is; dates already computed are kept with what they derive from. A
    second time changes nothing."""
    lock_organisation()
    day = SpecialDay.objects.select_related("authority").filter(pk=day_id).first()
    if day is None:
        return
    authority, on = day.authority, day.on
    day.delete()
    record(OrgAct.REMOVED, authority, by=by, now=now, body={"table": "special_days", "on": on.isoformat()})
