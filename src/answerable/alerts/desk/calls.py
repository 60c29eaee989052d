"""Whom to ring: each person once, on the board about everything that waits, on an alarm's page with how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from answerable.alerts.alarm_words import headline_of
from answerable.alerts.models import Delivery
from answerable.alerts.services.calls import calls_to_make


@dataclass(frozen=True)
class ToCall:
    """One person to be rung, once, about everything that waits for them."""

    name: str
    number: str
    about: list[tuple[str, str]] = field(default_factory=list)


def people_to_call(calls: Sequence[Delivery]) -> list[ToCall]:
    """Whom to ring, in the order of who waits longest: a number stands once, whatever it is rung about."""
    found: dict[tuple[int, str], ToCall] = {}
    for call in calls:
        if call.asked is None:
            continue
        number = call.contact.address if call.contact else ""
        one = found.setdefault((call.asked.staff_id, number), ToCall(call.asked.staff.name, number))
        url = reverse("alerts:alarm", args=[call.asked.alert_id]) + "#calls"
        if all(known != url for _line, known in one.about):
            one.about.append((headline_of(call.asked.alert), url))
    return list(found.values())


@dataclass
class CallOfOne:
    """One person of one alarm: the call of the newest step that wants it, since when, and when they were not reached."""

    call: Delivery
    name: str
    number: str
    since: datetime | None
    is_later: bool = False
    missed_at: datetime | None = None
    missed: int = 0


def calls_of(alert_id: UUID, now: datetime) -> list[CallOfOne]:
    """Whom to ring about one alarm, in the order of who waits longest; every step and round that wants the same call
    is one row."""
    found: dict[tuple[int, int | None], CallOfOne] = {}
    for call in calls_to_make([alert_id]):
        if call.asked is None:
            continue
        key = (call.asked.staff_id, call.contact_id)
        if key not in found:
            number = call.contact.address if call.contact else ""
            found[key] = CallOfOne(call, call.asked.staff.name, number, call.next_try_at)
            found[key].is_later = call.next_try_at is not None and call.next_try_at > now
        elif call.asked_id is not None and call.asked_id > (found[key].call.asked_id or 0):
            found[key].call = call  # their answer belongs to the newest step
    missed = Delivery.objects.filter(
        asked__alert=alert_id, kind="landline", state=Delivery.State.FAILED, carried_by=None
    )
    for staff, contact, at in missed.order_by("ended_at").values_list("asked__staff", "contact", "ended_at"):
        if (row := found.get((staff, contact))) is not None:
            row.missed_at, row.missed = at, row.missed + 1
    return list(found.values())
