"""`answerable migrate`: bring the database to the state that this version needs."""

from __future__ import annotations

import argparse

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("migrate", help=_("bring the database up to date"))
    parser.add_argument("app", nargs="?", help=_("only this part"))
    parser.add_argument("migration", nargs="?", help=_("to this step, also backwards"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from answerable.ops import migrating

    migrating.migrate(*[word for word in (args.app, args.migration) if word], verbosity=1)
    return 0
