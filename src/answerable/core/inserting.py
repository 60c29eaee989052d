"""Rows that are only made, in one statement: what a request writes anew, without building each statement again.

The models' own columns and preparation of values; no signals, no keys read back. For paths that every intake walks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model

from answerable.core.statements import prepared


@lru_cache(maxsize=64)
def _shape(model: type[Model]) -> tuple[str, str, tuple[Any, ...]]:
    meta = model._meta
    fields = tuple(f for f in meta.concrete_fields if not f.generated and not isinstance(f, AutoField))
    columns = ", ".join(f'"{f.column}"' for f in fields)
    head = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES '  # noqa: S608 - the model's own names
    return head, f"({', '.join(['%s'] * len(fields))})", fields


def insert(*groups: Sequence[Model], ignore_conflicts: bool = False) -> None:
    """Insert rows of any number of tables together; each group holds rows of one model, or none.

    References among them need keys that the caller made (every foreign key is checked at commit). Raises
    IntegrityError as any insert does.
    """
    parts, values = [], []
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    for rows in groups:
        if rows:
            head, tuple_, fields = _shape(type(rows[0]))
            parts.append(head + ", ".join([tuple_] * len(rows)) + tail)
            values += [f.get_db_prep_save(f.pre_save(row, True), connection) for row in rows for f in fields]
    if not parts:
        return
    *before, last = parts
    ahead = ", ".join(f"i{number} AS ({part})" for number, part in enumerate(before))
    with prepared() as cursor:
        cursor.execute((f"WITH {ahead} " if ahead else "") + last, values)
    for rows in groups:
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias
