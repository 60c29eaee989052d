"""What `answerable check` asks of the key file."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from answerable.core.checks import Fault
from answerable.core.sentences import sentence
from answerable.parties import keys, wrapped
from answerable.parties.keyfile import KeyFileError, KeyRing


def check_key_file() -> Iterator[Fault]:
    """There, safe from others, the right one, and complete."""
    try:
        KeyRing.load(settings.ANSWERABLE_KEY_FILE)  # as it is now: this process may have read it long ago
        keys.check_and_remember()
    except KeyFileError as error:
        yield Fault(f"key_file_{error.code}", sentence(error), _("See what it means: answerable keys status"))
        return
    closed = sum(rows for version, rows in wrapped.counts().items() if version not in keys.ring().keys)
    if closed:
        yield Fault(
            "keys_lost",
            _("%(count)s sealed entries cannot be opened: their key is not in the key file.")
            % {"count": closed},
            _("If an older key file turns up: answerable keys take-back FILE"),
        )
