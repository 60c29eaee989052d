"""`answerable archive`: the sealed packages of ended cases: which there are, whether they are whole, one taken out."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `archive list | verify [CODE…] | export CODE DIR --why REASON`."""
    parser = subparsers.add_parser("archive", help=_("ended cases, sealed, as BagIt packages"))
    inner = parser.add_subparsers(dest="archive_command", required=True, metavar="list | verify | export")
    inner.add_parser("list", help=_("which cases are in the archive"))
    verify = inner.add_parser(
        "verify", help=_("open each package in memory and compare it with its manifest")
    )
    verify.add_argument("codes", metavar="CODE", nargs="*", help=_("only these cases"))
    export = inner.add_parser(
        "export", help=_("write one package, unsealed, into a folder; this is recorded")
    )
    export.add_argument("code", metavar="CODE")
    export.add_argument("folder", metavar="DIR", type=Path)
    export.add_argument("--why", required=True, help=_("the reason; the person sees it"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 with a sentence for each package that is not whole or cannot be opened."""
    from django.utils import translation

    with translation.override(language()):
        if args.archive_command == "list":
            return _list()
        if args.archive_command == "verify":
            return _verify(args.codes)
        return _export(args.code, args.folder, args.why)


def _cases(codes: list[str]) -> dict[UUID, str]:
    from answerable.cases.archive import store
    from answerable.cases.models import Case
    from answerable.core.codes import normalise

    rows = (
        Case.objects.filter(code__in=map(normalise, codes))
        if codes
        else Case.objects.filter(pk__in=store.kept())
    )
    return dict(rows.order_by("code").values_list("pk", "code"))


def _list() -> int:
    from answerable.cases.archive import store

    for case_id, code in _cases([]).items():
        path = store.path_of(case_id)
        say(f"{code}  {path}  {path.stat().st_size}")
    return 0


def _verify(codes: list[str]) -> int:
    from answerable.cases.archive.store import CannotOpenArchive
    from answerable.cases.services.archiving import opened
    from answerable.core.sentences import sentence

    found, bad = _cases(codes), 0
    is_short = len(found) < len(codes)
    if is_short:
        complain(_("There is no case with one of these codes."))
    for case_id, code in found.items():
        try:
            opened(case_id)
        except CannotOpenArchive as error:
            complain(f"{code}: {sentence(error)}")
            bad += 1
    say(_("%(good)s packages are whole; %(bad)s are not.") % {"good": len(found) - bad, "bad": bad})
    return 1 if bad or is_short else 0


def _export(code: str, folder: Path, why: str) -> int:
    import logging

    import bagit

    logging.getLogger("bagit").setLevel(logging.WARNING)  # it tells of each file
    from answerable.cases.archive.store import CannotOpenArchive
    from answerable.cases.services import archiving
    from answerable.core import clock
    from answerable.core.sentences import sentence

    case_id = next(iter(_cases([code])), None)
    if case_id is None:
        complain(_("There is no case with this code."))
        return 1
    place = folder / str(case_id)
    try:
        files = archiving.opened(case_id)
        if not why.strip():
            complain(_("Say why with --why: the person sees it."))
            return 1
        archiving.record_taking_out(case_id=case_id, why=why, now=clock.now())
        place.mkdir(parents=True, mode=0o700)
        for name, content in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        bagit.Bag(str(place)).validate()
    except CannotOpenArchive as error:
        complain(sentence(error))
        return 1
    except (OSError, bagit.BagError) as error:
        complain(
            _("The package could not be written to %(folder)s (%(reason)s).")
            % {"folder": place, "reason": error}
        )
        return 1
    say(
        _("Written to %(folder)s, unsealed. Destroy it after use: an erasure does not reach it there.")
        % {"folder": place}
    )
    return 0
