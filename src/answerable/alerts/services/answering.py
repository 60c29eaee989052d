"""Answers that come from outside the desk: exactly once, and only by whom the alarm asked that way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from answerable.alerts import steps
from answerable.alerts.answering.access import may_answer
from answerable.alerts.answering.reading import Reading
from answerable.alerts.models import Alert, Asked, ContactPoint, Delivery, Reply
from answerable.alerts.models.contacts import Way
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.services.alarms import actor_of
from answerable.core.ids import uuid7

Outcome = Reply.Outcome
#: Codes that fit into a text message which asks for one.
MOST_CODES = 3


@transaction.atomic(durable=True)
def take_text(*, name: str, number: str, reading: Reading, now: datetime) -> str:
    """A text message came in from a number. `name`: the gateway's own for it, by which a repetition is known.

    Counts only for alarms that were sent to this very number. With several open ones a code is needed; who gave none
    is asked for it. Returns the outcome; "" for a repetition.
    """
    contacts = ContactPoint.objects.filter(way=Way.SMS, address=number, removed_at=None)
    return _take_once("sms", name, now, lambda: _text(list(contacts), reading, name, now))


@transaction.atomic(durable=True)
def take_digit(*, name: str, call: str, has_it: bool | None, now: datetime) -> str:
    """A digit came back from an automatic call, named by the gateway or by our own id."""
    return _take_once("voice", name, now, lambda: _to_delivery(_named_call(call), has_it, "voice", now))


@transaction.atomic(durable=True)
def take_mail(*, name: str, sender: str, deliveries: list[str], reading: Reading, now: datetime) -> str:
    """An e-mail answered one of these messages (by its Message-ID), or carries the code of an alarm sent to it."""
    return _take_once("email", name, now, lambda: _mail(sender, deliveries, reading, now))


@transaction.atomic(durable=True)
def take_bounce(*, name: str, deliveries: list[str], now: datetime) -> str:
    """An e-mail came back: the contact it went to fails from now on."""

    def fail() -> str:
        rows = ContactPoint.objects.filter(deliveries__in=_known(deliveries), failing_since=None)
        ContactPoint.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(failing_since=now)
        return Outcome.IGNORED

    return _take_once("email", name, now, fail)


@transaction.atomic(durable=True)
def ignore_mail(*, name: str, now: datetime) -> str:
    """An automatic answer, or something else that is none: remembered, so that it is read once."""
    return _take_once("email", name, now, lambda: Outcome.IGNORED)


def _take_once(way: str, name: str, now: datetime, doing: Callable[[], str]) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    # A second one of the same name waits here for the first, and then finds its row settled.
    Reply.objects.bulk_create([Reply(way=way, digest=digest, at=now)], ignore_conflicts=True)
    mine = Reply.objects.select_for_update().get(way=way, digest=digest)
    if mine.outcome:
        return ""
    mine.outcome = doing()
    mine.save(update_fields=["outcome"])
    return mine.outcome


def _text(contacts: list[ContactPoint], reading: Reading, name: str, now: datetime) -> str:
    if reading.has_it is None:
        return Outcome.UNCLEAR
    rows = Asked.objects.filter(deliveries__contact__in=contacts, is_told_only=False)
    if reading.code:
        rows = rows.filter(reply_code=reading.code)
    open_ = rows.filter(alert__state=Alert.State.OPEN, answer="")
    newest = {row.alert_id: row for row in open_.order_by("pk")}
    if len(newest) > 1:
        _ask_which(contacts[0], list(newest.values()), name, now)
        return Outcome.WHICH
    if newest:
        return _answer(next(iter(newest.values())), reading.has_it, "sms", contacts, now)
    last = rows.order_by("-pk").first()
    if last is None:
        return Outcome.NOT_ASKED
    # Nothing waits. With its code one may still pass on what one has; without, an old word must not undo anything.
    return _answer(last, reading.has_it, "sms", contacts, now) if reading.code else Outcome.OVER


def _mail(sender: str, deliveries: list[str], reading: Reading, now: datetime) -> str:
    if reading.has_it is None:
        return Outcome.UNCLEAR
    known = _known(deliveries).select_related("asked", "contact").filter(kind="email")
    row = known.order_by("-queued_at").exclude(asked=None).first()
    if row is None and reading.code:
        row = (
            Delivery.objects.filter(kind="email", asked__reply_code=reading.code)
            .select_related("asked", "contact")
            .order_by("-queued_at")
            .first()
        )
    if row is None or row.asked is None or row.contact is None:
        return Outcome.NOT_ASKED
    if row.contact.address.lower() != sender.lower():
        return Outcome.NOT_ASKED
    return _to_delivery(row, reading.has_it, "email", now)


def _to_delivery(row: Delivery | None, has_it: bool | None, way: str, now: datetime) -> str:
    if row is None or row.asked is None:
        return Outcome.NOT_ASKED
    if has_it is None:
        return Outcome.UNCLEAR
    return _answer(row.asked, has_it, way, [row.contact] if row.contact else [], now)


def _answer(asked: Asked, has_it: bool, way: str, contacts: list[ContactPoint], now: datetime) -> str:
    if not may_answer([asked], now):
        return Outcome.NOT_ASKED
    alert = steps.lock_alert(asked.alert_id)
    doing = steps.acknowledge if has_it else steps.decline
    try:
        doing(alert, asked.staff_id, by=actor_of(asked), now=now, way=way)
    except CannotAnswer:
        return Outcome.OVER
    finally:
        # Whatever became of the alarm: the way has just brought an answer.
        mine = [one.pk for one in contacts if one.staff_id == asked.staff_id]
        ContactPoint.objects.filter(pk__in=mine).update(answered_at=now, failing_since=None)
    return Outcome.ANSWERED


def _named_call(call: str) -> Delivery | None:
    rows = Delivery.objects.filter(kind="voice").select_related("asked", "contact").exclude(asked=None)
    ours = _known([call]).filter(kind="voice").select_related("asked", "contact").first()
    return ours or rows.filter(provider_id=call).exclude(provider_id="").order_by("-queued_at").first()


def _known(names: list[str]) -> QuerySet[Delivery]:
    """Messages of ours by their ids; what is no id is nobody's."""
    ids = []
    for name in names:
        try:
            ids.append(UUID(name))
        except ValueError:
            continue
    return Delivery.objects.filter(pk__in=ids)


def _ask_which(contact: ContactPoint, rows: list[Asked], name: str, now: datetime) -> None:
    codes = [row.reply_code for row in sorted(rows, key=lambda row: -row.pk)[:MOST_CODES]]
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    Delivery.objects.bulk_create(
        [
            Delivery(
                id=uuid7(),
                kind=contact.way,
                purpose="which_alarm",
                key=f"which_alarm:{digest}",
                contact=contact,
                is_urgent=True,
                language=contact.staff.language,
                facts={"codes": ", ".join(codes), "example": codes[0]},
                queued_at=now,
                next_try_at=now,
            )
        ],
        ignore_conflicts=True,
    )
