"""`answerable import`: open matters of another system, from a file or from an Open311 server."""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.ops.environment import DATABASE, CannotStart
from answerable.ops.offices import office
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.cases.imports.planning import Planned
    from answerable.orgs.models import Authority

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `import cases FILE | open311 URL`, both with `--carry-out`: without it they only say what they would do."""
    parser = subparsers.add_parser(
        "import", help=_("open matters of another system: cases FILE | open311 URL")
    )
    inner = parser.add_subparsers(dest="import_command", required=True, metavar="cases | open311")
    cases = inner.add_parser("cases", help=_("from a workbook (.xlsx) or .csv"))
    cases.add_argument("file", metavar="FILE", type=Path)
    cases.add_argument("--source", metavar="NAME", required=True, help=_("what the other system is called"))
    pull = inner.add_parser("open311", help=_("what an Open311 server publishes as open"))
    pull.add_argument("url", metavar="URL", help=_("the address before /requests.json"))
    pull.add_argument("--jurisdiction", metavar="ID", default="", help=_("where that server knows several"))
    pull.add_argument(
        "--subject", metavar="CODE", required=True, help=_("for services without a subject here")
    )
    pull.add_argument(
        "--since", metavar="DAY", required=True, help=_("received there since this day, as 2026-03-09")
    )
    for one in (cases, pull):
        one.add_argument(
            "--office", metavar="CODE", default="", help=_("for which office, where there are several")
        )
        one.add_argument(
            "--carry-out", action="store_true", help=_("do it; without this, only say what would be done")
        )
        one.add_argument(
            "--receipts",
            metavar="FILE",
            type=Path,
            help=_(
                "write code and secret of each to a new file, to be handed to their persons and then destroyed"
            ),
        )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 where the file has faults; then nothing was registered."""
    from django.utils import translation

    from answerable.ops.terminal import language

    with translation.override(language()):
        authority = office(args.office)
        return _cases(args, authority) if args.import_command == "cases" else _open311(args, authority)


def _cases(args: argparse.Namespace, authority: Authority) -> int:
    from answerable.cases.imports.planning import plan_file
    from answerable.core import clock

    try:
        content = args.file.read_bytes()
    except OSError as error:
        raise CannotStart(
            _("%(file)s cannot be read: %(why)s") % {"file": args.file, "why": error.strerror}
        ) from error
    plan = plan_file(content, args.file.name, authority, source=args.source, now=clock.now())
    for fault in plan.faults:
        complain(f"{fault.place()}: {fault.sentence()}" if fault.place() else fault.sentence())
    if plan.faults:
        complain(_("Nothing was changed."))
        return 1
    if plan.known:
        say(_("%(count)s were taken over before and are left as they are.") % {"count": plan.known})
    return _take(args, authority, plan.planned, args.source, sha256=plan.sha256)


def _open311(args: argparse.Namespace, authority: Authority) -> int:
    from answerable.cases.imports.planning import Plan
    from answerable.cases.imports.pulling import CannotPull, planned_from
    from answerable.core import clock
    from answerable.core.sentences import sentence
    from answerable.orgs.models import Subject

    found = Plan()
    try:
        since = datetime.strptime(args.since, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise CannotStart(
            _("“%(value)s” is no day. Write it as 2026-03-09.") % {"value": args.since}
        ) from None
    subject = Subject.objects.filter(authority=authority, code=args.subject, closed_on=None).first()
    if subject is None:
        raise CannotStart(_("This office has no open subject “%(code)s”.") % {"code": args.subject})
    planned = planned_from(
        args.url,
        authority,
        jurisdiction=args.jurisdiction,
        subject=subject,
        since=since,
        now=clock.now(),
        found=found,
    )
    try:
        done = _take(args, authority, planned, f"open311 {args.url}")
    except CannotPull as error:
        raise CannotStart(sentence(error)) from error
    facts = {"closed": found.closed, "known": found.known, "unreadable": found.unreadable}
    say(
        _("Left out: %(closed)s closed there, %(known)s taken over before, %(unreadable)s without a word.")
        % facts
    )
    for service in sorted(found.unmapped):
        say(_("No subject here: %(service)s") % {"service": service})
    return done


def _take(
    args: argparse.Namespace, authority: Authority, planned: Iterable[Planned], source: str, **facts: str
) -> int:
    from answerable.cases.imports.services import record_import, take_over
    from answerable.core import clock
    from answerable.core.text import spreadsheet_safe
    from answerable.record.actors import Actor

    if not args.carry_out:
        count = sum(1 for _one in planned)
        say(_("%(count)s would be registered. Nothing was changed: add --carry-out.") % {"count": count})
        return 0
    by, count = Actor.system(), 0
    out = _receipts(args.receipts) if args.receipts else None
    try:
        writer = csv.writer(out) if out else None
        for taken in take_over(planned, by=by, now=clock.now()):
            count += 1
            if writer and out:
                writer.writerow([spreadsheet_safe(taken.foreign_id), taken.code, taken.secret or ""])
                out.flush()
    finally:
        if out:
            out.close()
        if count:
            record_import(authority=authority, source=source, by=by, now=clock.now(), count=count, **facts)
    say(_("%(count)s registered.") % {"count": count})
    return 0


def _receipts(path: Path):  # type: ignore[no-untyped-def]
    """A new file that only this account can read."""
    try:
        return os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline="", encoding="utf-8"
        )
    except OSError as error:
        raise CannotStart(
            _("%(file)s cannot be written: %(why)s") % {"file": path, "why": error.strerror}
        ) from error
