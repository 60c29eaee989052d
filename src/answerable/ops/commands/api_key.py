"""`answerable api-key`: give another system a key, exchange it, see which systems have one, take one back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from answerable.ops.environment import DATABASE, CannotStart
from answerable.ops.offices import office
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.api.models import ApiClient
    from answerable.orgs.models import Authority, Post, Unit

NEEDS = DATABASE
#: A typing error is no date beyond the calendar.
LONGEST_DAYS = 3650


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `api-key issue NAME [--scope …] | rotate NAME | list | revoke NAME`."""
    parser = subparsers.add_parser(
        "api-key", help=_("keys for other systems: issue | rotate | list | revoke")
    )
    inner = parser.add_subparsers(
        dest="api_key_command", required=True, metavar="issue | rotate | list | revoke"
    )
    issue = inner.add_parser("issue", help=_("a key for one system; it is shown this once"))
    issue.add_argument("name", metavar="NAME", help=_("the system's name, never a person's"))
    issue.add_argument(
        "--office", metavar="CODE", default="", help=_("for which office, where there are several")
    )
    issue.add_argument(
        "--scope",
        metavar="SCOPE",
        action="append",
        default=[],
        help=_("what it may do, once for each (docs/reference/api.md); without any it hands in"),
    )
    issue.add_argument(
        "--unit", metavar="CODE", default="", help=_("only about this unit and those below it")
    )
    issue.add_argument("--post", metavar="UNIT/POST", default="", help=_("the post that answers for the key"))
    issue.add_argument("--days", metavar="DAYS", type=int, default=0, help=_("so long it works"))
    rotate = inner.add_parser("rotate", help=_("a new secret for a key; it is shown this once"))
    rotate.add_argument("name", metavar="NAME")
    rotate.add_argument("--office", metavar="CODE", default="", help=_("where two offices use the name"))
    rotate.add_argument(
        "--overlap",
        metavar="HOURS",
        type=int,
        default=168,
        help=_("so long the secret before works too; 0: it ends now"),
    )
    inner.add_parser("list", help=_("which systems have or had a key"))
    revoke = inner.add_parser("revoke", help=_("take a key back, for good"))
    revoke.add_argument("name", metavar="NAME")
    revoke.add_argument("--office", metavar="CODE", default="", help=_("where two offices use the name"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0. Raises CannotStart with a sentence; then nothing was changed."""
    if args.api_key_command == "issue":
        return _issue(args)
    if args.api_key_command == "rotate":
        return _rotate(args.name, args.office, args.overlap)
    if args.api_key_command == "revoke":
        return _revoke(args.name, args.office)
    return _list()


def _within(authority: Authority, unit: str, post: str) -> tuple[Unit | None, Post | None]:
    """The unit and the post that were named. Raises CannotStart for one that is not there."""
    from answerable.orgs.models import Post, Unit

    found = Unit.objects.filter(authority=authority, code=unit).first() if unit else None
    where, _slash, code = post.rpartition("/")
    posts = Post.objects.filter(unit__authority=authority, unit__code=where, code=code).select_related("unit")
    answers = posts.first() if post else None
    if (unit and found is None) or (post and answers is None):
        raise CannotStart(
            _("There is no “%(name)s” in this office.") % {"name": unit if unit and not found else post}
        )
    return found, answers


def _issue(args: argparse.Namespace) -> int:
    from datetime import timedelta

    from django.utils import translation

    from answerable.api import clients
    from answerable.api.scopes import HANDS_IN
    from answerable.core import clock
    from answerable.core.sentences import sentence
    from answerable.record.actors import Actor

    authority = office(args.office)
    unit, post = _within(authority, args.unit, args.post)
    now = clock.now()
    try:
        client, key = clients.issue_key(
            authority=authority,
            name=args.name,
            scopes=args.scope or HANDS_IN,
            unit=unit,
            post=post,
            expires_at=now + timedelta(days=min(args.days, LONGEST_DAYS)) if args.days else None,
            by=Actor.system(),
            now=now,
        )
    except clients.CannotIssue as error:
        with translation.override(language()):
            raise CannotStart(sentence(error)) from error
    complain(
        _(
            "The key for “%(name)s” at %(office)s. It is shown this once and kept nowhere: give it to that system alone."
        )
        % {"name": client.name, "office": authority}
    )
    say(key)
    return 0


def _live(name: str, code: str) -> ApiClient:
    """The one key in use of this name. Raises CannotStart."""
    from answerable.api.models import ApiClient

    found = ApiClient.objects.filter(name=name, revoked_at=None)
    if code:
        found = found.filter(authority=office(code))
    if found.count() != 1:
        raise CannotStart(
            _("“%(name)s” names %(count)s keys that are in use. See: answerable api-key list")
            % {"name": name, "count": found.count()}
        )
    return found.get()


def _rotate(name: str, code: str, hours: int) -> int:
    from datetime import timedelta

    from answerable.api import clients
    from answerable.core import clock
    from answerable.record.actors import Actor

    row = _live(name, code)
    overlap = timedelta(hours=min(hours, 24 * LONGEST_DAYS))
    key = clients.rotate_key(client_id=row.pk, overlap=overlap, by=Actor.system(), now=clock.now())
    complain(_("The new secret for “%(name)s”. It is shown this once and kept nowhere.") % {"name": row.name})
    say(key)
    return 0


def _revoke(name: str, code: str) -> int:
    from answerable.api import clients
    from answerable.core import clock
    from answerable.record.actors import Actor

    clients.revoke_key(client_id=_live(name, code).pk, by=Actor.system(), now=clock.now())
    say(_("The key of “%(name)s” opens nothing any more. What came in with it stays.") % {"name": name})
    return 0


def _list() -> int:
    from answerable.api.models import ApiClient

    rows = ApiClient.objects.select_related("authority").order_by("issued_at")
    for row in rows:
        facts = {"name": row.name, "office": row.authority.code, "day": f"{row.issued_at:%Y-%m-%d}"}
        if row.revoked_at is None:
            say(_("%(name)s (%(office)s), since %(day)s") % facts + f": {', '.join(row.scopes)}")
        else:
            facts["end"] = f"{row.revoked_at:%Y-%m-%d}"
            say(_("%(name)s (%(office)s), %(day)s to %(end)s, taken back") % facts)
    if not rows:
        say(_("No system has a key."))
    return 0
