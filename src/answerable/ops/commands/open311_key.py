"""`answerable open311-key`: let a program hand in requests by Open311, see which ones may, take a key back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from answerable.ops.environment import DATABASE, CannotStart
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.orgs.models import Authority

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `open311-key issue NAME [--office CODE] | list | revoke NAME [--office CODE]`."""
    parser = subparsers.add_parser("open311-key", help=_("keys for Open311 programs: issue | list | revoke"))
    inner = parser.add_subparsers(dest="open311_command", required=True, metavar="issue | list | revoke")
    issue = inner.add_parser("issue", help=_("a key for one program; it is shown this once"))
    issue.add_argument("name", metavar="NAME", help=_("the program's name, never a person's"))
    inner.add_parser("list", help=_("which programs have or had a key"))
    revoke = inner.add_parser("revoke", help=_("take a key back, for good"))
    revoke.add_argument("name", metavar="NAME")
    for one in (issue, revoke):
        one.add_argument(
            "--office", metavar="CODE", default="", help=_("for which office, where there are several")
        )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0. Raises CannotStart with a sentence; then nothing was changed."""
    if args.open311_command == "issue":
        return _issue(args.name, args.office)
    if args.open311_command == "revoke":
        return _revoke(args.name, args.office)
    return _list()


def office(code: str) -> Authority:
    """The office of this code, or the only one. Raises CannotStart."""
    from answerable.orgs.models import Authority

    inside = Authority.objects.filter(is_outside=False).order_by("code")
    found = list(inside.filter(code=code) if code else inside)
    if len(found) == 1:
        return found[0]
    if not inside.exists():
        raise CannotStart(_("There is no office yet. Make one first: answerable createadmin"))
    raise CannotStart(
        _("Say for which office: --office CODE, with one of: %(codes)s.")
        % {"codes": ", ".join(inside.values_list("code", flat=True))}
    )


def _issue(name: str, code: str) -> int:
    from django.utils import translation

    from answerable.core import clock
    from answerable.core.sentences import sentence
    from answerable.open311 import keys
    from answerable.record.actors import Actor

    authority = office(code)
    try:
        row, key = keys.issue_key(authority=authority, name=name, by=Actor.system(), now=clock.now())
    except keys.CannotIssue as error:
        with translation.override(language()):
            raise CannotStart(sentence(error)) from error
    complain(
        _(
            "The key for “%(name)s” at %(office)s. It is shown this once and kept nowhere: give it to that program alone."
        )
        % {"name": row.name, "office": authority}
    )
    say(key)
    return 0


def _revoke(name: str, code: str) -> int:
    from answerable.core import clock
    from answerable.open311 import keys
    from answerable.open311.models import Open311Key
    from answerable.record.actors import Actor

    found = Open311Key.objects.filter(name=name, revoked_at=None)
    if code:
        found = found.filter(authority=office(code))
    if found.count() != 1:
        raise CannotStart(
            _("“%(name)s” names %(count)s keys that are in use. See: answerable open311-key list")
            % {"name": name, "count": found.count()}
        )
    keys.revoke_key(key_id=found.get().pk, by=Actor.system(), now=clock.now())
    say(_("The key of “%(name)s” opens nothing any more. What came in with it stays.") % {"name": name})
    return 0


def _list() -> int:
    from answerable.open311.models import Open311Key

    rows = Open311Key.objects.select_related("authority").order_by("issued_at")
    for row in rows:
        facts = {"name": row.name, "office": row.authority.code, "day": f"{row.issued_at:%Y-%m-%d}"}
        if row.revoked_at is None:
            say(_("%(name)s (%(office)s), since %(day)s") % facts)
        else:
            facts["end"] = f"{row.revoked_at:%Y-%m-%d}"
            say(_("%(name)s (%(office)s), %(day)s to %(end)s, taken back") % facts)
    if not rows:
        say(_("No program has a key."))
    return 0
