"""`answerable upgrade`: backup, then all pending migrations or none."""

from __future__ import annotations

import argparse
from pathlib import Path

from answerable.ops.commands.backup import add_options
from answerable.ops.environment import DATABASE
from answerable.ops.terminal import gettext as _
from answerable.ops.terminal import say

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "upgrade", help=_("back up, then bring the database up to this version, or leave it as it was")
    )
    parser.add_argument("to", metavar="TO", type=Path, help=_("the folder for backups"))
    add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 2 with a sentence (BackupError, UpgradeFailed)."""
    from answerable.ops import upgrade

    made, steps = upgrade.upgrade(args.to, keys_to=args.keys, keep=args.keep)
    if made is None:
        say(_("The database is up to date. Nothing was done."))
    else:
        say(_("Backup: %(file)s") % {"file": made})
        say(_("The database is up to date; %(count)s steps were made.") % {"count": steps})
    return 0
