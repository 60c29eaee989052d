"""`answerable organisation`: the whole organisation out to a file, and in again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.ops.environment import DATABASE, CannotStart
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.orgs.sheets.planning import Plan

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `organisation export FILE | import FILE [--dry-run]`."""
    parser = subparsers.add_parser("organisation", help=_("who answers for what, as a file: export | import"))
    inner = parser.add_subparsers(dest="organisation_command", required=True, metavar="export | import")
    out = inner.add_parser("export", help=_("write everything to a workbook (.xlsx) or to CSV files (.zip)"))
    out.add_argument("file", metavar="FILE", type=Path)
    into = inner.add_parser(
        "import", help=_("take a file in: all of it, or nothing and a list of what is wrong")
    )
    into.add_argument("file", metavar="FILE", type=Path, help=_("an .xlsx, a .zip, or one table as .csv"))
    into.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 where the file has faults; then nothing was changed."""
    from django.utils import translation

    from answerable.ops.terminal import language

    with translation.override(language()):
        return (
            _export(args.file) if args.organisation_command == "export" else _import(args.file, args.dry_run)
        )


def _export(file: Path) -> int:
    from answerable.core import clock
    from answerable.orgs.services.files import export_organisation
    from answerable.record.actors import Actor

    form = file.suffix.lower().removeprefix(".")
    if form not in ("xlsx", "zip"):
        raise CannotStart(_("Name a file that ends in .xlsx or .zip."))
    content = export_organisation(form, by=Actor.system(), now=clock.now())
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CannotStart(
            _("%(file)s cannot be written: %(why)s") % {"file": file, "why": error.strerror}
        ) from error
    say(_("Written to %(file)s.") % {"file": file})
    return 0


def _import(file: Path, dry_run: bool) -> int:
    from answerable.core import clock
    from answerable.orgs.services.files import carry_out_import, preview_import
    from answerable.orgs.sheets.reading import read_file
    from answerable.record.actors import Actor

    try:
        content = file.read_bytes()
    except OSError as error:
        raise CannotStart(
            _("%(file)s cannot be read: %(why)s") % {"file": file, "why": error.strerror}
        ) from error
    read = read_file(content, file.name)
    if dry_run:
        plan = preview_import(read)
    else:
        plan = carry_out_import(read, by=Actor.system(), now=clock.now())
    for fault in plan.faults:
        complain(f"{fault.place()}: {fault.sentence()}" if fault.place() else fault.sentence())
    if plan.faults:
        complain(_("Nothing was changed."))
        return 1
    _say_changes(plan)
    say(_("Nothing was changed: a dry run.") if dry_run else _("Done."))
    return 0


def _say_changes(plan: Plan) -> None:
    for change in plan.changes:
        key = "/".join(str(part) for part in change.key if part)
        sign = "+" if change.is_new else "~"
        heads = "" if change.is_new else f" ({', '.join(change.fields_shown)})"
        say(f"{sign} {change.sheet_shown} {key}{heads}")
    say(_("%(count)s changes.") % {"count": len(plan.changes)})
