"""The database as Django knows it (settings: ENGINE), with statements that stay prepared and a cheap look before use."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.utils import CursorWrapper
from psycopg.types.datetime import TimestamptzLoader

TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
#: Statements a connection keeps prepared. The desk and the API need some two hundred (a number's size is part of one).
KEPT = 400


class Prepared(psycopg.Cursor[Any]):
    """Has the server parse a statement once a connection. Values go beside the statement, never into it."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        # psycopg's own reader of instants (in C), not Django's in Python: the connection's zone is UTC anyway, and
        # a page of a list has two hundred of them.
        self.adapters.register_loader(TIMESTAMPTZ, TimestamptzLoader)

    def execute(self, query: Any, params: Any = None, **_options: Any) -> Prepared:
        super().execute(query, params, prepare=True)
        return self


class PreparedAsWritten(psycopg.RawCursor[Any], Prepared):
    """The same for a statement that says $1, $2 itself: long ones need not be searched for their parameters."""


class Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """With its values, for whoever reads a statement back (tests, a debugger)."""
        if isinstance(cursor, PreparedAsWritten):
            return sql
        if isinstance(cursor, Prepared):
            return self.compose_sql(sql, params) if params is not None else sql
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """Made by Django for each thread."""

    ops_class = Operations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        made.prepared_max = KEPT
        return made

    def prepared_cursor(self, kind: type[Prepared] = Prepared) -> CursorWrapper:
        """A cursor for statements that are written the same each time; see `core.statements`."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            made: CursorWrapper = self._prepare_cursor(kind(self.connection))  # type: ignore[attr-defined]
            return made

    def is_usable(self) -> bool:
        """Whether the connection lives, asked before each request.

        A server that went away has hung up, and that can be read from the socket without asking it anything; where
        something is to be read, it is asked.
        """
        made = self.connection
        if made is None or made.closed:
            return False
        look = select.poll()
        look.register(made.fileno(), select.POLLIN)
        return super().is_usable() if look.poll(0) else True
