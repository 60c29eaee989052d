"""Columns that hold data keys wrapped by the key file, so that adding a key can wrap them all again.

A room to the right adds its own with `register(WrappedColumn(...))` in its app's `ready()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection, models
from django.db.models.functions import Length
from psycopg import sql

from answerable.parties import vault
from answerable.parties.keyfile import WRAP_FORMAT, KeyFileError, KeyRing
from answerable.parties.models import DataKey

BATCH = 500


@dataclass(frozen=True)
class WrappedColumn:
    """A bytea column of wrapped keys, each bound to `vault.bind(db_table, column, primary key)`."""

    model: type[models.Model]
    column: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def aad(self, row: object) -> bytes:
        return vault.bind(self.table, self.column, row)

    def counts(self) -> dict[int, int]:
        """How many rows each key of the file wraps, `{key number: rows}`."""
        byte = partial(models.Func, self.column, function="get_byte", output_field=models.IntegerField())
        numbers = (
            self.model._default_manager.annotate(size=Length(self.column))
            .filter(size__gt=2)
            .values(number=byte(models.Value(1)) * 256 + byte(models.Value(2)))
            .annotate(rows=models.Count("*"))
            .order_by("number")
        )
        return {row["number"]: row["rows"] for row in numbers}

    def batches(self, newest: int) -> Iterator[list[tuple[object, bytes]]]:
        """Rows not wrapped by `newest`, in primary-key order, 500 at a time."""
        key = self.model._meta.pk.attname  # type: ignore[union-attr]
        head = bytes([WRAP_FORMAT]) + newest.to_bytes(2, "big")
        rows = self.model._default_manager.annotate(
            wrapped_head=models.Func(
                self.column, 1, 3, function="substring", output_field=models.BinaryField()
            )
        ).exclude(wrapped_head=head)
        last: object = None
        while True:
            page = rows if last is None else rows.filter(**{f"{key}__gt": last})
            found = list(page.order_by(key).values_list(key, self.column)[:BATCH])
            if not found:
                return
            last = found[-1][0]
            yield [(row, bytes(blob)) for row, blob in found]

    def store(self, changes: list[tuple[object, bytes, bytes]]) -> int:
        """Write `(row, old, new)` where the row still holds `old`; how many did. One statement.

        A row that was erased meanwhile stays erased.
        """
        pk = self.model._meta.pk
        assert pk is not None
        statement = sql.SQL(
            "UPDATE {table} AS t SET {column} = v.fresh"
            " FROM unnest(%s::{kind}[], %s::bytea[], %s::bytea[]) AS v(id, old, fresh)"
            " WHERE t.{key} = v.id AND t.{column} = v.old"
        ).format(
            table=sql.Identifier(self.table),
            column=sql.Identifier(self.column),
            key=sql.Identifier(str(pk.column)),
            kind=sql.SQL(str(pk.db_type(connection))),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(part) for part in zip(*changes, strict=True)])
            return int(cursor.rowcount)


@dataclass(frozen=True)
class Rewrapped:
    """`done` rows were wrapped anew; `closed` could not be opened, as their key is not in the file."""

    done: int
    closed: int


_columns: list[WrappedColumn] = [WrappedColumn(DataKey, "wrapped")]


def register(column: WrappedColumn) -> None:
    """Have `column` wrapped again when a key is added. Naming it twice is no fault."""
    if column not in _columns:
        _columns.append(column)


def wrapped_rows() -> list[WrappedColumn]:
    """Every column of wrapped keys in the installation."""
    return list(_columns)


def counts() -> dict[int, int]:
    """How many data keys each key of the file wraps, over all columns."""
    total: dict[int, int] = {}
    for column in _columns:
        for version, rows in column.counts().items():
            total[version] = total.get(version, 0) + rows
    return total


def rewrap(ring: KeyRing) -> Rewrapped:
    """Wrap everything with the newest key. Work goes on meanwhile; ended half-way, it can be run again."""
    done = closed = 0
    for column in _columns:
        for rows in column.batches(ring.newest):
            changes = []
            for row, blob in rows:
                try:
                    changes.append((row, blob, ring.rewrap(blob, column.aad(row))))
                except KeyFileError:
                    closed += 1
            if changes:
                done += column.store(changes)
    return Rewrapped(done, closed)
