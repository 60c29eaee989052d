"""`answerable check`: is this installation fit to work? Every fault a sentence with its remedy."""

from __future__ import annotations

import argparse

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("check", help=_("is everything set up? each fault with its remedy"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 if anything must be put right."""
    from django.utils import translation

    from answerable.ops import checks
    from answerable.ops.terminal import language

    with translation.override(language()):
        faults = checks.run_all()
    for fault in faults:
        complain(f"{fault.code}: {fault.sentence}\n    → {fault.remedy}")
    if faults:
        one, many = _("One thing to put right."), _("%(count)s things to put right.")
        complain(one if len(faults) == 1 else many % {"count": len(faults)})
        return 1
    say(_("Nothing to put right."))
    return 0
