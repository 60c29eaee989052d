"""`answerable backup`: everything but the data keys into one file; the keys into another, apart."""

from __future__ import annotations

import argparse
from pathlib import Path

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE
KEEP = 30


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("backup", help=_("back the database up, data keys apart"))
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("to", metavar="TO", nargs="?", type=Path, help=_("the folder for backups"))
    where.add_argument(
        "--command", metavar="CMD", help=_("hand each file to a command instead; {file} is its path")
    )
    add_options(parser)
    parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--keys` and `--keep`, as the upgrade has them too."""
    parser.add_argument(
        "--keys", metavar="TO2", type=Path, help=_("the folder for the data keys: another place")
    )
    parser.add_argument(
        "--keep",
        metavar="N",
        type=_count,
        default=KEEP,
        help=_(
            "keep the newest N backups, %(default)s if not said; 0 keeps all, and what was erased since in them"
        ),
    )


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(_("a whole number, 0 or more"))
    return int(text)


def run(args: argparse.Namespace) -> int:
    """0, or 2 with a sentence (BackupError)."""
    from answerable.ops import backup

    if args.command is not None:
        backup.hand_over(args.command, keys_to=args.keys)
        say(_("The backup was handed over."))
    else:
        path = backup.take(args.to, keys_to=args.keys, keep=args.keep)
        say(_("Written and read back: %(file)s") % {"file": path})
    if args.keys is None:
        complain(
            _("The data keys are in no backup. Without them, names, contact channels and attachments stay closed after "
              "a restore: name another place after --keys.")
        )  # fmt: skip
    else:
        say(_("The data keys are in %(file)s.") % {"file": args.keys / backup.KEYS_NAME})
    return 0
