"""What `answerable check` asks of the ways out and back: is what is used set up, and does it fit together?"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from answerable.alerts.addresses import address_of
from answerable.alerts.answering import mailbox
from answerable.alerts.channels import push
from answerable.alerts.contacts.queries import can_send
from answerable.alerts.models import ContactPoint
from answerable.alerts.models.contacts import Way
from answerable.core.checks import Fault
from answerable.core.sentences import sentence
from answerable.parties.keyfile import KeyFileError
from answerable.parties.vault import CannotOpen


def check_ways() -> Iterator[Fault]:
    """Every way that somebody counts on can send; what comes back can be taken; sealed addresses open."""
    used = set(ContactPoint.objects.filter(removed_at=None).values_list("way", flat=True).distinct())
    for way in sorted(used):
        if not can_send(way):
            yield Fault(
                "way_unset",
                _("Staff count on being reached by: %(way)s. This installation cannot send that way.")
                % {"way": Way(way).label},
                _("Set up its gateway (docs/reference/ways.md), or have them choose another way."),
            )
    yield from _one_way_only()
    if Way.PUSH in used:
        yield from _push_key()
    yield from _sealed()


def _one_way_only() -> Iterator[Fault]:
    for url, key, name in (
        (settings.SMS_URL, settings.SMS_INBOUND_KEY, "ANSWERABLE_SMS_INBOUND_KEY"),
        (settings.VOICE_URL, settings.VOICE_INBOUND_KEY, "ANSWERABLE_VOICE_INBOUND_KEY"),
    ):
        if url and not key:
            yield Fault(
                "way_without_return",
                _("What comes back from a gateway cannot be taken: %(name)s is not set.") % {"name": name},
                _("Agree on a key with the gateway, so that alarms can be answered that way too."),
            )


def _push_key() -> Iterator[Fault]:
    try:
        push.server_key()
    except push.PushKeyError as error:
        yield Fault(
            "push_key",
            _("The key for messages to browsers, %(path)s, cannot be used (%(reason)s).")
            % {"path": settings.ANSWERABLE_PUSH_KEY_FILE, "reason": sentence(error)},
            _("Put the right file back, mode 0600. Without it every browser has to be added again."),
        )


def _sealed() -> Iterator[Fault]:
    closed = 0
    for row in ContactPoint.objects.filter(removed_at=None).exclude(sealed=None).iterator():
        try:
            address_of(row)
        except (CannotOpen, KeyFileError):
            closed += 1
    if closed:
        yield Fault(
            "contacts_closed",
            _("%(count)s addresses of contacts do not open with this key file.") % {"count": closed},
            _("Put the right key file back, or have these ways added again."),
        )


def check_mailbox() -> Iterator[Fault]:
    """The mailbox for answers by e-mail can be read, where one is set."""
    if not mailbox.is_configured():
        return
    try:
        mailbox.try_out()
    except (OSError, imaplib.IMAP4.error) as error:
        yield Fault(
            "mailbox_refused",
            _("The mailbox for answers to alarms cannot be read (%(error)s).")
            % {"error": type(error).__name__},
            _("Check ANSWERABLE_ALERT_IMAP_URL: host, name, password and folder."),
        )


__all__ = ["check_mailbox", "check_ways"]
