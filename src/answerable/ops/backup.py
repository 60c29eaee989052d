"""Taking backups: every table by `COPY` in one snapshot, the data keys apart, old ones thrown away.

Left out: data keys (a file of their own), unlogged tables (rate limits must be gone within the hour), sessions,
unfinished forms and the heartbeat: none of it is needed to go on, and all of it promises to end soon.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from answerable.core.sentences import sentence
from answerable.ops import tombstones
from answerable.ops.backup_file import BackupError, Manifest, Writer, first_line
from answerable.ops.terminal import gettext as _
from answerable.record import guard, starting
from answerable.record.stopped import LogStopped

KEYS_TABLE = "parties_data_key"
MIGRATIONS = "django_migrations"
STATE_TABLE = "orgs_state"  # written by triggers as the organisation comes in
LEFT_OUT = frozenset(
    {KEYS_TABLE, MIGRATIONS, "django_session", "cases_intake_draft", "ops_heartbeat", STATE_TABLE}
)
KEYS_NAME = "answerable-data-keys.tar.gz"
OURS = re.compile(r"answerable-\d{8}T\d{12}Z\.tar\.gz")

TABLES = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
       AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     GROUP BY c.relname ORDER BY c.relname
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"


def take(to: Path, *, keys_to: Path | None, keep: int) -> Path:
    """Write a backup into folder `to`, read it back, keep the newest `keep` (0: all); the new file's path.

    With `keys_to`, the data keys go there, in one file that replaces the last: an older one would hold keys that
    an erasure has destroyed since. Raises BackupError; what was there before is then untouched.
    """
    if keys_to is not None and keys_to.resolve() == to.resolve():
        raise BackupError(
            _("The data keys must lie apart from the backup: whoever has both and the key file can open every "
              "identity, and an erased one comes back. Name another folder after --keys.")
        )  # fmt: skip
    try:
        for folder in filter(None, (to, keys_to)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = _dump(to, keys_to)
        tombstones.keep(settings.ANSWERABLE_DATA_DIR)
        tombstones.add(to / tombstones.NAME, tombstones.read(settings.ANSWERABLE_DATA_DIR / tombstones.NAME))
        _note_what_was_signed(to / guard.NAME)
        _throw_away(to, keep)
    except OSError as error:
        raise BackupError(
            _("The backup could not be written to %(folder)s (%(reason)s). Earlier backups are untouched.")
            % {"folder": error.filename or to, "reason": error.strerror or error}
        ) from error
    except psycopg.Error as error:
        raise BackupError(
            _("The database did not give its data (%(reason)s). Earlier backups are untouched.")
            % {"reason": first_line(error)}
        ) from error
    return path


def _note_what_was_signed(path: Path) -> None:
    """A copy of the public log's last head beside the backup, so that a restore elsewhere knows of it."""
    try:
        signed, there = guard.last(starting.guard_path()), guard.last(path)
        if signed is not None and signed != there:
            guard.add(path, signed)
    except LogStopped as stopped:
        raise BackupError(sentence(stopped)) from stopped


def hand_over(command: str, *, keys_to: Path | None) -> None:
    """Make a backup and run `command` for it and for the list of erased cases; `{file}` stands for the file.

    No shell is involved. Raises BackupError if the command cannot be run or ends with another code than 0.
    """
    words = shlex.split(command)
    if "{file}" not in command or not words:
        raise BackupError(_("The command must say {file} where the backup's path belongs."))
    with tempfile.TemporaryDirectory(prefix="answerable-backup-") as scratch:
        take(Path(scratch), keys_to=keys_to, keep=0)
        for file in sorted(Path(scratch).iterdir()):
            try:
                code = subprocess.run([word.replace("{file}", str(file)) for word in words]).returncode
                reason = str(code)
            except OSError as error:
                code, reason = -1, error.strerror or str(error)
            if code != 0:
                raise BackupError(
                    _("The command did not take %(file)s (%(reason)s). There is no new backup.")
                    % {"file": file.name, "reason": reason}
                )


def copy_everything(to: Path) -> tuple[Path, Path]:
    """Rows and data keys as two files in folder `to`, unfinished forms and sessions too: for a move, not to keep.

    Raises psycopg.Error and OSError.
    """
    (to / "keys").mkdir(mode=0o700)
    return _dump(
        to, to / "keys", left_out=frozenset({KEYS_TABLE, MIGRATIONS, STATE_TABLE})
    ), to / "keys" / KEYS_NAME


def _dump(to: Path, keys_to: Path | None, left_out: frozenset[str] | None = None) -> Path:
    # A connection of its own: a snapshot must be chosen before the first query
    facts = connection.get_connection_params()
    with psycopg.connect(**{k: v for k, v in facts.items() if k not in ("cursor_factory", "context")}) as db:
        db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        db.read_only = True
        taken_at, schema = _snapshot(db)
        path = to / f"answerable-{taken_at:%Y%m%dT%H%M%S%fZ}.tar.gz"
        migrations = _migrations(db)
        manifest = Manifest("data", taken_at.isoformat(), migrations)
        manifest.sequences = dict(
            db.execute(SEQUENCES + " AND last_value IS NOT NULL").fetchall()  # type: ignore[arg-type]
        )
        # The keys first: if their place is full, there is no backup that would open without them
        if keys_to is not None:
            apart = Manifest("keys", taken_at.isoformat(), migrations)
            with Writer(keys_to / KEYS_NAME, apart) as file:
                _copy(db, file, KEYS_TABLE, schema[KEYS_TABLE])
        with Writer(path, manifest) as file:
            for name, columns in schema.items():
                if name not in (LEFT_OUT if left_out is None else left_out):
                    _copy(db, file, name, columns)
    return path


def _snapshot(db: psycopg.Connection) -> tuple[datetime, dict[str, list[str]]]:
    row = db.execute("SELECT now()").fetchone()
    assert row is not None
    schema = {str(name): [str(c) for c in columns] for name, columns in db.execute(TABLES).fetchall()}
    if KEYS_TABLE not in schema:
        raise BackupError(_("There is nothing to back up: the database is empty. Run: answerable migrate"))
    return row[0].astimezone(UTC), schema


def _migrations(db: psycopg.Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for app, name in db.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall():
        found.setdefault(app, []).append(name)
    return found


def _copy(db: psycopg.Connection, file: Writer, table: str, columns: list[str]) -> None:
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with db.cursor() as cursor:

        def chunks() -> Iterator[bytes]:
            with cursor.copy(statement) as rows:
                yield from map(bytes, rows)

        file.add_table(table, columns, chunks(), lambda: cursor.rowcount)


def _throw_away(folder: Path, keep: int) -> None:
    found = sorted(path for path in folder.iterdir() if OURS.fullmatch(path.name))
    for path in found[:-keep] if keep else []:
        path.unlink()
