"""Make the message that goes out. A person's address is unsealed here and nowhere else (rights, rule 6)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import translation

from answerable.alerts import alarm_texts, tokens, wording
from answerable.alerts.addresses import address_of
from answerable.alerts.alarm_words import told_line, zone_of_body
from answerable.alerts.claiming import BUNDLED, Taken
from answerable.alerts.contacts import codes
from answerable.alerts.due import About, DueMessage
from answerable.alerts.models import Delivery
from answerable.alerts.outcomes import Message, NotSent
from answerable.parties import vault
from answerable.parties.models import Channel
from answerable.parties.steps import data_key, open_channel


class Composer:
    """Makes the messages of one group; what they have in common is read once, when the first one needs it."""

    @cached_property
    def answers(self) -> tokens.Answers:
        return tokens.Answers()

    def compose(self, taken: Taken) -> Message:
        """The message of one delivery, in its language. Raises NotSent where its way is there no more."""
        row = taken.row
        to = _to(row)
        with translation.override(row.language):
            if row.purpose in BUNDLED:
                return self._alarm(to, row, taken.carries)
            facts = _facts(row)
            subject, body = wording.message(row.purpose, facts, may_be_duplicate=row.may_be_duplicate)
        return Message(
            to=to,
            subject=subject,
            body=body,
            idempotency=str(row.pk),
            is_urgent=row.is_urgent,
            language=row.language,
            **{name: str(facts.get(name) or "") for name in ("reply_to", "thread", "in_reply_to")},
        )

    def _alarm(self, to: str, row: DueMessage, carries: Sequence[DueMessage]) -> Message:
        alarms = [self._one(each.about, each.purpose) for each in (row, *carries) if each.about is not None]
        subject, body = alarm_texts.message(row.kind, alarms, desk=_address("desk/alerts/"))
        if row.may_be_duplicate:
            body = alarm_texts.as_second(row.kind, body)
        return Message(
            to=to,
            subject=subject,
            body=body,
            idempotency=str(row.pk),
            link=alarms[0].link or _address("desk/alerts/"),
            reply_code=alarms[0].reply_code,
            is_urgent=row.is_urgent,
            language=row.language,
        )

    def _one(self, about: About, purpose: str) -> alarm_texts.Alarm:
        line = told_line(about.code, about.facts, zone_of_body(about.authority_id), is_drill=about.is_drill)
        if purpose != "alarm":
            return alarm_texts.Alarm(line)
        token, code = self.answers.of(about.asked_id)
        return alarm_texts.Alarm(line, _address(f"a/{token}"), code)


def _to(row: DueMessage) -> str:
    if row.channel_id is not None:
        try:
            return open_channel(Channel.objects.get(pk=row.channel_id, dropped_at=None))
        except Channel.DoesNotExist as error:
            raise NotSent("the person dropped this channel", for_good=True) from error
    if row.contact is not None:
        try:
            return address_of(row.contact)
        except LookupError as error:
            raise NotSent("this way was taken away", for_good=True) from error
    if "to" not in row.facts:
        raise NotSent("this way was taken away", for_good=True)
    return str(row.facts["to"])


def _facts(row: DueMessage) -> dict[str, Any]:
    """What the message says. A part that lies sealed under the channel's own key is opened here and nowhere else."""
    facts = dict(row.facts)
    if row.purpose == "contact_code":
        return facts | {"code": _code(row)}
    sealed = facts.pop("sealed", None)
    if sealed is None or row.channel_id is None:
        return facts
    aad = vault.bind(Delivery._meta.db_table, "facts", row.key)
    return facts | vault.open_json(data_key(row.channel_id), base64.b64decode(sealed), aad)


def _code(row: DueMessage) -> str:
    """The code that shows that a contact works; it is derived, and lies in no table. Read out digit by digit."""
    contact = row.contact
    if contact is None or contact.code_until is None:
        raise NotSent("this code no longer counts", for_good=True)
    code = codes.code_for(contact)
    return " ".join(code) if row.kind == "voice" else code


def _address(path: str) -> str:
    return str(settings.BASE_URL).rstrip("/") + "/" + path
