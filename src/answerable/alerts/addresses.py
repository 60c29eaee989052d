"""Addresses of contacts: read as they are typed, sealed where they hold a key, opened to send.

Sealed are Apprise addresses, webhooks and browsers' subscriptions: whoever has one can write in the office's name. They
lie under a key that is derived from the key file, so a copied database opens none. A telephone number or an e-mail
address stands in clear, as the person's colleagues know it; no page and no act shows more of it than is needed.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from answerable.alerts.channels import apprise, push, webhook
from answerable.alerts.models import ContactPoint
from answerable.alerts.models.contacts import Way
from answerable.alerts.outcomes import NotSent
from answerable.alerts.telephone import CannotReadNumber, Telephone, masked, read_number
from answerable.core.sentences import N_, Said
from answerable.parties import keys, vault

SEALED = frozenset({Way.PUSH, Way.APPRISE, Way.WEBHOOK})
NUMBERS = frozenset({Way.SMS, Way.VOICE, Way.LANDLINE})
_EMAIL = EmailValidator()
#: What a channel says of an address, and the sentence that its owner reads.
_WHY = {
    "only https addresses are used": "https",
    "this server is not among ANSWERABLE_ALERT_HOSTS": "hosts",
    "an option in this address is not used": "option",
}


class CannotReadAddress(Said):
    """What was typed is no address of this way."""

    sentences = {
        "email": N_("This is no e-mail address. It should look like name@example.org."),
        "webhook": N_("This is no web address. It should look like https://host.example/path."),
        "https": N_(
            "Only https addresses are used, unless the administrator named the host as one of the office's own "
            "(ANSWERABLE_ALERT_HOSTS)."
        ),
        "service": N_(
            "This is no address of a service that is used here. Paste the one that the chat shows for its robot."
        ),
        "hosts": N_(
            "This server is not among those that the administrator named as the office's own (ANSWERABLE_ALERT_HOSTS)."
        ),
        "option": N_(
            "This address carries an option that is not used here. Leave out what follows the question mark."
        ),
        "browser": N_(
            "This browser gave no address to send to. Please try once more, or use another browser."
        ),
    }


@dataclass(frozen=True)
class ReadAddress:
    """`address` is what is sent to; `key` is a webhook's, shown to the person once."""

    address: str
    key: str = ""


def read_address(way: str, typed: str) -> ReadAddress:
    """What was typed, in the one form it is kept in. Raises CannotReadAddress, CannotReadNumber."""
    typed = typed.strip()
    if way in NUMBERS:
        return ReadAddress(str(_number(way, typed)))
    if way == Way.EMAIL:
        try:
            _EMAIL(typed)
        except ValidationError:
            raise CannotReadAddress("email") from None
        name, _at, host = typed.rpartition("@")
        return ReadAddress(f"{name}@{host.lower()}")
    try:
        if way == Way.WEBHOOK:
            made = {"url": typed, "key": secrets.token_urlsafe(32)}
            webhook.read_address(json.dumps(made))
            return ReadAddress(json.dumps(made), made["key"])
        if way == Way.PUSH:
            push.read_subscription(typed)
        else:
            apprise.check_address(typed)
    except NotSent as refused:
        code = {Way.WEBHOOK: "webhook", Way.PUSH: "browser"}.get(Way(way), "service")
        raise CannotReadAddress(_WHY.get(refused.detail, code)) from None
    return ReadAddress(typed)


def _number(way: str, typed: str) -> Telephone:
    number = read_number(typed)
    if way == Way.SMS and (not number.is_mobile or number.extension):
        raise CannotReadNumber("not_mobile")
    return number


def seal_address(contact: ContactPoint, address: str) -> None:
    """Put the address into the row (not saved), sealed where it holds a key. The row has its id already."""
    if contact.way in SEALED:
        contact.address = ""
        contact.sealed = vault.seal_json(_key(), {"address": address}, _bound(contact))
    else:
        contact.address, contact.sealed = address, None


def address_of(contact: ContactPoint) -> str:
    """What is sent to. Raises CannotOpen, KeyFileError; a LookupError where the contact was taken away."""
    if contact.removed_at is not None or not (contact.address or contact.sealed):
        raise LookupError("this contact was taken away")
    if contact.sealed is None:
        return contact.address
    return str(vault.open_json(_key(), bytes(contact.sealed), _bound(contact))["address"])


def hint_of(contact: ContactPoint) -> str:
    """Enough for the person to tell their own ways apart, and for nobody to write to one."""
    if contact.way in NUMBERS:
        return masked(contact.address)
    if contact.way == Way.EMAIL:
        name, _at, host = contact.address.rpartition("@")
        return f"{name[:1]}…@{host}"
    return ""


def _key() -> bytes:
    return keys.derived("addresses of contacts of staff")


def _bound(contact: ContactPoint) -> bytes:
    return vault.bind(ContactPoint._meta.db_table, "sealed", contact.pk)
