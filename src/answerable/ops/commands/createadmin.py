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
    """Make the account and a post for it. Raises CannotStart with a sentence; then nothing was made."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction
    from django.utils import translation

    from answerable.cases.packs import PackError, load_pack
    from answerable.core import clock
    from answerable.ops.terminal import language
    from answerable.orgs.models import Appointment, Authority, Staff

    if Staff.objects.filter(username=args.username).exists():
        raise CannotStart(
            _("There is an account %(name)s already. Choose another name.") % {"name": args.username}
        )
    if not Authority.objects.filter(is_outside=False).exists() and not args.office:
        raise CannotStart(_("There is no office yet. Name it: --office NAME"))
    try:
        load_pack(args.pack)
    except PackError as error:
        raise CannotStart(str(error)) from error
    password = _password(from_stdin=args.password_stdin)
    staff = Staff(username=args.username, name_zh=args.name, name_en=args.name)
    with translation.override(language()):
        try:
            staff.full_clean(exclude=["password"])
            validate_password(password, staff)
        except ValidationError as error:
            raise CannotStart("\n".join(error.messages)) from error
    with transaction.atomic():
        staff.set_password(password)
        staff.save()
        post = _post(args.office, args.pack)
        Appointment.objects.create(post=post, staff=staff, from_at=clock.now())
    say(
        _("%(name)s may sign in and set up %(office)s.")
        % {"name": args.username, "office": post.unit.authority}
    )
    return 0


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise CannotStart(_("Nobody is there to type a password. Use --password-stdin."))
    password = getpass.getpass(_("Password: "))
    if getpass.getpass(_("Once more: ")) != password:
        raise CannotStart(_("The two passwords differ. Nothing was made."))
    return password


def _post(office: str, pack: str):  # type: ignore[no-untyped-def]  # orgs.models.Post, imported late
    """A vacant administrator's post; a new one where every one is held; office and unit too where there are none."""
    from answerable.orgs.models import Authority, Post, Role, Unit

    authority = Authority.objects.filter(is_outside=False).order_by("pk").first()
    if authority is None:
        authority = Authority.objects.create(code="office", name_zh=office, name_en=office, pack=pack)
    unit = Unit.objects.filter(authority=authority, parent=None).order_by("pk").first()
    if unit is None:
        unit = Unit.objects.create(
            authority=authority, code="office", name_zh=authority.name_zh, name_en=authority.name_en
        )
        unit.path = [unit.pk]
        unit.save(update_fields=["path"])
    posts = Post.objects.filter(unit__authority=authority, role=Role.ADMINISTRATOR, closed_on=None)
    vacant = posts.filter(appointments=None).order_by("pk").first()
    if vacant is not None:
        return vacant
    number = Post.objects.filter(unit=unit, role=Role.ADMINISTRATOR).count() + 1
    return Post.objects.create(
        unit=unit,
        code=f"administrator-{number}",
        role=Role.ADMINISTRATOR,
        name_zh="系统管理员",
        name_en="Administrator",
    )
