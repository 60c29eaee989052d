"""Bringing a backup back into an empty database: whole or not at all, and what was erased stays erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import Error, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from psycopg import sql

from answerable.core import clock
from answerable.core.sentences import sentence
from answerable.ops import backup_file, migrating, tombstones
from answerable.ops.backup_file import BackupError, Manifest, first_line
from answerable.ops.terminal import gettext as _
from answerable.record import epochs, guard
from answerable.record.stopped import LogStopped


@dataclass
class Restored:
    """What came back. `still_open`: codes of cases that are erased now but were open when the backup was taken.

    `new_log`: the public log's new name, where it could not go on from this backup.
    """

    taken_at: str
    rows: int
    keys: int
    sealed: int
    erased_again: int = 0
    #: Incidents whose personal data were destroyed before this backup was put back, and now once more.
    destroyed_again: int = 0
    still_open: list[str] = field(default_factory=list)
    new_log: str | None = None


def bring_back(path: Path, *, keys: Path | None, is_move: bool = False) -> Restored:
    """Restore `path` into the empty database and bring it up to date; one transaction.

    `is_move`: this is the whole of the database that was in use a moment ago, so the public log simply goes on.
    From a backup it goes on only if nothing was signed since; else it begins anew (record.epochs).

    `keys` is the file of data keys; without it identities, channels and attachments stay closed. Whatever any list
    of tombstones names (the backup's, the one beside it, the data folder's) is erased again.
    Raises BackupError with the database as empty as before.
    """
    manifest = _read(path, "data")
    if keys is not None:
        _read(keys, "keys")
    erased = tombstones.read(settings.ANSWERABLE_DATA_DIR / tombstones.NAME)
    erased |= tombstones.read(path.parent / tombstones.NAME)
    _require_empty()
    try:
        with transaction.atomic(durable=True):
            _make_tables(manifest)
            rows = _fill(path, manifest)
            migrating.migrate()
            ContentType.objects.clear_cache()
            if keys is not None:
                _fill(keys, backup_file.read(keys))
            done = Restored(manifest.taken_at, rows, *_fit_keys())
            _erase_again(erased | tombstones.in_database(), done)
            if not is_move:
                done.new_log = epochs.after_restore(manifest.taken_at, guard.last(path.parent / guard.NAME))
    except LogStopped as stopped:
        raise BackupError(sentence(stopped)) from stopped
    except (Error, psycopg.Error) as error:  # COPY raises psycopg's own
        raise BackupError(
            _("The database did not take the backup (%(reason)s). It is as empty as before.")
            % {"reason": first_line(error)}
        ) from error
    tombstones.keep(settings.ANSWERABLE_DATA_DIR)
    return done


def _read(path: Path, kind: str) -> Manifest:
    manifest = backup_file.read(path)
    if manifest.kind != kind:
        raise BackupError(
            _("%(file)s holds data keys and not a backup; it belongs after --keys.") % {"file": path}
            if kind == "data"
            else _("%(file)s holds no data keys; name the file that was written with --keys.")
            % {"file": path}
        )
    known = MigrationExecutor(connection).loader.graph.nodes
    unknown = [
        f"{app}.{n}" for app, names in manifest.migrations.items() for n in names if (app, n) not in known
    ]
    if unknown and kind == "data":
        raise BackupError(
            _("This backup was made by another or newer version of Answerable: its steps %(names)s are unknown here. "
              "Restore it with the version that wrote it, then upgrade.") % {"names": ", ".join(unknown[:3])}
        )  # fmt: skip
    return manifest


def _require_empty() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if tables:
        raise BackupError(
            _("The database %(name)s is not empty. A backup is restored into an empty one only, so that nothing is "
              "overwritten: make a new one (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0), or name a new "
              "data folder with --data. Nothing was changed.") % {"name": connection.settings_dict["NAME"]}
        )  # fmt: skip


def _make_tables(manifest: Manifest) -> None:
    """The tables as they were when the backup was taken: the same migrations, no more."""
    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, names in manifest.migrations.items() for name in names}
    leaves = executor.loader.graph.leaf_nodes()
    plan = [step for step in executor.migration_plan(leaves, clean_start=True) if _key(step[0]) in wanted]
    with migrating.leanly():
        executor.migrate(leaves, plan=plan)
    applied = set(MigrationExecutor(connection).loader.applied_migrations)
    if applied != wanted:
        raise BackupError(
            _("The tables of this backup cannot be made again by this version of Answerable. Restore it with the "
              "version that wrote it, then upgrade.")
        )  # fmt: skip


def _key(step: Migration) -> tuple[str, str]:
    return step.app_label, step.name


def _fill(path: Path, manifest: Manifest) -> int:
    """Copy every table in, in place of the rows that migrations made; how many rows there are."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        # Rows come table by table; migrations leave some foreign keys looked at at once
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in set(manifest.tables):
            cursor.execute(f"DELETE FROM {quote(table)}")
        for table, chunks in backup_file.tables(path):
            _copy(cursor, table, manifest.tables[table]["columns"], chunks)
        for name, value in manifest.sequences.items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [quote(name), value])
        # Foreign keys are looked at now: a migration must not meet waiting ones
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return sum(int(facts["rows"]) for facts in manifest.tables.values())


def _copy(cursor: object, table: str, columns: list[str], chunks: Iterable[bytes]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as rows:  # type: ignore[attr-defined]
        for chunk in chunks:
            rows.write(chunk)


def _fit_keys() -> tuple[int, int]:
    """Drop keys of rows that are not in this backup; how many there are, and how many sealed rows want one."""
    from answerable.cases.models import Attachment, Case
    from answerable.incidents.models import Incident, Photo
    from answerable.parties.models import Channel, DataKey, Party

    owners = [model.objects.values("pk") for model in (Case, Incident, Photo)]
    DataKey.objects.exclude(
        Q(case_id__in=owners[0]) | Q(case_id__in=owners[1]) | Q(case_id__in=owners[2])
    ).delete()
    sealed = {
        *Incident.objects.exclude(call_back=None).values_list("pk", flat=True),
        *Photo.objects.exclude(sealed=None).values_list("pk", flat=True),
        *Party.objects.exclude(sealed=None).values_list("pk", flat=True),
        *Channel.objects.exclude(sealed=None).values_list("pk", flat=True),
        *Attachment.objects.exclude(sealed=None).filter(has_own_key=False).values_list("case_id", flat=True),
        *Attachment.objects.exclude(sealed=None).filter(has_own_key=True).values_list("pk", flat=True),
    }
    return DataKey.objects.filter(owner__in=sealed).count(), len(sealed)


def _erase_again(erased: tombstones.Tombstones, done: Restored) -> None:
    from answerable.cases import rules, steps
    from answerable.cases.models import Case
    from answerable.cases.services import checking
    from answerable.cases.services.erasure import erase_words
    from answerable.incidents.reviews.personal import destroy_again
    from answerable.parties.models import Tombstone
    from answerable.readiness.rounds.photos.steps import destroy_again as destroy_rounds_again
    from answerable.record.actors import Actor

    again = Case.objects.filter(pk__in=erased, erased_at=None).order_by("pk")
    for case_id in list(again.values_list("pk", flat=True)):
        case = steps.lock_case(case_id)
        if case.state not in rules.ENDED:
            done.still_open.append(case.code)
        erase_words(case, by=Actor.system(), now=clock.now(), why="erased before; the backup was older")
        done.erased_again += 1
    now = clock.now()
    done.destroyed_again = destroy_again(erased, now=now) + checking.destroy_again(erased, now=now)
    done.destroyed_again += destroy_rounds_again(erased, now=now)
    # The first date stands, also for cases that this backup does not hold
    for case_id, erased_at in erased.items():
        Tombstone.objects.update_or_create(case_id=case_id, defaults={"erased_at": erased_at})
