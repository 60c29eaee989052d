"""Raise an alarm, answer it, note, resolve. Each is acts under the alarm's own id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.alerts import steps
from answerable.alerts.models import Alert, Asked
from answerable.alerts.refusals import CannotAnswer
from answerable.record.actors import Actor, ActorKind

#: Alarms that ask somebody to take a role: nobody who happens to see one ends it.
ENDS_WITH_MATTER = frozenset({"incident_role"})


@transaction.atomic(durable=True)
def raise_alert(
    code: str,
    *,
    authority_id: int,
    key: str,
    now: datetime,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    about: UUID | None = None,
    link: str = "",
    is_urgent: bool = True,
    is_drill: bool = False,
    rule_code: str | None = None,
) -> Alert:
    """Raise an alarm, once for a `key`; see `steps.open_alert`."""
    return steps.open_alert(
        code,
        authority_id=authority_id,
        key=key,
        now=now,
        by=by,
        facts=facts,
        context=context,
        about=about,
        link=link,
        is_urgent=is_urgent,
        is_drill=is_drill,
        rule_code=rule_code,
    )


@transaction.atomic(durable=True)
def acknowledge(*, alert_id: UUID, by: Actor, now: datetime, way: str = "page") -> Alert:
    """ "I have it", by whoever was asked or takes it from the page. Raises CannotAnswer, with nothing changed."""
    alert = steps.lock_alert(alert_id)
    steps.acknowledge(alert, by.staff, by=by, now=now, way=way)
    return alert


@transaction.atomic(durable=True)
def decline(*, alert_id: UUID, by: Actor, now: datetime, way: str = "page") -> Alert:
    """ "Pass to the next". Raises CannotAnswer, with nothing changed."""
    alert = steps.lock_alert(alert_id)
    steps.decline(alert, by.staff, by=by, now=now, way=way)
    return alert


@transaction.atomic(durable=True)
def answer(*, asked_id: int, has_it: bool, now: datetime, way: str) -> Alert:
    """The same by whoever holds the private address, or replied: the one who was asked. Raises CannotAnswer."""
    asked = Asked.objects.get(pk=asked_id)
    alert = steps.lock_alert(asked.alert_id)
    doing = steps.acknowledge if has_it else steps.decline
    doing(alert, asked.staff_id, by=actor_of(asked), now=now, way=way)
    return alert


def actor_of(asked: Asked) -> Actor:
    """Whoever answers without signing in acts for the post they were asked for."""
    return Actor(ActorKind.STAFF, staff_id=asked.staff_id, post_id=asked.post_id)


@transaction.atomic(durable=True)
def note(*, alert_id: UUID, text: str, by: Actor, now: datetime) -> Alert:
    """Write something about an alarm, also after it is over."""
    alert = steps.lock_alert(alert_id)
    steps.note(alert, text, by=by, now=now)
    return alert


@transaction.atomic(durable=True)
def resolve(*, alert_id: UUID, by: Actor, now: datetime, text: str = "") -> Alert:
    """It is over: nobody is asked any more. Once resolved it stays so.

    Raises CannotAnswer (`ends_with_matter`) for what asks somebody to take a role: that ends when somebody has it.
    """
    alert = steps.lock_alert(alert_id)
    if alert.code in ENDS_WITH_MATTER and alert.state == Alert.State.OPEN:
        raise CannotAnswer("ends_with_matter")
    steps.resolve(alert, by=by, now=now, text=text)
    return alert
