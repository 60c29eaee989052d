"""What every start that works with people's data does first: the right key file, or a sentence."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import Error, ProgrammingError
from django.utils import translation

from answerable.cases.checks import check_steps_of_clocks
from answerable.cases.models import Case
from answerable.cases.packs import PackError, load_pack
from answerable.core.sentences import sentence
from answerable.ops.environment import CannotStart
from answerable.ops.terminal import complain, language
from answerable.ops.terminal import gettext as _
from answerable.orgs.models import Authority
from answerable.parties import first_start
from answerable.parties.keyfile import KEEP_A_COPY, KeyFileError
from answerable.record import keyfile, keys, starting
from answerable.record.stopped import LogStopped
from answerable.ui.flow import in_a_row


def open_keys() -> None:
    """Make the key file at an installation's first start, and say so; else see that it is the right one.

    A database that is away for the moment is no reason not to start: the pages say so until it is back, and
    nothing is sealed meanwhile. Raises CannotStart with a sentence for a wrong, missing or unreadable file, and
    for a database without tables.
    """
    path = Path(settings.ANSWERABLE_KEY_FILE)
    try:
        made = first_start.open_key_file(path)
    except KeyFileError as error:
        with translation.override(language()):
            raise CannotStart(sentence(error)) from error
    except ProgrammingError as error:
        raise CannotStart(_("The database is empty. Run: answerable migrate")) from error
    except Error:
        return
    if made:
        say_keep_a_copy(path)


def open_promise_key() -> None:
    """Make the key that promises are signed with at the first start. A wrong one stops nothing: `check` says it."""
    try:
        made = starting.ensure_promise_key()
    except (LogStopped, Error):
        return
    if made:
        say_keep_log_key(keys.promise_path())


def open_log() -> None:
    """Begin the public log at the first start. What stops it is said by `check`; nothing else waits for it."""
    path = keys.checkpoint_path()
    was_there = path.exists()
    try:
        starting.ensure_started()
    except (LogStopped, Error):
        return
    if not was_there and path.exists():
        say_keep_log_key(path)


def say_keep_log_key(path: Path) -> None:
    with translation.override(language()):
        complain(translation.gettext(keyfile.KEEP_A_COPY) % {"path": path})


def open_packs() -> None:
    """See that every procedure in use can be read and still has the steps by which clocks run.

    Raises CannotStart: a page without its procedure would fail, and a clock without its step would be met by no act
    and lifted as late (docs/adr/0037-a-step-that-disappears.md).
    """
    with translation.override(language()):
        for code in _packs_in_use():
            try:
                load_pack(code)
            except PackError as error:
                raise CannotStart(sentence(error)) from error
        with suppress(Error):
            for fault in check_steps_of_clocks():
                raise CannotStart(in_a_row((fault.sentence, fault.remedy)))


def _packs_in_use() -> set[str]:
    try:
        bodies = Authority.objects.filter(is_outside=False).values_list("pack", flat=True)
        return {*bodies, *Case.objects.order_by().values_list("pack", flat=True).distinct()}
    except Error:  # away for the moment; `check` says it too
        return set()


def say_keep_a_copy(path: Path) -> None:
    """The warning that belongs to every key file that was made or begun again."""
    with translation.override(language()):
        complain(translation.gettext(KEEP_A_COPY) % {"path": path})
