"""`answerable keys`: the key file that opens sealed identities: look at it, add a key, copy it, outlive its loss."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

if TYPE_CHECKING:
    from answerable.parties.keyfile import KeyRing

NEEDS = DATABASE
#: So long a process may still wrap with the key that was newest before.
SETTLED_S = 600


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `keys status | rotate | forget | backup FILE | begin-again | take-back FILE`."""
    parser = subparsers.add_parser("keys", help=_("the key file that opens sealed identities"))
    inner = parser.add_subparsers(
        dest="keys_command",
        required=True,
        metavar="status | rotate | forget | backup | begin-again | take-back",
    )
    inner.add_parser("status", help=_("which keys there are, and what each of them wraps"))
    inner.add_parser("rotate", help=_("add a key and wrap everything with it"))
    inner.add_parser("forget", help=_("take the keys that wrap nothing any more out of the file"))
    backup = inner.add_parser("backup", help=_("copy the key file to another place"))
    backup.add_argument(
        "file", metavar="FILE", help=_("a file that is not there yet; - prints it, for paper")
    )
    begin = inner.add_parser("begin-again", help=_("make a new key file after every copy was lost"))
    begin.add_argument(
        "--every-copy-is-lost", action="store_true", required=True, help=_("say that it is so")
    )
    back = inner.add_parser("take-back", help=_("take over the keys of a file that was thought lost"))
    back.add_argument("file", metavar="FILE", type=Path)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 with a sentence where something stands in the way."""
    from django.utils import translation

    from answerable.core.sentences import sentence
    from answerable.parties.keyfile import KeyFileError

    with translation.override(language()):
        try:
            return _commands()[args.keys_command](args)
        except KeyFileError as error:
            complain(sentence(error))
            return 1


def _commands() -> dict[str, Callable[[argparse.Namespace], int]]:
    return {
        "status": _status,
        "rotate": _rotate,
        "forget": _forget,
        "backup": _backup,
        "begin-again": _begin_again,
        "take-back": _take_back,
    }


def _path() -> Path:
    from django.conf import settings

    return Path(settings.ANSWERABLE_KEY_FILE)


def _ring() -> KeyRing:
    """The right key file; the first one of an installation is made here as at its first start."""
    from answerable.ops import start_up
    from answerable.parties import first_start, keys

    if first_start.open_key_file(_path()):
        start_up.say_keep_a_copy(_path())
    return keys.ring()


def _status(args: argparse.Namespace) -> int:
    from answerable.core.sentences import sentence
    from answerable.parties import wrapped
    from answerable.parties.keyfile import KeyFileError

    counts = wrapped.counts()
    try:
        ring = _ring()
    except KeyFileError as error:
        complain(sentence(error))
        complain(
            _(
                "%(count)s sealed entries wait for the right key file. If every copy of it is lost, nobody can open "
                "them again, nor can those who made this program. Cases, their texts and their acts stay and can "
                "be worked on; the names, channels and attachments of cases so far are gone, and their receipts no "
                "longer open a page. Look for a copy first. If there is none: answerable keys begin-again "
                "--every-copy-is-lost"
            )
            % {"count": sum(counts.values())}
        )
        return 1
    say(_("Key file: %(path)s, fingerprint %(mark)s") % {"path": ring.path, "mark": ring.fingerprint})
    for version in sorted(set(ring.keys) | set(counts)):
        facts = {"version": version, "count": counts.get(version, 0)}
        if version not in ring.keys:
            say(_("Key %(version)s: not in the file; %(count)s entries stay closed") % facts)
        elif version == ring.newest:
            say(_("Key %(version)s: wraps from now on; %(count)s entries") % facts)
        else:
            say(_("Key %(version)s: unwraps only; %(count)s entries") % facts)
    return 0


def _rotate(args: argparse.Namespace) -> int:
    from answerable.parties import keys, wrapped
    from answerable.parties.keyfile import KeyRing

    _ring()
    # One that was cut short is no trouble: whatever is not wrapped by the newest key is wrapped anew.
    ring = KeyRing.rotate(_path())
    keys.check_and_remember()
    result = wrapped.rewrap(ring)
    say(
        _("Key %(version)s wraps from now on; %(count)s entries were wrapped anew.")
        % {"version": ring.newest, "count": result.done}
    )
    if result.closed:
        complain(_("%(count)s entries stay closed: their key is not in the file.") % {"count": result.closed})
    say(_("Copy the key file again: older copies lack this key (answerable keys backup FILE)."))
    return 0


def _forget(args: argparse.Namespace) -> int:
    from answerable.parties import wrapped
    from answerable.parties.keyfile import KeyRing

    ring = _ring()
    age = time.time() - _path().stat().st_mtime
    if age < SETTLED_S:
        complain(
            _("The key file was changed %(minutes)s minutes ago. Wait until %(wanted)s have passed: a process may "
              "still be wrapping with an older key.") % {"minutes": int(age // 60), "wanted": SETTLED_S // 60}
        )  # fmt: skip
        return 1
    unused = set(ring.keys) - set(wrapped.counts()) - {ring.newest}
    if not unused:
        say(_("Every key in the file is in use. Nothing was taken out."))
        return 0
    KeyRing.forget(_path(), unused)
    say(
        _("Taken out: %(versions)s. What they wrapped in older backups never opens again. Destroy older copies of "
          "the key file too, and make a new one.") % {"versions": ", ".join(str(v) for v in sorted(unused))}
    )  # fmt: skip
    return 0


def _backup(args: argparse.Namespace) -> int:
    from answerable.core.key_copies import note_copy
    from answerable.parties.keyfile import copy_to

    ring = _ring()
    if args.file == "-":
        print(ring.as_text(), end="")
        note_copy(_path())
        return 0
    target = Path(args.file).absolute()
    copy_to(ring, target)
    note_copy(_path())
    say(
        _("Copied to %(path)s and read back, fingerprint %(mark)s.")
        % {"path": target, "mark": ring.fingerprint}
    )
    if target.stat().st_dev == _path().stat().st_dev:
        complain(
            _("This copy is on the same disk as the key file. Take it to another place, apart from the database and "
              "its backups.")
        )  # fmt: skip
    return 0


def _begin_again(args: argparse.Namespace) -> int:
    from answerable.ops import start_up
    from answerable.parties import first_start, wrapped

    ring = first_start.begin_again(_path())
    closed = sum(rows for version, rows in wrapped.counts().items() if version not in ring.keys)
    complain(
        _(
            "%(count)s sealed entries stay closed. Issue new receipts at the counter to those who come with an old one."
        )
        % {"count": closed}
    )
    start_up.say_keep_a_copy(_path())
    return 0


def _take_back(args: argparse.Namespace) -> int:
    from answerable.parties import first_start, wrapped
    from answerable.parties.keyfile import KeyRing

    _ring()
    ring = first_start.take_back(_path(), KeyRing.load_copy(args.file))
    result = wrapped.rewrap(ring)
    say(_("%(count)s entries open again.") % {"count": result.done})
    return 0
