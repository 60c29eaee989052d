"""`answerable upgrade` against migrations that work, that fail, and that could not be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from answerable.ops import backup_file, migrations, upgrade
from answerable.ops.backup import KEYS_NAME
from answerable.ops.upgrade import UpgradeFailed

pytestmark = pytest.mark.django_db(transaction=True)

STEP = """
from django.db import migrations

class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [("ops", "{after}")]
    operations = [migrations.RunSQL("{sql}", migrations.RunSQL.noop)]
"""
PRESENT = """
import importlib
Migration = importlib.import_module("answerable.ops.migrations.{name}").Migration
"""
#: The steps that this version has.
OWN = sorted(path.stem for path in Path(migrations.__file__).parent.glob("0*.py"))
GOOD, BAD = "CREATE TABLE ops_next (id int)", "SELECT no_such_function()"


@pytest.fixture
def next_version(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Callable[..., None]]:
    """`next_version(sql, …)`: the next version of Answerable, with these steps after the present ones."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    settings.ANSWERABLE_DATA_DIR = tmp_path / "data"
    package = tmp_path / f"next_{request.node.name}"

    def make(*steps: str, atomic: bool = True) -> None:
        package.mkdir()
        (package / "__init__.py").touch()
        for name in OWN:
            (package / f"{name}.py").write_text(PRESENT.format(name=name))
        after = OWN[-1]
        for number, sql in enumerate(steps, len(OWN) + 1):
            name = f"{number:04}_step"
            (package / f"{name}.py").write_text(STEP.format(after=after, sql=sql, atomic=atomic))
            after = name
        monkeypatch.syspath_prepend(str(tmp_path))
        settings.MIGRATION_MODULES = {"ops": package.name}

    yield make
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS ops_next")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ops' AND name <> ALL(%s)", [OWN])


def state() -> tuple[set[str], set[tuple[str, str]]]:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return tables, set(MigrationLoader(connection).applied_migrations)


def test_a_step_that_fails_leaves_the_database_as_it_was(next_version: Callable, tmp_path: Path) -> None:
    next_version(GOOD, BAD)
    before = state()
    with pytest.raises(UpgradeFailed, match=r"(?s)no_such_function.*as it was before") as failed:
        upgrade.upgrade(tmp_path / "to", keys_to=tmp_path / "keys", keep=3)
    assert state() == before
    (made,) = (tmp_path / "to").glob("*.gz")
    assert str(made) in str(failed.value)
    assert backup_file.read(made).migrations["ops"] == OWN
    assert (tmp_path / "keys" / KEYS_NAME).exists()


def test_steps_that_work_are_made_after_a_backup_and_not_twice(
    next_version: Callable, tmp_path: Path
) -> None:
    next_version(GOOD, "INSERT INTO ops_next VALUES (1)")
    made, steps = upgrade.upgrade(tmp_path / "to", keys_to=None, keep=3)
    assert (made is not None and made.exists(), steps) == (True, 2)
    assert "ops_next" in state()[0]
    assert upgrade.upgrade(tmp_path / "to", keys_to=None, keep=3) == (None, 0)
    assert len(list((tmp_path / "to").glob("*.gz"))) == 1


def test_a_step_that_cannot_be_taken_back_is_not_made(next_version: Callable, tmp_path: Path) -> None:
    next_version(GOOD, atomic=False)
    before = state()
    with pytest.raises(UpgradeFailed, match=rf"ops\.{len(OWN) + 1:04}_step cannot be taken back"):
        upgrade.upgrade(tmp_path / "to", keys_to=None, keep=3)
    assert state() == before


def test_without_a_backup_there_is_no_upgrade(next_version: Callable, tmp_path: Path) -> None:
    next_version(GOOD)
    (tmp_path / "to").touch()
    before = state()
    with pytest.raises(backup_file.BackupError, match="could not be written"):
        upgrade.upgrade(tmp_path / "to", keys_to=None, keep=3)
    assert state() == before


def test_every_step_of_ours_can_be_taken_back() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("answerable.")}
    steps = MigrationLoader(connection).disk_migrations
    assert [key for key, step in steps.items() if key[0] in ours and not step.atomic] == []
