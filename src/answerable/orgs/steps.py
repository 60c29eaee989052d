"""Writes that compose; inside the caller's transaction, which they never open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Authority, Place, Post, Role, Subject, Unit
from answerable.orgs.queries import head_of, root_unit
from answerable.record.actors import Actor
from answerable.record.append import Appended, append
from answerable.record.matters import matter_of

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('answerable.orgs.import'))"


def lock_organisation() -> None:
    """One change of the organisation at a time: a file is checked against all of it, and what is checked must still be
    so when it is written."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def record(
    kind: OrgAct, authority: Authority, *, by: Actor, now: Any, body: Mapping[str, Any], why: str = ""
) -> Appended:
    """An act on the authority's own matter. People stand in it by id alone."""
    return append(kind, matter=matter_of("authority", authority.pk), by=by, at=now, body=body, why=why)


def set_paths(model: type[Unit] | type[Subject] | type[Place]) -> None:
    """Make `path` follow `parent` again, for the rows where it does not."""
    rows = {row.pk: row for row in model.objects.only("pk", "parent_id", "path")}  # type: ignore[attr-defined]
    paths: dict[int, list[int]] = {}

    def path_of(pk: int) -> list[int]:
        climb: list[int] = []
        here: int | None = pk
        while here is not None and here not in paths:
            climb.append(here)
            here = rows[here].parent_id
        for one in reversed(climb):
            parent = rows[one].parent_id
            paths[one] = [*(paths[parent] if parent is not None else []), one]
        return paths[pk]

    changed = []
    for pk, row in rows.items():
        path = path_of(pk)
        if row.path != path:
            row.path = path
            changed.append(row)
    model.objects.bulk_update(changed, ["path"], batch_size=500)  # type: ignore[attr-defined,arg-type]


def stand_for_outside_body(body: Authority) -> None:
    """The unit and head's post that stand here for a body which works elsewhere: cases are passed on to them. Where they
    were closed, they are opened again."""
    unit = root_unit(body)
    if unit is None:
        names = {"name_zh": body.name_zh, "name_en": body.name_en}
        unit, _made = Unit.objects.get_or_create(authority=body, code=body.code, defaults=names)
        unit.parent, unit.path, unit.closed_on = None, [unit.pk], None
        unit.save(update_fields=["parent", "path", "closed_on"])
    if head_of(unit) is None:
        names = {"name_zh": "负责人", "name_en": "Head"}
        post, _made = Post.objects.get_or_create(
            unit=unit, code="head", defaults=names | {"role": Role.LEADER, "is_head": True}
        )
        post.role, post.is_head, post.closed_on = Role.LEADER, True, None
        post.save(update_fields=["role", "is_head", "closed_on"])
