"""The organisation out to a file, and in from one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Authority, Staff
from answerable.orgs.sheets.applying import apply_plan
from answerable.orgs.sheets.columns import TABLES
from answerable.orgs.sheets.planning import Change, Plan, plan_import
from answerable.orgs.sheets.reading import Read
from answerable.orgs.sheets.snapshot import take_snapshot
from answerable.orgs.sheets.writing import workbook, zipped_csv
from answerable.orgs.steps import lock_organisation, record
from answerable.record.actors import Actor

#: Changes in one act; a bigger import makes several.
CHANGES_AN_ACT = 200


def preview_import(read: Read, *, bodies: Collection[str] | None = None, own_name: str = "") -> Plan:
    """What `carry_out_import` would do now. Writes nothing."""
    return plan_import(read, take_snapshot(), bodies=bodies, own_name=own_name)


@transaction.atomic(durable=True)
def carry_out_import(
    read: Read,
    *,
    by: Actor,
    now: datetime,
    bodies: Collection[str] | None = None,
    own_name: str = "",
    seen: str = "",
) -> Plan:
    """All of the file or nothing. Where the plan has faults, or is not the one `seen` (its digest), nothing is written.

    The caller tells by `plan.faults`, or by `plan.digest() != seen`. `bodies`: see `plan_import`.
    """
    lock_organisation()
    before = take_snapshot()
    plan = plan_import(read, before, bodies=bodies, own_name=own_name)
    if plan.faults or (seen and plan.digest() != seen) or not plan.changes:
        return plan
    apply_plan(plan, before)
    _record(plan, by, now)
    return plan


def _record(plan: Plan, by: Actor, now: datetime) -> None:
    """Acts on each body that changed; people by id, and without what was written about them."""
    codes = {body.code: body for body in Authority.objects.order_by("pk")}
    staff = dict(Staff.objects.values_list("username", "pk"))
    home = next((body for body in codes.values() if not body.is_outside), next(iter(codes.values()), None))
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in plan.changes:
        body = change.authority or (home.code if home else "")
        said[body].append(described(change, staff))
    for code, rows in sorted(said.items()):
        for start in range(0, len(rows), CHANGES_AN_ACT):
            part = rows[start : start + CHANGES_AN_ACT]
            record(OrgAct.IMPORTED, codes[code], by=by, now=now, body={"changes": part, "of": len(rows)})


def described(change: Change, staff: dict[str, int]) -> dict[str, Any]:
    if change.sheet == "people":
        return {
            "table": "people",
            "staff": staff[change.key[0]],
            "new": change.is_new,
            "heads": [*change.fields],
        }
    heads = TABLES[change.sheet].key
    key = [staff[part] if head == "username" else part for head, part in zip(heads, change.key, strict=True)]
    fields = {
        head: _plain(staff.get(new) if head == "username" else new)
        for head, (old, new) in change.fields.items()
        if new not in ("", None) or not change.is_new
    }
    return {"table": change.sheet, "key": [_plain(part) for part in key], "new": change.is_new, "to": fields}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@transaction.atomic(durable=True)
def export_organisation(
    form: str, *, by: Actor, now: datetime, bodies: Collection[str] | None = None
) -> bytes:
    """The file, `form` "xlsx" or "zip" (a CSV for each table). Taking it out is an act of each body in it."""
    rows = Authority.objects.filter(is_outside=False).order_by("pk")
    for body in rows if bodies is None else rows.filter(code__in=bodies):
        record(OrgAct.EXPORTED, body, by=by, now=now, body={"form": form})
    return workbook(bodies) if form == "xlsx" else zipped_csv(bodies)
