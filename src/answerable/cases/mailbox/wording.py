"""Why a message waits, and how a mailbox does, as sentences."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

from answerable.cases.mailbox.models import Mailbox

#: Why a message was not taken up by itself.
REASONS = {
    "automatic": N_("A machine wrote it: an absence notice, or another automatic answer."),
    "list": N_("It came through a mailing list, or is an advertisement."),
    "spam": N_("The mail server takes it for unwanted mail."),
    "own": N_("It is one of this office's own messages."),
    "no_sender": N_("It has no address that could be answered."),
    "unreadable": N_("It is damaged, and could not be read."),
    "token": N_(
        "It answers an earlier message, but the person is not written to there any more, or it is forged."
    ),
    "empty": N_("There is nothing in it."),
    "flood": N_("Very many came from one address within an hour."),
    "erased": N_("It answers a matter that was erased."),
}
OTHER = N_("It could not be put with its matter.")

STATES = {
    Mailbox.State.NEW: (
        "paused",
        N_("It is looked at for the first time within a minute, as long as the worker runs."),
    ),
    Mailbox.State.FINE: ("met", N_("Messages are taken as they come.")),
    Mailbox.State.AWAY: (
        "late",
        N_(
            "The mail server does not answer. Check its name, port and encryption; it is tried again by itself."
        ),
    ),
    Mailbox.State.REFUSED: ("late", N_("The mail server refuses the name or the password. Type them again.")),
    Mailbox.State.NO_FOLDER: ("late", N_("There is no folder of this name in the mailbox.")),
    Mailbox.State.USED: (
        "late",
        N_(
            "Other messages lie in the folder for what was taken. What is put there is deleted in time, and theirs would "
            "be at risk: name a folder of its own."
        ),
    ),
}
PAUSED = ("paused", N_("Not looked at. What arrives waits on the mail server and is taken afterwards."))


def reason(code: str) -> str:
    return gettext(REASONS.get(code, OTHER))


def state(row: Mailbox) -> tuple[str, str]:
    """Look and sentence."""
    look, said = PAUSED if row.is_paused else STATES[Mailbox.State(row.state)]
    return look, gettext(said)
