"""`answerable archive`: the packages of ended cases and closed incidents: which there are, whether they are whole, one
taken out. A case goes by its code, an incident by its own (2026-017), with its body before it where two have it
(town/2026-017).
"""

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
    parser = subparsers.add_parser(
        "archive", help=_("ended cases, sealed, and closed incidents, as BagIt packages")
    )
    inner = parser.add_subparsers(dest="archive_command", required=True, metavar="list | verify | export")
    inner.add_parser("list", help=_("which cases and incidents are in the archive"))
    verify = inner.add_parser(
        "verify", help=_("open each package in memory and compare it with its manifest")
    )
    verify.add_argument("codes", metavar="CODE", nargs="*", help=_("only these cases or incidents"))
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


def _incidents(codes: list[str]) -> dict[UUID, str]:
    from answerable.incidents.models import Incident
    from answerable.incidents.reviews import archiving

    if codes:
        return archiving.named(codes)
    rows = Incident.objects.filter(pk__in=list(archiving.kept())).select_related("authority")
    return {row.pk: archiving.label(row) for row in rows.order_by("authority", "code")}


def _list() -> int:
    from answerable.cases.archive import store
    from answerable.incidents.reviews import archiving

    found = [(code, store.path_of(pk)) for pk, code in _cases([]).items()]
    found += [(code, archiving.path_of(pk)) for pk, code in _incidents([]).items()]
    for code, path in found:
        say(f"{code}  {path}  {path.stat().st_size}")
    return 0


def _verify(codes: list[str]) -> int:
    from answerable.cases.services.archiving import opened as opened_case
    from answerable.core.sentences import Said, sentence
    from answerable.incidents.reviews.archiving import opened as opened_incident

    cases, incidents = _cases(codes), _incidents(codes)
    bad = 0
    is_short = len(cases) + len(incidents) < len(codes)
    if is_short:
        complain(_("There is no case or incident with one of these codes."))
    for opened, found in ((opened_case, cases), (opened_incident, incidents)):
        for pk, code in found.items():
            try:
                opened(pk)
            except Said as error:
                complain(f"{code}: {sentence(error)}")
                bad += 1
    good = len(cases) + len(incidents) - bad
    say(_("%(good)s packages are whole; %(bad)s are not.") % {"good": good, "bad": bad})
    return 1 if bad or is_short else 0


def _export(code: str, folder: Path, why: str) -> int:
    from answerable.cases.services import archiving as cases
    from answerable.core import clock
    from answerable.core.sentences import Said, sentence
    from answerable.incidents.reviews import archiving as incidents

    if not why.strip():
        complain(_("Say why with --why: the person sees it."))
        return 1
    case_id = next(iter(_cases([code])), None)
    found = _incidents([code]) if case_id is None else {}
    if len(found) > 1:
        complain(
            _("Several bodies have an incident of this code: %(names)s.")
            % {"names": ", ".join(found.values())}
        )
        return 1
    pk = case_id or next(iter(found), None)
    if pk is None:
        complain(_("There is no case or incident with this code."))
        return 1
    try:
        if case_id is not None:
            files = cases.opened(pk)
            cases.record_taking_out(case_id=pk, why=why, now=clock.now())
        else:
            files = incidents.opened(pk)
            incidents.record_taking_out(incident_id=pk, why=why, now=clock.now())
    except Said as error:
        complain(sentence(error))
        return 1
    if not _written(files, folder / str(pk)):
        return 1
    if case_id is None:
        say(_("Written to %(folder)s.") % {"folder": folder / str(pk)})
        return 0
    say(
        _("Written to %(folder)s, unsealed. Destroy it after use: an erasure does not reach it there.")
        % {"folder": folder / str(pk)}
    )
    return 0


def _written(files: dict[str, bytes], place: Path) -> bool:
    """Whether the package lies in its folder, valid as BagIt; a sentence where it could not be written."""
    import logging

    import bagit

    logging.getLogger("bagit").setLevel(logging.WARNING)  # it tells of each file
    try:
        place.mkdir(parents=True, mode=0o700)
        for name, content in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        bagit.Bag(str(place)).validate()
    except (OSError, bagit.BagError) as error:
        complain(
            _("The package could not be written to %(folder)s (%(reason)s).")
            % {"folder": place, "reason": error}
        )
        return False
    return True
