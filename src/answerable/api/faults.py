"""What is wrong with a request: stable codes for machines, sentences for the people behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

SENTENCES = {
    "not_json": N_("The body of the request is not JSON in UTF-8."),
    "too_large": N_("The request is too large. Texts of up to %(limit)s characters fit."),
    "key_wrong": N_("The key is missing, unknown or was taken back. Send it as “Authorization: Bearer …”."),
    "key_expired": N_("This key's time is over. Ask the office for a new one."),
    "unit_closed": N_(
        "The unit that this key was given for is closed. Ask the office's administrator for a new key."
    ),
    "post_closed": N_(
        "The post that answers for this key is closed. Ask the office's administrator for a new key."
    ),
    "scope_missing": N_("This key may not do that. It needs the scope “%(scope)s”; the office gives it."),
    "cursor_wrong": N_("This mark is not of this list and these filters. Begin again without it."),
    "idempotency_missing": N_(
        "The header Idempotency-Key is missing. Send a fresh random value for each case, and the same one when you "
        "try again."
    ),
    "too_many_requests": N_("Too many requests came with this key within a minute. Try again later."),
    "idempotency_malformed": N_("The header Idempotency-Key must have 8 to 200 visible ASCII characters."),
    "too_often": N_(
        "Too many cases came with this key within an hour. Try again later; nothing was registered."
    ),
    "not_found": N_("There is nothing at this address."),
    "invalid": N_("Some fields need another look; nothing was registered."),
    "missing": N_("This field is needed."),
    "unknown_field": N_("There is no such field."),
    "malformed": N_("This has the wrong form."),
    "unknown_subject": N_("This authority has no open subject with this code."),
    "unknown_place": N_("This authority has no open place with this code."),
    "unknown_hazard": N_(
        "This is no danger of the list. A gathering, a complaint or a person is not an emergency."
    ),
    "no_zone": N_("A time needs its distance from UTC, such as +08:00."),
    "unknown_unit": N_("There is no open unit with this code."),
    "unknown_kind": N_("This authority's procedure does not know this kind."),
    "identity_with_anonymous": N_(
        "An anonymous case carries no identity. Leave it out, or choose another privacy."
    ),
    "identity_needed": N_("A confidential or open case needs a name. Without one, hand it in as anonymous."),
    "channel_wrong": N_("This is not an address of the kind that was chosen."),
    "conduct_unnamed": N_("Name a unit, or say in words whose conduct it is about."),
    "database_away": N_(
        "The database is away for a moment. Try again in a minute with the same Idempotency-Key; nothing is "
        "registered twice."
    ),
    "keys_away": N_(
        "The office cannot seal or open anything just now: its key file is away. Try again later with the same "
        "Idempotency-Key; nothing is registered twice."
    ),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `where` is the field's path ("identity.name"), empty for the request itself."""

    code: str
    where: str = ""
    sentence: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "field": self.where, "sentence": self.sentence or said(self.code)}


@dataclass
class Rejected(Exception):
    """A request that cannot be taken as it is. `status` is the HTTP status."""

    code: str
    status: int
    faults: list[Fault] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""
    retry_after: int = 0

    def as_dict(self) -> dict[str, Any]:
        sentence = self.sentence or said(self.code, **self.facts)
        return {"code": self.code, "sentence": sentence, "faults": [one.as_dict() for one in self.faults]}

    def as_problem(self) -> dict[str, Any]:
        """The same as RFC 9457 words it, for whoever asks for that."""
        ours = self.as_dict()
        return {
            "type": f"urn:answerable:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": ours["sentence"],
            "code": self.code,
            "faults": ours["faults"],
        }


def said(code: str, **facts: Any) -> str:
    """The sentence of a code in the language of the request."""
    return gettext(SENTENCES[code]) % facts if facts else gettext(SENTENCES[code])


def invalid(faults: Iterable[Fault]) -> Rejected:
    return Rejected("invalid", 422, list(faults))
