"""A machine with its data folder, and another one to restore on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from pytest_django import Settings


@pytest.fixture
def places(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's data folder, and room for backups beside it."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    settings.ANSWERABLE_DATA_DIR = tmp_path / "data"
    return tmp_path


@pytest.fixture
def new_machine(places: Path, settings: Settings) -> Iterator[Callable[[], object]]:
    """`with new_machine():` an empty database and an empty data folder take the place of what was there."""
    first, facts = connection.settings_dict["NAME"], connection.get_connection_params()
    kept = {k: v for k, v in facts.items() if k not in ("cursor_factory", "context")}
    name = f"{first}_second"  # other processes run these tests beside
    second = sql.Identifier(name)

    def admin(*statements: str) -> None:
        with psycopg.connect(**kept | {"dbname": "postgres"}, autocommit=True) as db:
            for statement in statements:
                db.execute(sql.SQL(statement).format(second))

    @contextmanager
    def other() -> Iterator[None]:
        admin("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
        connection.close()
        connection.settings_dict["NAME"] = name
        settings.ANSWERABLE_DATA_DIR = places / "new-data"
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = first
            admin("DROP DATABASE {}")

    yield other
    assert connection.settings_dict["NAME"] == first
