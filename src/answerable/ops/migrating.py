"""Migrations, one process at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.operations import CreateExtension
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from psycopg.conninfo import conninfo_to_dict

LOCK = 0x616E7377  # "answ": any number that nothing else uses


def migrate(*target: str, verbosity: int = 0) -> None:
    """Run what is pending. Of several processes that start at once, one migrates and the others wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            # Named targets may lie behind, and on the way back each step looks at everything related.
            with _no_garbage() if target else leanly():
                call_command("migrate", *target, interactive=False, verbosity=verbosity)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def leanly() -> Iterator[None]:
    """Migrate forwards for a fraction of what it costs otherwise."""
    with _no_garbage(), each_model_by_itself():
        yield


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Django makes the models of each step anew, some thousands in all; looking for garbage among them takes a fifth
    of the time and finds little.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


#: Steps whose statements are made from their own model alone; what it points to need only have the same table.
_OWN = (
    operations.AddConstraint,
    operations.AddField,
    operations.AddIndex,
    operations.AlterModelOptions,
    operations.AlterUniqueTogether,
    operations.CreateModel,
    operations.RemoveIndex,
    operations.RunSQL,
    CreateExtension,
)
#: The same of a column that no other table may point to.
_OWN_COLUMN = (operations.AlterField, operations.RemoveField)


def _is_own(step: Operation, app_label: str, state: ProjectState) -> bool:
    if not isinstance(step, _OWN_COLUMN):
        return isinstance(step, _OWN)
    model = state.models.get((app_label, step.model_name_lower))  # none yet: made by the same migration
    was = model.fields.get(step.name) if model else None
    fields = [field for field in (was, getattr(step, "field", None)) if field is not None]
    return was is not None and not any(
        field.primary_key or field.many_to_many or field.one_to_one for field in fields
    )


@contextmanager
def each_model_by_itself() -> Iterator[None]:
    """After each step Django makes anew every model that is related to the changed one, at any distance: nine tenths
    of what migrating costs. Here only the changed one is; before a migration with any other step all are made anew.
    """
    related, applied = ProjectState._find_reload_model, Migration.apply  # type: ignore[attr-defined]

    def own(
        _state: ProjectState, app_label: str, model_name: str, delay: bool = False
    ) -> set[tuple[str, str]]:
        return {(app_label, model_name)}

    def apply(migration: Migration, state: ProjectState, *args: Any, **options: Any) -> ProjectState:
        if all(_is_own(one, migration.app_label, state) for one in migration.operations):
            return applied(migration, state, *args, **options)
        state.__dict__.pop("apps", None)
        state.is_delayed = False  # type: ignore[attr-defined]
        _ = state.apps  # each step copies what is there, and would make all models once more for want of it
        ProjectState._find_reload_model = related  # type: ignore[attr-defined]
        try:
            return applied(migration, state, *args, **options)
        finally:
            ProjectState._find_reload_model = own  # type: ignore[attr-defined]

    ProjectState._find_reload_model, Migration.apply = own, apply  # type: ignore[attr-defined, method-assign, assignment]
    try:
        yield
    finally:
        ProjectState._find_reload_model, Migration.apply = related, applied  # type: ignore[attr-defined, method-assign, assignment]


def migrate_empty() -> None:
    """Make the tables of a database that has none; one that is merely behind is left to `upgrade`."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if not tables:
        migrate()


def point_at(url: str) -> None:
    """Let Django work on another database from now on; the address as libpq takes it."""
    facts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    connection.close()
    for name, key in (
        ("NAME", "dbname"),
        ("USER", "user"),
        ("PASSWORD", "password"),
        ("HOST", "host"),
        ("PORT", "port"),
    ):
        connection.settings_dict[name] = facts.get(key, "")
