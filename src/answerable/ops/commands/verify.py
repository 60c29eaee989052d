"""`answerable verify`: what does this receipt prove? Needs no database, no network, and no word of the office."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.ops.environment import ITSELF, NOTHING, prepare
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.record.notes import VerifierKey
    from answerable.record.policy import Policy
    from answerable.record.verifying import Stamp

NEEDS = ITSELF

PROVED, NOT_PROVED, UNREADABLE = 0, 1, 2
MAX_BYTES = 1 << 23
STAMP_SUFFIX = ".tsr"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "verify",
        help=_("what does a receipt prove? without database or network"),
        epilog=_("Exit code: 0 proved, 1 not proved (a promise alone is none), 2 something cannot be read."),
    )
    parser.add_argument(
        "receipts",
        nargs="+",
        metavar="RECEIPT",
        help=_("a .tlog-proof or .promise file; - reads a QR code's text"),
    )
    # Whom to believe comes from the reader, never from the receipt.
    believed = parser.add_mutually_exclusive_group(required=True)
    believed.add_argument(
        "--policy", metavar="FILE", type=Path, help=_("the logs and witnesses that you believe")
    )
    believed.add_argument(
        "--key",
        metavar="VKEY",
        action="append",
        help=_("the key of the log that you believe, or of its promises; or a file with it"),
    )
    parser.add_argument(
        "--opening",
        metavar="FILE",
        type=Path,
        help=_("what the act says; otherwise RECEIPT's own name with .opening is looked for"),
    )
    parser.add_argument(
        "--stamp",
        metavar="FILE",
        type=Path,
        help=_("a time-stamp of the log's head; otherwise RECEIPT's own name with .tsr is looked for"),
    )
    parser.add_argument(
        "--authority",
        metavar="FILE",
        type=Path,
        help=_("certificates (PEM) of the time-stamping authority that you believe"),
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 if every receipt is proved, 1 if one is not, 2 if something cannot be read."""
    if (args.opening or args.stamp) and len(args.receipts) > 1:
        complain(_("--opening and --stamp belong to one receipt; name that one alone."))
        return UNREADABLE
    zone = os.environ.get("TZ")
    with prepare(NOTHING):
        _restore(zone)
        return _run(args)


def _restore(zone: str | None) -> None:
    """Times are told in the reader's own zone, which setting Django up has replaced by the office's."""
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if hasattr(time, "tzset"):  # not on Windows, where the zone is the system's anyway
        time.tzset()


def _run(args: argparse.Namespace) -> int:
    from django.utils import translation

    with translation.override(language()):
        policy = believed_policy(args)
        if policy is None:
            return UNREADABLE
        return max(_verify(name, policy, args) for name in args.receipts)


def _verify(name: str, policy: Policy, args: argparse.Namespace) -> int:
    from django.utils.translation import gettext as django_gettext

    from answerable.record.invalid import Invalid
    from answerable.record.openings import SUFFIX
    from answerable.record.verify.words import STAMP_FACTS, headline, plain, sentences
    from answerable.record.verifying import Outcome, Verdict, verify

    receipt = _read(name)
    opening = args.opening or _beside(name, SUFFIX)
    stamp = args.stamp or _beside(name, STAMP_SUFFIX)
    opened = _read(str(opening)) if opening else None
    if receipt is None or (opening and opened is None):
        return UNREADABLE
    try:
        stamped = _stamp(stamp, args.authority) if stamp and args.authority else None
    except OSError:
        return UNREADABLE
    except Invalid as error:
        verdict = Verdict(error.code, error.detail)
    else:
        verdict = verify(receipt, policy=policy, opening=opened, stamp=stamped)
    said = sentences(verdict)
    if stamp and not args.authority:
        said.append(django_gettext(STAMP_FACTS["unstamped"]))
    say(
        f"{plain(name)}: {headline(verdict)} [{verdict.code}]\n"
        + "".join(f"  {line}\n" for line in said).rstrip()
    )
    codes = {Outcome.PROVED: PROVED, Outcome.UNREADABLE: UNREADABLE}
    return codes.get(verdict.outcome, NOT_PROVED)


def _beside(name: str, suffix: str) -> Path | None:
    path = Path(name).with_suffix(suffix)
    return path if name != "-" and path.is_file() else None


def _stamp(stamp: Path, authority: Path) -> Stamp:
    """The time-stamp, under the certificates that the reader names. Raises StampInvalid, and OSError after saying it."""
    from answerable.record import timestamps

    data, certificates = _read(str(stamp)), _read(str(authority))
    if data is None or certificates is None:
        raise OSError
    return timestamps.read(data, timestamps.certificates(certificates))


def believed_policy(args: argparse.Namespace) -> Policy | None:
    """Whom --policy or --key names; None after saying why nobody is believed."""
    from answerable.record import policy
    from answerable.record.invalid import Invalid
    from answerable.record.verify import words

    try:
        if args.policy:
            text = _read(str(args.policy))
            return None if text is None else policy.parse(text)
        return policy.Policy(tuple(policy.Log(key_of(text)) for text in args.key))
    except Invalid as error:
        if args.policy:
            complain(
                _("The policy cannot be followed, so nobody is believed: %(reason)s")
                % {"reason": words.reason(error)}
            )
        else:
            complain(_("This is no log's key (name+id+key): %(reason)s") % {"reason": error})
        return None


def key_of(text: str) -> VerifierKey:
    """A log's key, given as it is or in a file. Raises NoteInvalid."""
    from answerable.record.notes import ED25519, NoteInvalid, VerifierKey

    if "+" not in text or Path(text).is_file():
        text = (_read(text) or b"").decode(errors="replace").strip()
    key = VerifierKey.parse(text)
    if key.type != ED25519:
        raise NoteInvalid("key_type", f"{key.name}: {key.type}")
    return key


def _read(name: str) -> bytes | None:
    """The file's bytes, or None after saying why there are none."""
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else _beginning(Path(name))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        complain(_("%(file)s cannot be read: %(reason)s") % {"file": name, "reason": reason})
        return None
    if len(data) > MAX_BYTES:
        complain(_("%(file)s is larger than 8 MB; that is no receipt.") % {"file": name})
        return None
    return data


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
