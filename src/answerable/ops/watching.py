"""`answerable record monitor | witness`: for those outside the office. Needs no database and no settings."""

from __future__ import annotations

import argparse
import re
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.ops.commands import verify
from answerable.ops.environment import NOTHING, prepare
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.record.notes import Signer
    from answerable.record.policy import Policy

COMMANDS = ("monitor", "witness")
FINE, MISBEHAVED, CANNOT_LOOK = 0, 1, 2
LEAST_SECONDS = 1.0


def register_monitor(inner: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    monitor = inner.add_parser(
        "monitor",
        help=_("watch a log from outside: is it what it was, and more?"),
        epilog=_("Exit code: 0 all is well, 1 the log misbehaved (the evidence is kept), 2 could not look."),
    )
    monitor.add_argument(
        "url", metavar="URL", help=_("where the log is, such as https://town.example/record")
    )
    monitor.add_argument(
        "--state",
        metavar="DIR",
        type=Path,
        help=_("where to remember what was seen (default: a folder here)"),
    )
    # Whom to believe comes from the reader, never from the log.
    believed = monitor.add_mutually_exclusive_group()
    believed.add_argument(
        "--policy", metavar="FILE", type=Path, help=_("the logs and witnesses that you believe")
    )
    believed.add_argument(
        "--key",
        metavar="VKEY",
        action="append",
        help=_("the key of the log that you believe, or a file with it"),
    )
    often = monitor.add_mutually_exclusive_group()
    often.add_argument("--once", action="store_true", help=_("look once (so without --every)"))
    often.add_argument("--every", metavar="SECONDS", type=float, help=_("go on looking, with this pause"))
    monitor.add_argument("--whole", action="store_true", help=_("make the log again from its first entry"))


def register_witness(inner: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = inner.add_parser("witness", help=_("cosign the logs of others, as long as they only grow"))
    parser.add_argument(
        "--listen", metavar="HOST:PORT", required=True, help=_("where to be asked, such as 127.0.0.1:8090")
    )
    parser.add_argument(
        "--state", metavar="DIR", type=Path, required=True, help=_("where to remember what was cosigned")
    )
    parser.add_argument(
        "--key",
        metavar="FILE",
        type=Path,
        required=True,
        help=_("the witness's own key; made at the first start"),
    )
    parser.add_argument(
        "--log",
        metavar="VKEY",
        action="append",
        required=True,
        help=_("the key of a log to cosign, or a file with it; may be repeated"),
    )
    parser.add_argument(
        "--name", metavar="NAME", help=_("the witness's name in its key (default: this machine's)")
    )


def run(args: argparse.Namespace) -> int:
    from django.utils import translation

    with prepare(NOTHING), translation.override(language()):
        return witness(args) if args.record_command == "witness" else monitor(args)


def monitor(args: argparse.Namespace) -> int:
    """0 all is well, 1 the log misbehaved, 2 could not look. With --every, the worst that was seen, at the end."""
    from answerable.core.sentences import sentence
    from answerable.record.watch.asking import CannotLook, Line

    believed = None
    if args.policy or args.key:
        believed = verify.believed_policy(args)
        if believed is None:
            return CANNOT_LOOK
    folder = args.state or Path("watched-" + re.sub(r"[^A-Za-z0-9.-]+", "-", args.url.partition("://")[2]))
    try:
        line = Line(args.url)
    except CannotLook as fault:
        complain(sentence(fault))
        return CANNOT_LOOK
    codes = {_look(line, folder, believed, is_whole=args.whole)}
    try:
        while args.every:
            time.sleep(max(LEAST_SECONDS, args.every))
            # Once it was made again from its beginning, only what is new has to be
            codes.add(_look(line, folder, believed, is_whole=False))
    except KeyboardInterrupt:
        pass
    return MISBEHAVED if MISBEHAVED in codes else max(codes)


def _look(line: object, folder: Path, believed: Policy | None, *, is_whole: bool) -> int:
    from answerable.core.sentences import sentence
    from answerable.record.verify.words import plain
    from answerable.record.watch import looking, seen
    from answerable.record.watch.asking import CannotLook
    from answerable.record.watch.misbehaved import Misbehaved

    now = int(time.time())
    when = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    try:
        try:
            report = looking.look(line, folder, believed, now=now, is_whole=is_whole)  # type: ignore[arg-type]
        except Misbehaved as fault:
            complain(f"{when} {plain(sentence(fault))} [{fault.code}]")
            if fault.evidence:
                place = seen.keep_evidence(folder, fault.code, fault.evidence)
                complain(_("The evidence is kept in %(folder)s.") % {"folder": place})
            return MISBEHAVED
    except CannotLook as fault:
        complain(f"{when} {plain(sentence(fault))} [{fault.code}]")
        return CANNOT_LOOK
    for notice in report.notices:
        say(f"{when} {plain(sentence(notice))}")
    return FINE


def witness(args: argparse.Namespace) -> int:
    """Cosign until it is stopped; 2 with a sentence where something stands in the way."""
    from answerable.core.sentences import sentence
    from answerable.record.invalid import Invalid
    from answerable.record.stopped import LogStopped
    from answerable.record.watch.witness import Witness
    from answerable.record.watch.witness_server import WitnessServer

    try:
        logs = [verify.key_of(text) for text in args.log]
        signer = _witness_key(args)
    except LogStopped as stopped:
        complain(sentence(stopped))
        return CANNOT_LOOK
    except Invalid as error:
        complain(_("This is no key or no name for one (name+id+key): %(reason)s") % {"reason": error})
        return CANNOT_LOOK
    host, _colon, port = args.listen.rpartition(":")
    try:
        server = WitnessServer(host.strip("[]"), int(port), Witness(args.state, signer, logs))
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        complain(
            _("%(place)s cannot be listened at, or %(folder)s not be used (%(reason)s).")
            % {"place": args.listen, "folder": args.state, "reason": reason}
        )
        return CANNOT_LOOK
    say(_("This witness's key, for the logs that it cosigns: %(key)s") % {"key": signer.key})
    with server:
        server.serve_forever()
    return FINE


def _witness_key(args: argparse.Namespace) -> Signer:
    """The key under the witness's name, which stays what it was at the first start. Raises LogStopped, Invalid."""
    from answerable.core import disk
    from answerable.record import keyfile
    from answerable.record.cosignatures import cosigner
    from answerable.record.stopped import LogStopped

    kept = args.state / "name"
    try:
        name = args.name or (kept.read_text().strip() if kept.exists() else socket.getfqdn())
        signer = cosigner(name, keyfile.create(args.key, keyfile.WITNESS))
        if not kept.exists():
            disk.write_new(kept, name + "\n")
        elif kept.read_text().strip() != name:
            raise LogStopped("witness_name", path=str(kept), name=kept.read_text().strip())
    except OSError as error:
        raise LogStopped("key_unwritable", path=str(kept), reason=error.strerror or str(error)) from error
    return signer
