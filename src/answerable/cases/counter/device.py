"""What a counter's page needs on a device that has no network: choices, sentences and the paper, in each language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from answerable.cases.counter import sealing
from answerable.cases.counter.forms import MatterForm
from answerable.cases.portal import receipts
from answerable.orgs.models import Authority, Post


def page_data(form: MatterForm, by_language: dict[str, MatterForm], post: Post) -> dict[str, Any]:
    """Everything the page's own script reads: no person, no member of staff, no secret."""
    return {
        "office_key": sealing.public_key(),
        "own_units": sorted(form.own_units),
        "zone": form.office.authority.zone,
        "say": sentences(),
        "languages": {
            language: _in_language(language, one, form.office.authority, post)
            for language, one in by_language.items()
        },
    }


def _in_language(language: str, form: MatterForm, authority: Authority, post: Post) -> dict[str, Any]:
    with translation.override(language):
        labels = {name: str(field.label) for name, field in form.fields.items() if name != "token"}
        options = {
            name: {str(value): str(text).removeprefix("— ") for value, text in field.choices}
            for name, field in form.fields.items()
            if hasattr(field, "choices")
        }
        return {"labels": labels, "options": options, "paper": _paper(authority, post)}


def _paper(authority: Authority, post: Post) -> dict[str, str]:
    unit = post.unit.name
    return {
        "title": gettext("Receipt"),
        "office": authority.name,
        "code": gettext("Code"),
        "secret": gettext("Secret"),
        "told": gettext("Told on"),
        "where": gettext("Taken down at the counter of %(unit)s.") % {"unit": unit},
        "later": gettext(
            "It was taken down where there was no network. It is registered under this code as soon as there is one; "
            "the office's time limits count from the day above. Your page then says which post answers for it, and "
            "by when."
        ),
        "cut": gettext("Cut here and keep this part apart from the sheet above"),
        "keep": gettext(
            "Keep code and secret apart from each other. Whoever has both can open your page; the office cannot tell "
            "you the secret again."
        ),
        "follow": gettext("Follow it online"),
        "url": receipts.follow_url(),
        "withheld": gettext(
            "The secret is not printed, because this counter belongs to the office that the matter is about. You get "
            "one at the counter of the office that has it then, with this code and by telling what only you can know."
        ),
    }


def sentences() -> dict[str, str]:
    """What the scripts say to the clerk, in the page's language. `{name}` is filled in by the script."""
    return {
        "choose": gettext("Please choose an answer."),
        "choose_for": gettext("Please choose an answer: “{label}”"),
        "story": gettext("Write what the person told. A few words are enough."),
        "letter_day": gettext("Type the day on which the letter arrived."),
        "name": gettext("Type the name, or choose that the person stays anonymous."),
        "anonymous": gettext("The person stays anonymous: empty the name and the address, or ask once more."),
        "who": gettext("Choose an office, or say in the person's words who it is."),
        "own": gettext(
            "You belong to the office that this is about, so no name and no way to reach the person is taken "
            "down here. Choose “anonymous” and “Not at all”; the person can name a way to be reached on "
            "their own page."
        ),
        "reach": gettext("Type where news may go, or choose “Not at all”."),
        "no_reach": gettext("An address is typed below: choose the way, or empty it."),
        "represented": gettext("Say above for whom the person speaks, or empty this."),
        "faults": gettext("Some things need another look"),
        "back": gettext("What was being typed here on {when} is back."),
        "wrong_word": gettext(
            "This is not the password of this device. Try again; matters that wait can be sent without it."
        ),
        "short_word": gettext("Use at least ten characters, so that a stolen device tells nothing."),
        "differ": gettext("The two passwords differ. Type them again."),
        "no_codes": gettext(
            "No receipt is left on this device, or their time ran out. Take matters down on paper, and get ready "
            "again as soon as there is a network."
        ),
        "left": gettext("Receipts left on this device: {count}, until {day}."),
        "waiting": gettext("Waiting on this device: {count}."),
        "online": gettext("There is a network."),
        "offline": gettext("No network."),
        "sending": gettext("Sending…"),
        "kept": gettext("Waits for the network. It is sent by itself; nothing to do."),
        "signed_out": gettext(
            "Nobody is signed in here any more. Sign in again; nothing is lost, and it is sent then."
        ),
        "not_yours": gettext(
            "Whoever is signed in may not take matters down. Let a clerk of this counter sign in."
        ),
        "trouble": gettext(
            "The server could not take it just now. It stays here and is tried again every minute."
        ),
        "sent": gettext("Sent and registered: {code}."),
        "correct": gettext("Correct it"),
        "throw_away": gettext("Throw it away"),
        "told": gettext("told {when}"),
        "no_browser": gettext(
            "This browser cannot work without a network: it needs a secure address (https) and a browser of this "
            "decade. Take matters down online, or on paper."
        ),
        "ready": gettext("This device is ready."),
        "not_ready": gettext("That did not work; nothing was changed on this device. Please try again."),
        "wiped": gettext("This device keeps nothing any more."),
        "waiting_first": gettext(
            "Matters wait here that are not sent yet. Send them first; then wipe the device."
        ),
        "no_store": gettext(
            "This device could not keep it, so no receipt was given. Its storage may be full."
        ),
    }


def forms_by_language(make: Any) -> dict[str, MatterForm]:
    """The form once in each language: its choices are words."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = make()
    return found
