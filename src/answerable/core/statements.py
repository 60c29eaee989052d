"""Statements that requests repeat: parsed by the server once a connection, rows as models without a query built anew.

For paths that every request of the desk, the API or the worker walks; elsewhere the ORM says it better. The server
plans such a statement anew as long as its values make a difference, as it does for any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.db.models.base import ModelState

from answerable.core.database.base import DatabaseWrapper, PreparedAsWritten

M = TypeVar("M", bound=Model)


def prepared() -> CursorWrapper:
    """A cursor for statements that are written the same each time. What is a value must be a parameter."""
    return cast(DatabaseWrapper, connection).prepared_cursor()


def prepared_as_written() -> CursorWrapper:
    """The same for a statement whose parameters are called $1, $2 and so on."""
    return cast(DatabaseWrapper, connection).prepared_cursor(PreparedAsWritten)


#: Up to so many ids are written out in a statement one by one.
WRITTEN_OUT = 8


def written_out(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """The statement with short lists of ids written out: `ANY(%s)` becomes `ANY(ARRAY[%s, %s]::bigint[])`.

    Of an array the server knows no length before it has it, so it expects ten and plans anew each time; of one that
    is written out it knows, and keeps its plan. Most readers have one unit and one post.
    """
    pieces, values = sql.split("%s"), []
    said = [pieces[0]]
    for value, piece in zip(params, pieces[1:], strict=True):
        if (
            isinstance(value, list)
            and 0 < len(value) <= WRITTEN_OUT
            and all(type(one) is int for one in value)
        ):
            said.append(f"ARRAY[{', '.join(['%s'] * len(value))}]::bigint[]")
            values += value
        else:
            said.append("%s")
            values.append(value)
        said.append(piece)
    return "".join(said), values


def fetch(model: type[M], tail: str, params: Sequence[Any] = (), *, without: tuple[str, ...] = ()) -> list[M]:
    """Rows of a model: `fetch(Case, "id = %s FOR UPDATE", [pk])`. `tail` is ours and written out in the code.

    Generated columns, and those named in `without`, are not read: as with `defer`.
    """
    sql, fields, converted = _select(model, tail, without)
    with prepared() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    if converted:
        rows = [_convert(row, converted) for row in rows]
    return [loaded(model, fields, row) for row in rows]


def loaded(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """A row as `Model.from_db` makes it, for a tenth of the time: what was read needs no setters and no signals."""
    row = model.__new__(model)
    row._state = state = ModelState()
    state.adding, state.db = False, connection.alias
    row.__dict__.update(zip(names, values, strict=True))
    return row


def create(row: Model) -> None:
    """Insert a row whose key the database makes, and set the key."""
    sql, fields = _insert(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with prepared() as cursor:
        cursor.execute(sql, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


def update(row: Model, *names: str) -> None:
    """Write these fields of a row that is loaded and locked. Raises DatabaseError where it is gone."""
    sql, fields = _update(type(row), tuple(sorted(set(names))))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with prepared() as cursor:
        cursor.execute(sql, [*values, row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError("the row to be changed is gone")


@lru_cache(maxsize=256)
def _select(
    model: type[Model], tail: str, without: tuple[str, ...]
) -> tuple[str, list[str], list[tuple[int, Any]]]:
    meta = model._meta
    fields = [f for f in meta.concrete_fields if not f.generated and f.name not in without]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converted = [
        (at, convert) for at, field in enumerate(fields) for convert in field.get_db_converters(connection)
    ]
    sql = f'SELECT {columns} FROM "{meta.db_table}" WHERE {tail}'  # noqa: S608 - the model's own names
    return sql, [field.attname for field in fields], converted


@lru_cache(maxsize=64)
def _insert(model: type[Model]) -> tuple[str, list[Any]]:
    meta = model._meta
    fields: list[Any] = [f for f in meta.concrete_fields if not f.generated and not f.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    returned = f'RETURNING "{meta.pk.column}"'
    return f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({places}) {returned}', fields  # noqa: S608


@lru_cache(maxsize=256)
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    meta = model._meta
    fields = [cast(Any, meta.get_field(name)) for name in names]
    given = ", ".join(f'"{field.column}" = %s' for field in fields)
    return f'UPDATE "{meta.db_table}" SET {given} WHERE "{meta.pk.column}" = %s', fields  # noqa: S608


def _convert(row: Sequence[Any], converted: Sequence[tuple[int, Any]]) -> list[Any]:
    values = list(row)
    for at, convert in converted:
        values[at] = convert(values[at], None, connection)
    return values
