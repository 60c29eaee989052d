"""What migrating leanly makes (ops/migrating.py) is what the models say: the tests' own tables are made so."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models


@pytest.mark.django_db
def test_the_tables_are_as_the_models_say():
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model.__module__.startswith("answerable.") or not model._meta.managed or model._meta.proxy:
                continue
            table = model._meta.db_table
            fields = [
                field
                for field in model._meta.local_concrete_fields
                if field.db_parameters(connection)["type"]
            ]
            cursor.execute(
                "SELECT attname, NOT attnotnull, format_type(atttypid, atttypmod) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                [f'"{table}"'],
            )
            found = {name: (nullable, kind) for name, nullable, kind in cursor.fetchall()}
            said = {field.column: (field.null or field.generated, _kind(field)) for field in fields}
            assert found == said, table
            there = connection.introspection.get_constraints(cursor, table)
            points_to = {
                name: one["foreign_key"]
                for one in there.values()
                if one["foreign_key"]
                for name in one["columns"]
            }
            assert points_to == {
                field.column: (field.related_model._meta.db_table, field.target_field.column)
                for field in fields
                if field.remote_field and field.db_constraint
            }, table
            named = {one.name for one in (*model._meta.indexes, *model._meta.constraints)}
            assert named <= there.keys(), table
            for field in fields:
                if field.unique or field.db_index:
                    alone = [one for one in there.values() if one["columns"] == [field.column]]
                    assert any(one["unique"] if field.unique else one["index"] for one in alone), (
                        table,
                        field.name,
                    )


def _kind(field: models.Field) -> str:
    """The column's type as the server writes it."""
    kind = field.db_parameters(connection)["type"].replace("varchar", "character varying").replace(", ", ",")
    return "time without time zone" if kind == "time" else kind
