"""The engine: takes the alarms that are due and climbs. Any number of workers; each alarm is one's at a time.

A killed worker leaves nothing half done: a batch is one transaction. What waited meanwhile is found by the next turn,
whoever turns.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction

from answerable.alerts import climbing, rules, steps
from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.channels.registry import CHANNELS
from answerable.alerts.models import Alert, Asked, Delivery
from answerable.record.actors import Actor
from answerable.record.append import append

log = logging.getLogger(__name__)
BATCH = 100
#: An alarm that cannot be climbed is tried again so much later; the others go on.
SET_ASIDE = timedelta(seconds=20)
#: What waits for longer than this while it is due is stalled: monitors are told.
STALLED_AFTER = timedelta(seconds=30)


def turn(now: datetime, limit: int = BATCH) -> int:
    """Climb what is due at `now`; returns how many alarms were taken up."""
    _put_right(now)
    try:
        return _turn_together(now, limit)
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("a batch of alarms failed; each is tried by itself")
    return _turn_apart(now, limit)


@transaction.atomic
def _turn_together(now: datetime, limit: int) -> int:
    alerts = _due(now, limit)
    if alerts:
        climbing.take(alerts, now)
    return len(alerts)


@transaction.atomic
def _turn_apart(now: datetime, limit: int) -> int:
    """One of them fails: each in a savepoint, so that the others climb."""
    alerts = _due(now, limit)
    for alert in alerts:
        try:
            with transaction.atomic():
                climbing.take([alert], now)
        except Exception:
            if connection.connection is None or connection.connection.closed:
                raise
            log.exception("an alarm cannot be climbed", extra={"alert": str(alert.pk)})
            Alert.objects.filter(pk=alert.pk).update(next_at=now + SET_ASIDE)
    return len(alerts)


def _due(now: datetime, limit: int) -> list[Alert]:
    rows = Alert.objects.select_for_update(skip_locked=True).filter(next_at__lte=now)
    return list(rows.order_by("next_at")[:limit])


def _put_right(now: datetime) -> None:
    """The clock was put back: what is to come keeps its distance, messages that wait for their instant too."""
    doubt = now + rules.CLOCK_DOUBT
    if not Alert.objects.filter(next_at__isnull=False, taken_at__gt=doubt).exists():
        return
    with transaction.atomic():
        rows = Alert.objects.select_for_update(skip_locked=True).filter(
            next_at__isnull=False, taken_at__gt=doubt
        )
        for alert in rows.order_by("taken_at")[:BATCH]:
            place = climbing.place_of(alert)
            right = rules.put_right(place, now)
            back = place.taken_at - right.taken_at
            Alert.objects.filter(pk=alert.pk).update(next_at=right.next_at, taken_at=right.taken_at)
            for message in Delivery.objects.filter(
                asked__alert=alert, state=Delivery.State.QUEUED, next_try_at__gt=now
            ).order_by("pk"):
                Delivery.objects.filter(pk=message.pk, state=Delivery.State.QUEUED).update(
                    next_try_at=max(now, (message.next_try_at or now) - back)
                )
            append(
                AlertAct.CLOCK_PUT_BACK,
                matter=alert.pk,
                by=Actor.system(),
                at=now,
                body={"seconds": round(back.total_seconds())},
            )


def is_stalled(now: datetime) -> bool:
    """Whether something that is due has waited for too long: a step, or a message of an alarm."""
    late = now - STALLED_AFTER
    if Alert.objects.filter(next_at__lt=late).exists():
        return True
    waiting = Delivery.objects.filter(
        asked__isnull=False, state=Delivery.State.QUEUED, next_try_at__lt=late, carried_by=None
    )
    # Each lane apart, as the index has them: what waits for later is not walked over.
    return waiting.filter(kind__in=list(CHANNELS), is_urgent__in=[True, False]).exists()


def drop_answered(now: datetime) -> int:
    """A message that was in the air when its alarm was answered, and failed, waits to be tried again: not needed."""
    over = [Alert.State.ACKNOWLEDGED, Alert.State.RESOLVED]
    waits = Delivery.objects.filter(
        state=Delivery.State.QUEUED, tries__gt=0, asked__is_told_only=False, asked__alert__state__in=over
    )
    dropped = 0
    for alert_id in list(waits.order_by().values_list("asked__alert", flat=True).distinct()[:BATCH]):
        with transaction.atomic():
            alert = steps.lock_alert(alert_id)
            if alert.state in over:
                asked = Asked.objects.filter(alert=alert, is_told_only=False)
                dropped += steps.drop_messages(alert, asked, by=Actor.system(), now=now)
    return dropped
