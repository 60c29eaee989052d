"""Duty data goes in time (rights, rule 12): who was asked, answered or missed; the record keeps posts and numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from answerable.alerts.models import Alert, Delivery, RollCall
from answerable.core.keeping import gone

#: An alarm is kept for so long after its end; of a roll call less is needed.
ALERTS_KEPT = timedelta(days=365)
ROLL_CALLS_KEPT = timedelta(days=90)
#: Messages to staff that belong to no alarm and no case: reminders, changes of duty, codes, digests.
MESSAGES_KEPT = timedelta(days=90)
BATCH = 500


def tidy(now: datetime) -> int:
    """Delete what is past its time, a batch a turn; returns how many alarms and messages went."""
    over = [Alert.State.RESOLVED, Alert.State.UNANSWERED]
    calls = RollCall.objects.filter(called_at__lt=now - ROLL_CALLS_KEPT).values("alert")
    old = Alert.objects.filter(state__in=over, ended_at__lt=now - ALERTS_KEPT)
    # Somebody had it and nobody said that it is over: as good as over, so long after.
    forgotten = Alert.objects.filter(state=Alert.State.ACKNOWLEDGED, answered_at__lt=now - 2 * ALERTS_KEPT)
    lost = 0
    kinds = (
        ("alerts.roll_call", Alert.objects.filter(pk__in=calls)),
        ("alerts.alarm", old),
        ("alerts.alarm", forgotten),
    )
    for code, rows in kinds:
        with transaction.atomic():
            keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
            Delivery.objects.filter(asked__alert__in=keys).delete()
            Alert.objects.filter(pk__in=keys).delete()
        lost += gone(code, len(keys))
    return lost + gone("alerts.message", _drop_messages(now))


def _drop_messages(now: datetime) -> int:
    """They say when somebody is on duty, and to which address it was said."""
    old = Delivery.objects.filter(
        asked=None, matter=None, channel_id=None, queued_at__lt=now - MESSAGES_KEPT
    ).exclude(state__in=[Delivery.State.QUEUED, Delivery.State.SENDING])
    with transaction.atomic():
        keys = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
        Delivery.objects.filter(pk__in=keys).delete()
    return len(keys)
