"""`answerable createadmin`: the first person who may set an office up."""

from __future__ import annotations

import argparse
import getpass
import sys

from answerable.ops.environment import DATABASE, CannotStart
from answerable.ops.terminal import gettext as _
from answerable.ops.terminal import say

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("createadmin", help=_("a sign-in for whoever sets the office up"))
    parser.add_argument("username", metavar="USERNAME")
    parser.add_argument("--name", default="", help=_("the person's name"))
    parser.add_argument("--office", default="", help=_("the office's name, where there is none yet"))
    parser.add_argument(
        "--pack", default="generic", help=_("the office's procedure; see `answerable packs list`")
    )
    parser.add_argument(
        "--password-stdin", action="store_true", help=_("read the password from standard input")
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make tables and keys where there are none, the account and a post for it. Raises CannotStart with a sentence."""
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.utils import translation

    from answerable.cases.packs import PackError, load_pack
    from answerable.core import clock
    from answerable.ops import migrating, start_up
    from answerable.ops.terminal import language
    from answerable.orgs.services.administrators import CannotBegin, NewAdministrator, make_administrator
    from answerable.record.actors import Actor

    migrating.migrate_empty()
    start_up.open_keys()
    try:
        load_pack(args.pack)
    except PackError as error:
        raise CannotStart(str(error)) from error
    password = _password(from_stdin=args.password_stdin)
    new = NewAdministrator(args.username, args.name, password, args.office, args.pack)
    with translation.override(language()):
        try:
            office = make_administrator(new, by=Actor.system(), now=clock.now())
        except ValidationError as error:
            raise CannotStart("\n".join(error.messages)) from error
        except CannotBegin as error:
            raise CannotStart(_refused(error.code, args.username)) from error
    say(_("%(name)s may sign in and set up %(office)s.") % {"name": args.username, "office": office})
    say(
        _("Start the web server and the worker (answerable serve, answerable worker), then go to %(address)s")
        % {"address": f"{settings.BASE_URL}/desk/organisation/first-steps"}
    )
    return 0


def _refused(code: str, username: str) -> str:
    if code == "taken":
        return _("There is an account %(name)s already. Choose another name.") % {"name": username}
    return _("There is no office yet. Name it: --office NAME")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise CannotStart(_("Nobody is there to type a password. Use --password-stdin."))
    password = getpass.getpass(_("Password: "))
    if getpass.getpass(_("Once more: ")) != password:
        raise CannotStart(_("The two passwords differ. Nothing was made."))
    return password
