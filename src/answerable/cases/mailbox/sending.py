"""What we send to whom a mailbox belongs: where an answer goes, and how it is known for theirs."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings

from answerable.alerts.models import Delivery
from answerable.alerts.services import queue_delivery
from answerable.cases.mailbox.models import Mailbox
from answerable.cases.mailbox.tokens import token_for
from answerable.cases.models import Case
from answerable.orgs.queries import calendar_of
from answerable.parties import vault
from answerable.parties.models import Channel
from answerable.parties.steps import data_key


def reply_facts(case: Case, channel: Channel) -> dict[str, Any]:
    """For a message to a person: where they can answer it, and what makes the answer theirs. Nothing without a mailbox."""
    if channel.kind != "email":
        return {}
    box = Mailbox.objects.filter(authority=case.authority_id, is_paused=False).order_by("pk").first()
    return {"reply_to": box.address, "thread": token_for(channel.pk)} if box is not None else {}


def queue_receipt(
    case: Case, mailbox: Mailbox, *, secret: str | None, about: str, left_out: list[str], at: Any
) -> None:
    """The receipt, to the address that the person wrote from. Inside the caller's transaction; once a case.

    What belongs to the person alone lies sealed under the channel's own key until it is sent.
    """
    channel = Channel.objects.filter(case_id=case.pk, dropped_at=None, kind="email").first()
    if channel is None:
        return
    key = f"mail_receipt:{case.pk}"
    inside = {
        "secret": secret if mailbox.sends_secret else None,
        "in_reply_to": about,
        "left_out": left_out,
    }
    aad = vault.bind(Delivery._meta.db_table, "facts", key)
    sealed = base64.b64encode(vault.seal_json(data_key(channel.pk), inside, aad)).decode()
    due = str(calendar_of(case.authority).local_day(case.due_at)) if case.due_at else ""
    queue_delivery(
        "email",
        "mail_receipt",
        key=key,
        at=at,
        matter=case.pk,
        channel_id=channel.pk,
        language=case.language,
        facts={
            "case": case.code,
            "due": due,
            "unit_zh": case.unit.name_zh,
            "unit_en": case.unit.name_en,
            "address": settings.BASE_URL.rstrip("/") + "/case/",
            "reply_to": mailbox.address,
            "thread": token_for(channel.pk),
            "sealed": sealed,
        },
    )
