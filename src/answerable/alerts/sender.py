"""The sender: claim, hand over, write down what came of it. Any number of workers.

A crash between claiming and writing down leaves a row in `sending`; `recover_stalled` finds it, keeps its
try as `unknown` for good, and sends again, marked as a possible duplicate. Nothing is lost. Messages are claimed
one by one, so that a crash leaves only the one that was in the air with an unknown outcome.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from answerable.alerts import outcomes, wording
from answerable.alerts.channels.registry import CHANNELS
from answerable.alerts.models import Attempt, Delivery
from answerable.alerts.outcomes import Message, NotSent, Unknown
from answerable.parties import vault
from answerable.parties.models import Channel
from answerable.parties.steps import data_key, open_channel
from answerable.record.actors import Actor
from answerable.record.append import append

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def claim(now: datetime) -> Delivery | None:
    """Claim the message that is due first and open its try, committed before anything is handed over."""
    with transaction.atomic():
        row = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(state=Delivery.State.QUEUED, next_try_at__lte=now, kind__in=CHANNELS)
            .order_by("next_try_at")
            .first()
        )
        if row is not None:
            row.state, row.claimed_at, row.tries = Delivery.State.SENDING, now, row.tries + 1
            row.save(update_fields=["state", "claimed_at", "tries"])
            Attempt.objects.create(delivery=row, number=row.tries, began_at=now)
    return row


def send_due(clock: Clock, limit: int = 20) -> int:
    """Send what is due; returns how many were tried."""
    for tried in range(limit):
        row = claim(clock())
        if row is None:
            return tried
        outcome, detail, for_good = _hand_over(row)
        settle(row, outcome, detail, for_good=for_good, now=clock())
    return limit


def _hand_over(row: Delivery) -> tuple[str, str, bool]:
    try:
        message = _message(row)
    except Channel.DoesNotExist:
        return "failed", "the person dropped this channel", True
    except Exception as error:
        log.exception("a message could not be made", extra={"delivery": str(row.pk)})
        return "failed", type(error).__name__, False
    try:
        receipt = CHANNELS[row.kind](message)
    except NotSent as error:
        return "failed", error.detail, error.for_good
    except Unknown as error:
        return "unknown", error.detail, False
    except Exception as error:
        # Nobody foresaw this one, so nobody knows how far the message had come.
        log.exception("delivery broke", extra={"delivery": str(row.pk)})
        return "unknown", type(error).__name__, False
    return "sent", receipt or "", False


def _message(row: Delivery) -> Message:
    """Build the message. A person's address is unsealed here and nowhere else."""
    if row.channel_id is not None:
        to = open_channel(Channel.objects.get(pk=row.channel_id, dropped_at=None))
    else:
        to = str(row.facts["to"])
    with translation.override(row.language):
        subject, body = wording.message(row.purpose, _facts(row), may_be_duplicate=row.may_be_duplicate)
    return Message(to=to, subject=subject, body=body, idempotency=str(row.pk))


def _facts(row: Delivery) -> dict[str, Any]:
    """What the message says. A part that lies sealed under the channel's own key is opened here and nowhere else."""
    facts = dict(row.facts)
    sealed = facts.pop("sealed", None)
    if sealed is None or row.channel_id is None:
        return facts
    aad = vault.bind(Delivery._meta.db_table, "facts", row.key)
    return facts | vault.open_json(data_key(row.channel_id), base64.b64decode(sealed), aad)


def settle(row: Delivery, outcome: str, detail: str, *, for_good: bool, now: datetime) -> None:
    """Write down what came of a try; a failed one is queued again until it is given up."""
    with transaction.atomic():
        held = Delivery.objects.select_for_update().get(pk=row.pk)
        if held.state != Delivery.State.SENDING or held.tries != row.tries:
            return  # found stalled meanwhile and taken over
        Attempt.objects.filter(delivery=held, number=held.tries).update(
            ended_at=now, outcome=outcome, detail=detail
        )
        held.outcome = detail
        again = None if for_good else outcomes.next_try(held.tries, now)
        if outcome == "sent":
            held.state, held.ended_at = Delivery.State.SENT, now
            _record(held, "message.delivered", now)
        elif again is None:
            # One try of unknown outcome is enough: the message may have arrived, whatever came of the later ones.
            lost = outcome == "failed" and not held.may_be_duplicate
            held.state = Delivery.State.FAILED if lost else Delivery.State.UNKNOWN
            held.ended_at = now
            _record(held, "message.undelivered", now)
        else:
            held.state, held.next_try_at = Delivery.State.QUEUED, again
            held.may_be_duplicate = held.may_be_duplicate or outcome == "unknown"
        if held.ended_at is not None:
            held.facts.pop("sealed", None)
        held.save()


def _record(held: Delivery, act: str, now: datetime) -> None:
    if held.matter is not None:
        body = {"delivery": str(held.pk), "kind": held.kind, "purpose": held.purpose, "tries": held.tries}
        body["state"] = str(held.state)
        if held.state == Delivery.State.SENT and held.outcome:
            body["receipt"] = held.outcome
        append(act, matter=held.matter, by=Actor.system(), at=now, body=body)


def recover_stalled(now: datetime) -> int:
    """Queue again what a dead worker left in `sending`, marked as a possible duplicate.

    A claim of the future was made before the clock was put back: it is as old as it can be told.
    """
    with transaction.atomic():
        old = Q(claimed_at__lt=now - outcomes.STALLED_AFTER) | Q(claimed_at__gt=now + outcomes.STALLED_AFTER)
        rows = list(
            Delivery.objects.select_for_update(skip_locked=True).filter(old, state=Delivery.State.SENDING)
        )
        for row in rows:
            Attempt.objects.filter(delivery=row, number=row.tries).update(
                ended_at=now, detail="the worker stopped while sending"
            )
            row.state, row.next_try_at, row.may_be_duplicate = Delivery.State.QUEUED, now, True
        Delivery.objects.bulk_update(rows, ["state", "next_try_at", "may_be_duplicate"])
    return len(rows)
