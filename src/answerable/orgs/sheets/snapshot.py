"""The organisation as it is, in the words of the file: each table's rows by key, references as codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from answerable.core import clock
from answerable.orgs.models import (
    Appointment,
    Authority,
    Place,
    Post,
    Responsibility,
    SpecialDay,
    Staff,
    Subject,
    Unit,
)
from answerable.orgs.sheets.columns import TABLES

Key = tuple[Any, ...]

#: Heads whose value is another row's code: the path to it.
_PATHS = {
    "authorities": {"above": "above__code", "conduct_body": "conduct_body__code"},
    "units": {"authority": "authority__code", "parent": "parent__code"},
    "posts": {"authority": "unit__authority__code", "unit": "unit__code"},
    "people": {},
    "subjects": {"authority": "authority__code", "parent": "parent__code"},
    "places": {"authority": "authority__code", "parent": "parent__code"},
    "appointments": {
        "authority": "post__unit__authority__code",
        "unit": "post__unit__code",
        "post": "post__code",
        "username": "staff__username",
    },
    "responsibilities": {
        "authority": "authority__code",
        "subject": "subject__code",
        "place": "place__code",
        "unit": "unit__code",
        "leader_unit": "leader_post__unit__code",
        "leader_post": "leader_post__code",
    },
    "special_days": {"authority": "authority__code"},
}
MODELS: dict[str, Any] = {
    "authorities": Authority,
    "units": Unit,
    "posts": Post,
    "people": Staff,
    "subjects": Subject,
    "places": Place,
    "appointments": Appointment,
    "responsibilities": Responsibility,
    "special_days": SpecialDay,
}


@dataclass
class Snapshot:
    """`rows[table][key]` are values by head; `ids[table][key]` the row's id; `at` when it was so."""

    at: datetime
    rows: dict[str, dict[Key, dict[str, Any]]] = field(default_factory=dict)
    ids: dict[str, dict[Key, int]] = field(default_factory=dict)


def take_snapshot() -> Snapshot:
    """Ten queries, whatever the size. Passwords and second factors are not among the columns."""
    taken = Snapshot(clock.now())
    for table in TABLES.values():
        paths = _PATHS[table.name]
        fields = [paths.get(head, head) for head in table.heads]
        rows: dict[Key, dict[str, Any]] = {}
        ids: dict[Key, int] = {}
        for pk, *values in MODELS[table.name].objects.order_by("pk").values_list("pk", *fields):
            row = dict(zip(table.heads, values, strict=True))
            for head in paths:
                row[head] = row[head] or ""
            key = tuple(row[head] for head in table.key)
            rows[key] = row
            ids[key] = pk
        taken.rows[table.name] = rows
        taken.ids[table.name] = ids
    return taken
