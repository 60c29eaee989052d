"""What the worker does for contacts: those of whoever left go; rows taken away long ago and old marks of replies too."""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.alerts.contacts import queries
from answerable.alerts.models import ContactPoint, QuietHours, Reply
from answerable.alerts.services.contacts import expire_contacts
from answerable.core.keeping import gone

#: A row without its address stays a while, so that a ledger can say by which way a message went.
EMPTY_KEPT = timedelta(days=90)
#: A gateway that repeats itself does so within days.
REPLIES_KEPT = timedelta(days=30)


def tidy(now: datetime) -> int:
    """Expire the ways of leavers, one person a transaction; returns how many ways."""
    done = sum(expire_contacts(staff_id=staff_id, now=now) for staff_id in queries.leavers(now))
    QuietHours.objects.exclude(staff__in=queries.serving(now)).delete()
    ContactPoint.objects.filter(removed_at__lt=now - EMPTY_KEPT).delete()
    Reply.objects.filter(at__lt=now - REPLIES_KEPT).delete()
    return gone("alerts.contact", done)
