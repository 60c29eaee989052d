"""A telephone call that the duty officer makes by hand: a way like the others, confirmed by whoever called."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from answerable.alerts import steps
from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.models import Alert, Attempt, Delivery
from answerable.alerts.refusals import CannotAnswer
from answerable.record.actors import Actor
from answerable.record.append import append


class Came(StrEnum):
    """What came of a call."""

    HAS_IT = "has_it"
    PASSES = "passes"
    NOT_REACHED = "not_reached"


@transaction.atomic(durable=True)
def confirm_call(*, delivery_id: UUID, came: Came, by: Actor, now: datetime) -> Alert:
    """Write down what came of a call by hand; reached, the answer counts as if they had given it themselves.

    Raises CannotAnswer: `called_already`, or what their answer raises; nothing is changed then.
    """
    alert_id = Delivery.objects.values_list("asked__alert", flat=True).get(pk=delivery_id, kind="landline")
    alert = steps.lock_alert(alert_id)
    call = Delivery.objects.select_for_update(of=("self",)).select_related("asked").get(pk=delivery_id)
    if call.state != Delivery.State.QUEUED or call.asked is None:
        raise CannotAnswer("called_already")
    is_reached = came is not Came.NOT_REACHED
    call.state = Delivery.State.SENT if is_reached else Delivery.State.FAILED
    call.tries, call.ended_at, call.outcome = call.tries + 1, now, str(came)
    call.save(update_fields=["state", "tries", "ended_at", "outcome"])
    Attempt.objects.create(
        delivery=call, number=call.tries, began_at=now, ended_at=now, outcome=call.state, detail=str(came)
    )
    _settle_with(call, alert, now)
    body = {"came": str(came), "step": call.asked.step, "round": call.asked.round}
    append(AlertAct.CALLED, matter=alert.pk, by=by, at=now, body=body)
    if came is Came.HAS_IT:
        steps.acknowledge(alert, call.asked.staff_id, by=by, now=now, way="landline")
    elif came is Came.PASSES:
        steps.decline(alert, call.asked.staff_id, by=by, now=now, way="landline")
    else:
        _next_way_now(call, now)
    return alert


def _settle_with(call: Delivery, alert: Alert, now: datetime) -> None:
    """Earlier steps and rounds wanted the same call: it was made for all of them."""
    same = Delivery.objects.filter(
        asked__alert=alert,
        asked__staff=call.asked.staff_id if call.asked else None,
        contact=call.contact_id,
        kind="landline",
        state=Delivery.State.QUEUED,
    )
    due = same.exclude(pk=call.pk).filter(next_try_at__lte=now)
    keys = list(due.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=keys).update(
        state=call.state, carried_by=call, ended_at=now, outcome=call.outcome
    )


def _next_way_now(call: Delivery, now: datetime) -> None:
    """They were not reached: the next way to them does not wait for its time."""
    waiting = Delivery.objects.select_for_update().filter(
        asked=call.asked_id, state=Delivery.State.QUEUED, next_try_at__gt=now
    )
    following = waiting.order_by("next_try_at", "pk").first()
    if following is not None:
        Delivery.objects.filter(pk=following.pk).update(next_try_at=now)


def calls_to_make(alert_ids: list[UUID]) -> list[Delivery]:
    """What waits to be called by hand for these alarms, by when."""
    rows = Delivery.objects.filter(
        asked__alert__in=alert_ids, kind="landline", state=Delivery.State.QUEUED
    ).select_related("asked__staff", "asked__alert", "contact")
    return list(rows.order_by("next_try_at", "pk"))
