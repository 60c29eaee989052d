"""`answerable upgrade`: backup, then a newer PostgreSQL where there is one, then all pending migrations or none."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from answerable.ops import environment
from answerable.ops.commands.backup import add_options
from answerable.ops.environment import DATABASE, ITSELF, CannotStart
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

NEEDS = ITSELF


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "upgrade", help=_("back up, then bring the database up to this version, or leave it as it was")
    )
    parser.add_argument("to", metavar="TO", type=Path, help=_("the folder for backups"))
    add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 2 with a sentence (BackupError, UpgradeFailed, PostgresError)."""
    moved = _move(args)
    with environment.prepare(DATABASE):
        from answerable.ops import migrating, upgrade

        if moved is not None:
            migrating.point_at(os.environ["ANSWERABLE_DATABASE_URL"])
        made, steps = upgrade.upgrade(args.to, keys_to=args.keys, keep=args.keep)
        if made is not None:
            say(_("Backup: %(file)s") % {"file": made})
            say(_("The database is up to date; %(count)s steps were made.") % {"count": steps})
        elif moved is not None:
            say(_("The database is up to date."))
        else:
            say(_("The database is up to date. Nothing was done."))
    return 0


def _move(args: argparse.Namespace) -> int | None:
    """Move the embedded server's data to the newest PostgreSQL that is here: its major version, None if none is newer."""
    from answerable.ops import postgres_major
    from answerable.ops.postgres_binaries import PostgresError

    folder = environment.data_dir()
    if folder is None or environment.names_a_database():
        return None
    try:
        step = postgres_major.due(folder / "database")
        if step is None:
            return None
        environment.take_from(folder)
        environment.check_settings_but_database()
        say(_("PostgreSQL %(old)s: the data are moved to %(new)s …")
            % {"old": step.old.version, "new": step.new.version})  # fmt: skip
        with postgres_major.Move(folder / "database", step) as move:
            os.environ["ANSWERABLE_DATABASE_URL"] = move.old.url
            environment.set_up_django()
            from answerable.ops import upgrade

            made = upgrade.move(move, args.to, keys_to=args.keys, keep=args.keep)
    except PostgresError as error:
        raise CannotStart(str(error)) from error
    finally:
        os.environ.pop("ANSWERABLE_DATABASE_URL", None)
    say(_("Backup: %(file)s") % {"file": made})
    say(_("The data are in PostgreSQL %(new)s now.") % {"new": step.new.version})
    if os.environ.pop("ANSWERABLE_PG_BIN", None):
        complain(_("Take ANSWERABLE_PG_BIN out of the settings, or name the new programs there."))
    return step.new.major
