"""Carry a plan out, inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.hashers import make_password

from answerable.orgs.models import Authority, Place, Subject, Unit
from answerable.orgs.sheets.columns import TABLES
from answerable.orgs.sheets.planning import Change, Plan
from answerable.orgs.sheets.snapshot import MODELS, Key, Snapshot
from answerable.orgs.steps import set_paths, stand_for_outside_body


def apply_plan(plan: Plan, before: Snapshot) -> None:
    """Write new and changed rows, references first, then set the trees right."""
    ids = {name: dict(known) for name, known in before.ids.items()}
    by_table: dict[str, list[Change]] = defaultdict(list)
    for change in plan.changes:
        by_table[change.sheet].append(change)
    for name in TABLES:
        _write(name, by_table[name], ids)
        _link(name, by_table[name], ids)
    for model in (Unit, Subject, Place):
        if by_table[model._meta.db_table.removeprefix("orgs_") + "s"]:
            set_paths(model)
    if by_table["authorities"]:
        for body in Authority.objects.filter(is_outside=True):
            stand_for_outside_body(body)


def _order(change: Change) -> tuple[bool, bool, str]:
    """What gives way comes first: a head that steps down, an appointment that ends earlier."""
    until = change.values.get("until_at")
    return (
        change.is_new,
        bool(change.values.get("is_head")) and not change.values.get("closed_on"),
        until.isoformat() if until else "~",
    )


def _write(name: str, changes: Iterable[Change], ids: dict[str, dict[Key, int]]) -> None:
    model = MODELS[name]
    new: list[tuple[Key, Any]] = []
    for change in sorted(changes, key=_order):
        columns = _columns(change, ids)
        if not change.is_new:
            if columns:
                model.objects.filter(pk=ids[name][change.key]).update(**columns)
            continue
        if name == "people":
            columns["password"] = make_password(None)
        new.append((change.key, model(**columns)))
    made = model.objects.bulk_create([row for _, row in new], batch_size=1000)
    for (key, _), row in zip(new, made, strict=True):
        ids[name][key] = row.pk


def _columns(change: Change, ids: dict[str, dict[Key, int]]) -> dict[str, Any]:
    """Model columns for what changes; links within the same table come later, when all of its rows are there."""
    values, body = change.values, change.values.get("authority")
    found: dict[str, Any] = {}
    for head in change.fields:
        value = values[head]
        if change.sheet in ("authorities", "units", "subjects", "places") and head in (
            "above",
            "conduct_body",
            "parent",
        ):
            continue
        if head == "authority":
            if change.sheet in ("units", "subjects", "places", "responsibilities", "special_days"):
                found["authority_id"] = ids["authorities"][body,]
        elif head == "unit":
            if change.sheet in ("posts", "responsibilities"):
                found["unit_id"] = ids["units"][body, value]
        elif head == "post":
            found["post_id"] = ids["posts"][body, values["unit"], value]
        elif head == "username" and change.sheet == "appointments":
            found["staff_id"] = ids["people"][value,]
        elif head in ("leader_post", "leader_unit"):
            found["leader_post_id"] = ids["posts"][body, values["leader_unit"], values["leader_post"]]
        elif head in ("subject", "place"):
            found[f"{head}_id"] = ids[f"{head}s"][body, value] if value else None
        else:
            found[head] = value
    return found


def _link(name: str, changes: Iterable[Change], ids: dict[str, dict[Key, int]]) -> None:
    heads = {"authorities": ("above", "conduct_body")}.get(
        name, ("parent",) if name in ("units", "subjects", "places") else ()
    )
    for change in changes:
        links = {
            f"{head}_id": ids[name][(*change.key[:-1], change.values[head])] if change.values[head] else None
            for head in heads
            if head in change.fields and (change.values[head] or not change.is_new)
        }
        if links:
            MODELS[name].objects.filter(pk=ids[name][change.key]).update(**links)
