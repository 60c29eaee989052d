"""What the page of rounds on a telephone says; `{name}` is filled in by its script."""

from __future__ import annotations

from django.utils.translation import gettext

from answerable.incidents.field.words import of_device


def unknown() -> str:
    return gettext("This is not open to you. Copy what you wrote and tell whoever leads the unit.")


def unknown_kind() -> str:
    return gettext("This page is older than the server. Open it again with a network; nothing is lost.")


def sentences() -> dict[str, str]:
    return of_device() | {
        "no_browser": gettext(
            "This browser cannot work without a network: it needs a secure address (https) and a browser of this "
            "decade. Do the round on its page, or on paper."
        ),
        "kind_round": gettext("Round"),
        "kind_mended": gettext("Mended"),
        "kind_checked": gettext("Looked at"),
        "no_rounds": gettext("No round is yours to do until tomorrow morning."),
        "no_mend": gettext("Nothing is for your posts to mend."),
        "no_check": gettext("Nothing mended waits for your look."),
        "due": gettext("due {when}"),
        "late": gettext("late since {when}"),
        "from": gettext("can be done from {when} on"),
        "until": gettext("by {when}"),
        "begin": gettext("Do this round"),
        "leave": gettext("Back to the list"),
        "done": gettext("The round is done"),
        "answer_first": gettext("Not answered yet: {ask}"),
        "with_unit": gettext("{ask} ({unit})"),
        "no_number": gettext("Type a number, such as 3.5: {ask}"),
        "too_early": gettext("This round can be done from {when} on."),
        "yes": gettext("yes"),
        "no": gettext("no"),
        "in_order": gettext("in order"),
        "wrong": gettext("This is a finding"),
        "note": gettext("What is seen of it"),
        "note_hint": gettext("Of the place or thing, nothing about persons."),
        "becomes": gettext("It becomes"),
        "repair": gettext("a repair"),
        "case": gettext("a case"),
        "incident": gettext("an incident"),
        "subject": gettext("Subject of the case"),
        "hazard": gettext("Danger of the incident"),
        "choose_subject": gettext("Choose what the case is about: {ask}"),
        "choose_hazard": gettext("Name the danger of the incident: {ask}"),
        "photo": gettext("Take a photograph, with nobody in it"),
        "photo_kept": gettext("The photograph is kept here; it is sent before the round."),
        "mend_what": gettext("What was done"),
        "mend": gettext("It is mended"),
        "mend_first": gettext("Say what was done."),
        "said_mended": gettext("Said to be mended: {what}"),
        "check_note": gettext("What you see"),
        "is_mended": gettext("Yes, it is mended"),
        "not_mended": gettext("No, not yet"),
        "check_first": gettext("Say what is still wrong."),
    }
