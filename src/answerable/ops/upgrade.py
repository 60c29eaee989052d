"""Upgrading: a backup, then every pending migration in one transaction. A failure leaves the database as it was.

An embedded server whose programs are newer than its data is moved first: see `postgres_major`.
"""

from __future__ import annotations

from pathlib import Path

from django.db import Error, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from answerable.ops import backup, migrating, restore
from answerable.ops.backup_file import BackupError, first_line
from answerable.ops.environment import CannotStart
from answerable.ops.postgres_binaries import PostgresError
from answerable.ops.postgres_major import Move
from answerable.ops.terminal import gettext as _

LOCK_WAIT = "30s"


class UpgradeFailed(CannotStart):
    """The database is as it was; `str()` says why and what to do."""


def pending() -> list[Migration]:
    """Migrations that the database lacks, in their order."""
    executor = MigrationExecutor(connection)
    return [step for step, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def upgrade(to: Path, *, keys_to: Path | None, keep: int) -> tuple[Path | None, int]:
    """The backup that was taken first and how many steps were made; (None, 0) where none was pending.

    Raises BackupError when there is no backup, UpgradeFailed when a step fails: the database is unchanged then.
    """
    steps = pending()
    if not steps:
        return None, 0
    _refuse_unsafe(steps)
    made = backup.take(to, keys_to=keys_to, keep=keep)
    try:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                # A forgotten web process holds tables: say so instead of waiting for ever
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
            migrating.migrate()
    except Exception as error:  # a migration is code: anything may come out of it
        raise _failed(error, made) from error
    return made, len(steps)


def move(moved: Move, to: Path, *, keys_to: Path | None, keep: int) -> Path:
    """Carry everything from the old server to the new one, pending steps included, and swap; the backup taken first.

    Raises BackupError when there is no backup, UpgradeFailed when anything else fails: the old data are untouched.
    """
    migrating.point_at(moved.old.url)
    _refuse_unsafe(pending())
    made = backup.take(to, keys_to=keys_to, keep=keep)
    try:
        rows, keys = backup.copy_everything(moved.work)
        migrating.point_at(moved.new.url)
        restore.bring_back(rows, keys=keys, is_move=True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()
        moved.swap()
    except Exception as error:
        raise _failed(error, made) from error
    finally:
        connection.close()
    return made


def _refuse_unsafe(steps: list[Migration]) -> None:
    if whole := [f"{step.app_label}.{step.name}" for step in steps if not step.atomic]:
        raise UpgradeFailed(
            _("The step %(name)s cannot be taken back, so it is not made here. Nothing was changed. Make a backup, stop "
              "the services and run: answerable migrate") % {"name": whole[0]}
        )  # fmt: skip


def _failed(error: Exception, made: Path) -> UpgradeFailed:
    reason = first_line(error) if isinstance(error, Error) else f"{type(error).__name__}: {error}"
    if isinstance(error, BackupError | PostgresError):
        reason = str(error)
    return UpgradeFailed(
        _("The upgrade failed (%(reason)s). The database is as it was before; go back to the version that ran "
          "until now. The backup taken first is %(file)s.") % {"reason": reason, "file": made}
    )  # fmt: skip
