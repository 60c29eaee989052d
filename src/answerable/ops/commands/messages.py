"""`answerable messages`: compile the translations, or name what is missing."""

from __future__ import annotations

import argparse

from answerable.ops.environment import NOTHING
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

NEEDS = NOTHING


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("messages", help=_("translations: compile | check | missing"))
    inner = parser.add_subparsers(dest="messages_command", required=True, metavar="compile | check | missing")
    inner.add_parser("compile", help=_("make the files that are read at run time"))
    for name, text in (
        ("check", _("name every gap, by file and line; exit 1 if there is one")),
        ("missing", _("print what is missing as catalogue entries to fill in")),
    ):
        sub = inner.add_parser(name, help=text)
        sub.add_argument("room", nargs="?", default="", help=_("only this room, such as cases"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from answerable.ops import messages

    if args.messages_command == "compile":
        for path in messages.compile_stale(everything=True):
            say(str(path))
        return 0
    if args.messages_command == "missing":
        for room in messages.rooms():
            if not args.room or room.name == args.room:
                say(messages.stubs(room))
        return 0
    gaps = messages.check(args.room)
    for gap in gaps:
        complain(str(gap))
    for gap in [] if args.room else messages.unused():
        complain(_("(only a note) %(gap)s") % {"gap": gap})
    if gaps:
        complain(_("%(count)s gaps in the Chinese translation.") % {"count": len(gaps)})
        return 1
    say(_("The Chinese translation is complete."))
    return 0
