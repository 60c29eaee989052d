"""`answerable restore`: a backup into an empty database."""

from __future__ import annotations

import argparse
from pathlib import Path

from answerable.ops.environment import DATABASE
from answerable.ops.terminal import complain, language, say
from answerable.ops.terminal import gettext as _

NEEDS = DATABASE


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("restore", help=_("bring a backup back, into an empty database"))
    parser.add_argument("file", metavar="FROM", type=Path, help=_("the backup's file"))
    parser.add_argument("--keys", metavar="FILE", type=Path, help=_("the file of data keys"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 2 with a sentence (BackupError)."""
    from django.utils import translation

    from answerable.core.sentences import sentence
    from answerable.ops import restore
    from answerable.parties import keys
    from answerable.parties.keyfile import KeyFileError

    with translation.override(language()):
        done = restore.bring_back(args.file, keys=args.keys)
        say(_("Restored as of %(when)s: %(rows)s rows.") % {"when": done.taken_at, "rows": done.rows})
        say(_("%(keys)s of %(sealed)s sealed entries have their data key.") % vars(done))
        if done.keys < done.sealed:
            complain(
                _("The others stay closed: names, contact channels or attachments of these cases cannot be opened. The "
                  "cases themselves can be worked on. The file of data keys is what --keys of the backup wrote.")
            )  # fmt: skip
        if done.erased_again:
            say(_("%(count)s cases were erased again.") % {"count": done.erased_again})
        if done.destroyed_again:
            say(
                _("The personal data of %(count)s incidents were destroyed again.")
                % {"count": done.destroyed_again}
            )
        if done.still_open:
            complain(
                _("Erased, but open when the backup was taken: %(codes)s. Close them at the desk.")
                % {"codes": ", ".join(done.still_open)}
            )
        if done.new_log:
            complain(
                _("The public log begins anew as %(origin)s: more was signed than this backup holds, or nobody can tell. "
                  "Its first entry says so. Receipts of acts that are lost here stay proofs of what was recorded.")
                % {"origin": done.new_log}
            )  # fmt: skip
        try:
            keys.check_and_remember()
        except KeyFileError as error:
            complain(sentence(error))
    return 0
