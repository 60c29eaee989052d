"""Reads about the ways by which staff are reached. None of them opens an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet

from answerable.alerts.channels import email, sms, voice
from answerable.alerts.contacts.rules import Known, Reach, reach_of
from answerable.alerts.models import ContactPoint
from answerable.alerts.models.contacts import Way
from answerable.orgs.models import Appointment, Staff


def ways_of(staff_id: int) -> list[ContactPoint]:
    """The ways in use, in the person's order."""
    return list(ContactPoint.objects.filter(staff=staff_id, removed_at=None).defer("sealed"))


def known(contact: ContactPoint) -> Known:
    return Known(contact.way, contact.verified_at, contact.answered_at, contact.failing_since)


def ways_by_staff(staff_ids: Iterable[int]) -> dict[int, list[ContactPoint]]:
    rows = ContactPoint.objects.filter(staff__in=list(staff_ids), removed_at=None).defer("sealed")
    found: dict[int, list[ContactPoint]] = defaultdict(list)
    for row in rows:
        found[row.staff_id].append(row)
    return found


def reach_by_staff(staff_ids: Iterable[int], now: datetime) -> dict[int, Reach]:
    """Whether each of these can be reached. Who has no way at all cannot."""
    ids = list(staff_ids)
    ways = ways_by_staff(ids)
    return {pk: reach_of(map(known, ways.get(pk, ())), now) for pk in ids}


def can_send(way: str) -> bool:
    """Whether this installation has what the way needs; a landline needs nothing but a telephone."""
    if way == Way.EMAIL:
        return email.is_configured()
    if way == Way.SMS:
        return sms.is_configured()
    if way == Way.VOICE:
        return voice.is_configured()
    if way == Way.PUSH:
        return str(settings.BASE_URL).startswith("https://") or "//127.0.0.1" in settings.BASE_URL
    return True


def serving(now: datetime) -> QuerySet[Staff]:
    """Who signs in and holds a post, now or from a later day on."""
    held = Appointment.objects.filter(Q(until_at=None) | Q(until_at__gt=now), post__closed_on=None)
    return Staff.objects.filter(is_active=True, pk__in=held.values("staff"))


def last_body(staff_id: int) -> int:
    """The body in which somebody served last; 0 for whoever never did."""
    rows = Appointment.objects.filter(staff=staff_id).order_by(F("until_at").desc(nulls_first=True), "-pk")
    return rows.values_list("post__unit__authority_id", flat=True).first() or 0


def leavers(now: datetime, limit: int = 100) -> list[int]:
    """Who has ways and serves no more: their ways expire (rights, rule 12)."""
    rows = ContactPoint.objects.filter(removed_at=None).exclude(staff__in=serving(now))
    return list(rows.order_by("staff").values_list("staff", flat=True).distinct()[:limit])
