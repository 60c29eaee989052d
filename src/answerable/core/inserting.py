"""Rows that are only made, in one statement: what a request writes anew, without building each statement again.

The models' own columns and preparation of values; no signals, no keys read back. For paths that every intake walks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, JSONField, Model

from answerable.core.statements import prepared_as_written

# What stands in the statement itself; everything else is a parameter (None).
_SAID = {None: "NULL", True: "true", False: "false"}
_Row = tuple[str | None, ...]


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple[Any, ...]:
    return tuple(f for f in model._meta.concrete_fields if not f.generated and not isinstance(f, AutoField))


@lru_cache(maxsize=512)
def _statement(groups: tuple[tuple[type[Model], tuple[_Row, ...]], ...], tail: str) -> str:
    """The statement for rows of these models with these columns said; parameters are numbered in order."""
    number, parts = 0, []
    for model, rows in groups:
        tuples = []
        for said in rows:
            cells = []
            for word in said:
                number += word is None
                cells.append(word or f"${number}")
            tuples.append(f"({', '.join(cells)})")
        columns = ", ".join(f'"{f.column}"' for f in _fields(model))
        table = model._meta.db_table
        parts.append(f'INSERT INTO "{table}" ({columns}) VALUES {", ".join(tuples)}{tail}')  # noqa: S608 - ours
    *before, last = parts
    ahead = ", ".join(f"i{place} AS ({part})" for place, part in enumerate(before))
    return (f"WITH {ahead} " if ahead else "") + last


def insert(*groups: Sequence[Model], ignore_conflicts: bool = False) -> None:
    """Insert rows of any number of tables together; each group holds rows of one model, or none.

    References among them need keys that the caller made (every foreign key is checked at commit). Raises
    IntegrityError as any insert does.
    """
    shapes, values = [], []
    for rows in filter(None, groups):
        model = type(rows[0])
        said = []
        for row in rows:
            cells: list[str | None] = []
            for field in _fields(model):
                value = field.pre_save(row, True)
                if value is None or (isinstance(value, bool) and not isinstance(field, JSONField)):
                    cells.append(_SAID[value])
                else:
                    cells.append(None)
                    values.append(field.get_db_prep_save(value, connection))
            said.append(tuple(cells))
        shapes.append((model, tuple(said)))
    if not shapes:
        return
    with prepared_as_written() as cursor:
        cursor.execute(
            _statement(tuple(shapes), " ON CONFLICT DO NOTHING" if ignore_conflicts else ""), values
        )
    for rows in groups:
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias
