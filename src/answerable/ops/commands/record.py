"""`answerable record`: the public log: how it stands, its files, its keys, its repair."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from answerable.ops import watching
from answerable.ops.environment import DATABASE, ITSELF, prepare
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

NEEDS = ITSELF


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `record` with what one can ask of a log."""
    parser = subparsers.add_parser("record", help=_("the public log: how it stands, its files, its keys"))
    inner = parser.add_subparsers(
        dest="record_command",
        required=True,
        metavar="status | export | repair | rotate-key | new-epoch | new-guard | anchor | sheet | monitor | witness",
    )
    inner.add_parser("status", help=_("how the log stands"))
    export = inner.add_parser("export", help=_("write the log as plain files that any web server can serve"))
    export.add_argument("folder", metavar="DIR", type=Path, help=_("only what is new is written"))
    export.add_argument(
        "--whole", action="store_true", help=_("look at every file there, and write damaged ones again")
    )
    repair = inner.add_parser("repair", help=_("make damaged tiles and entries again from what proves them"))
    repair.add_argument(
        "--from", dest="folder", metavar="DIR", type=Path, help=_("a folder that `record export` wrote")
    )
    rotate = inner.add_parser("rotate-key", help=_("sign with a new key from now on"))
    rotate.add_argument("--promises", action="store_true", help=_("the key that signs promises instead"))
    anew = inner.add_parser("new-epoch", help=_("begin a new log after the old one cannot go on"))
    anew.add_argument("--why", required=True, help=_("the reason; it will be public for ever"))
    inner.add_parser(
        "new-guard",
        help=_("the file that tells what was signed last is lost, and this database was never put back"),
    )
    inner.add_parser("anchor", help=_("have the newest checkpoint time-stamped now"))
    sheet = inner.add_parser("sheet", help=_("print the log's head for the notice board"))
    sheet.add_argument("file", metavar="FILE.pdf", type=Path)
    watching.register_monitor(inner)
    watching.register_witness(inner)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 with a sentence where something stands in the way; what is for others has codes of its own."""
    if args.record_command in watching.COMMANDS:
        return watching.run(args)
    with prepare(DATABASE):
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    from django.utils import translation

    from answerable.core.sentences import sentence
    from answerable.record.stopped import LogStopped

    with translation.override(language()):
        try:
            return _commands()[args.record_command](args)
        except LogStopped as stopped:
            complain(sentence(stopped))
            return 1


def _commands() -> dict[str, Callable[[argparse.Namespace], int]]:
    return {
        "status": _status,
        "export": _export,
        "repair": _repair,
        "rotate-key": _rotate,
        "new-epoch": _new_epoch,
        "new-guard": _new_guard,
        "anchor": _anchor,
        "sheet": _sheet,
    }


def _status(args: argparse.Namespace) -> int:
    from answerable.record import checks, keys, storage

    log = storage.head()
    if log is None:
        say(_("The log has not begun; the worker begins it at its first start."))
        return 0
    newest = storage.newest(log.epoch, published=True)
    say(_("Log: %(origin)s, %(size)s entries") % {"origin": log.origin, "size": log.size})
    if newest is not None and newest.published_at is not None:
        facts = {"size": newest.size, "at": newest.published_at.isoformat(timespec="seconds")}
        say(_("Last published: %(size)s entries, %(at)s") % facts)
    for key in keys.verifier_keys(log.epoch, log.origin):
        say(_("Key: %(key)s") % {"key": key})
    faults = [*checks.check_log(), *checks.check_promise_key()]
    for fault in faults:
        complain(fault.sentence)
    return 1 if faults else 0


def _export(args: argparse.Namespace) -> int:
    from answerable.record import exporting

    try:
        done = exporting.export(args.folder, is_whole=args.whole)
    except OSError as error:
        complain(
            _("The log could not be written to %(folder)s (%(reason)s).")
            % {"folder": args.folder, "reason": error.strerror or error}
        )
        return 1
    say(
        _("%(written)s files written to %(folder)s: %(size)s entries.")
        % {"written": done.written, "folder": args.folder, "size": done.size}
    )
    return 0


def _repair(args: argparse.Namespace) -> int:
    from answerable.record import repair

    done = repair.repair(args.folder)
    say(
        _("%(entries)s entries and %(tiles)s tiles were made again; the log goes on.")
        % {"entries": done.entries, "tiles": done.tiles}
    )
    if done.waiting:
        say(_("Acts that wait for the log again: %(count)s") % {"count": done.waiting})
    return 0


def _rotate(args: argparse.Namespace) -> int:
    from answerable.record import epochs, keys

    if args.promises:
        epochs.rotate_promise_key()
        path = keys.promise_path()
    else:
        key = epochs.rotate_key()
        say(_("From now on the log signs with %(key)s. The change is in the log itself.") % {"key": key})
        path = keys.checkpoint_path()
    say(_("Copy %(path)s again to the place where you keep it.") % {"path": path})
    return 0


def _new_epoch(args: argparse.Namespace) -> int:
    from answerable.record import epochs

    origin = epochs.new_epoch(args.why)
    say(
        _(
            "The log begins anew as %(origin)s. Its first entry names the old one's end and what is lost of it."
        )
        % {"origin": origin}
    )
    return 0


def _new_guard(args: argparse.Namespace) -> int:
    from answerable.record import epochs, starting

    path, signed = starting.guard_path(), epochs.new_guard()
    if signed is None:
        complain(_("Nothing was written: %(path)s is there, or nothing was signed yet.") % {"path": path})
        return 1
    say(
        _("%(path)s now says that %(size)s entries of %(origin)s were signed; the log goes on.")
        % {"path": path, "size": signed.size, "origin": signed.origin}
    )
    return 0


def _anchor(args: argparse.Namespace) -> int:
    from answerable.core.sentences import sentence
    from answerable.record import anchoring

    try:
        found = anchoring.anchor()
    except anchoring.NotAnchored as why:
        complain(sentence(why))
        return 1
    facts = {"size": found.size, "at": found.stamped_at.isoformat(timespec="seconds")}
    say(_("The log's head of %(size)s entries was stamped at %(at)s.") % facts)
    return 0


def _sheet(args: argparse.Namespace) -> int:
    from zoneinfo import ZoneInfo

    from answerable.core import clock
    from answerable.orgs.models import Authority
    from answerable.orgs.queries import serving_authorities
    from answerable.record.sheet import board_sheet
    from answerable.ui.print.data import Body

    # The body that people bring their matters to, and not one above it that is merely known here
    top = serving_authorities().first() or Authority.objects.filter(is_outside=False).order_by("pk").first()
    lang: Literal["zh-hans", "en"] = "zh-hans" if language() == "zh-hans" else "en"
    body = Body(name=top.name_in(lang) if top else "")
    pdf = board_sheet(body=body, zone=ZoneInfo(top.zone if top else "UTC"), lang=lang, now=clock.now())
    if pdf is None:
        complain(_("No checkpoint has been published yet; there is nothing to print."))
        return 1
    try:
        args.file.write_bytes(pdf)
    except OSError as error:
        facts = {"file": args.file, "reason": error.strerror or error}
        complain(_("%(file)s cannot be written: %(reason)s") % facts)
        return 1
    say(
        _("Printed to %(file)s. Hang it where people can see it, and keep the old ones.")
        % {"file": args.file}
    )
    return 0
