"""Upgrading: a backup, then every pending migration in one transaction. A failure leaves the database as it was."""

from __future__ import annotations

from pathlib import Path

from django.db import Error, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from answerable.ops import backup, migrating
from answerable.ops.backup_file import first_line
from answerable.ops.environment import CannotStart
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
    if whole := [f"{step.app_label}.{step.name}" for step in steps if not step.atomic]:
        raise UpgradeFailed(
            _("The step %(name)s cannot be taken back, so it is not made here. Nothing was changed. Make a backup, stop "
              "the services and run: answerable migrate") % {"name": whole[0]}
        )  # fmt: skip
    made = backup.take(to, keys_to=keys_to, keep=keep)
    try:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                # A forgotten web process holds tables: say so instead of waiting for ever
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
            migrating.migrate()
    except Exception as error:  # a migration is code: anything may come out of it
        reason = first_line(error) if isinstance(error, Error) else f"{type(error).__name__}: {error}"
        raise UpgradeFailed(
            _("The upgrade failed (%(reason)s). The database is as it was before; go back to the version that ran "
              "until now. The backup taken first is %(file)s.") % {"reason": reason, "file": made}
        ) from error  # fmt: skip
    return made, len(steps)
