"""Alarms in the demo town: the usual rules, a telephone for everyone (no gateway is set here, so the duty room calls by
hand), one that is over, a roll call that everyone answered; and what the cases raised, mostly in somebody's hands.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from answerable.alerts.around import context_of
from answerable.alerts.models import Alert, Asked, ContactPoint
from answerable.alerts.models.contacts import Way
from answerable.alerts.services import acknowledge, answer, raise_alert, resolve
from answerable.alerts.services.alarms import actor_of
from answerable.alerts.services.rollcalls import call_roll, close_due, plan_roll_calls
from answerable.alerts.services.rules import make_default_rules
from answerable.duty.models import Line
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Appointment, Staff
from answerable.orgs.queries import head_of
from answerable.record.actors import Actor, ActorKind

#: Of the cases' alarms so many are left for the visitor; the others are in somebody's hands.
LEFT_OPEN = 2
VERIFIED = timedelta(days=20)


def set_up(settled: Settled, now: datetime) -> None:
    """Before the cases' acts are reacted to: rules and telephones."""
    for body in settled.authorities.values():
        if not body.is_outside:
            make_default_rules(authority=body, by=Actor.system(), now=now - timedelta(days=30))
    people = Staff.objects.filter(appointments__post__unit__authority__is_outside=False).distinct()
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(
                staff=staff,
                way=Way.LANDLINE,
                label="办公室 / office",
                address=f"000-5550 {number:04d}",
                made_at=now - VERIFIED,
                verified_at=now - VERIFIED,
            )
            for number, staff in enumerate(people.order_by("pk"), 1100)
        ]
    )


def live(now: datetime) -> None:
    """After the reactions: who has what, what is over, who answered the roll."""
    raised = Alert.objects.filter(state=Alert.State.OPEN).order_by("-opened_at", "-pk")
    for alert in list(raised)[LEFT_OPEN:]:
        first = Asked.objects.filter(alert=alert, is_told_only=False).order_by("pk").first()
        if first is not None:
            acknowledge(alert_id=alert.pk, by=actor_of(first), now=now)
    room = Line.objects.select_related("authority", "unit").filter(code="duty-room").first()
    if room is None:
        return
    _over(room, now - timedelta(hours=26))
    by = _leader(room, now)
    plan_roll_calls(
        line=room, weekdays=127, at=time(21), spread_min=180, answer_within_min=10, by=by, now=now
    )
    call = call_roll(line=room, answer_within_min=10, by=by, now=now - timedelta(minutes=40))
    for minute, row in enumerate(Asked.objects.filter(alert=call.alert_id).order_by("pk"), 1):
        answer(asked_id=row.pk, has_it=True, now=now - timedelta(minutes=40 - minute), way="landline")
    close_due(now - timedelta(minutes=30))


def _over(room: Line, at: datetime) -> None:
    by = _leader(room, at)
    alert = raise_alert(
        "manual",
        authority_id=room.authority_id,
        key="demo: the sluice",
        now=at,
        by=by,
        facts={"text": "河堤 3 号闸门漏水，水位上涨。 / Sluice 3 on the dyke leaks, the water is rising."},
        context=context_of(room.unit) | {"line": room.pk},
    )
    acknowledge(alert_id=alert.pk, by=by, now=at + timedelta(minutes=4))
    resolve(
        alert_id=alert.pk,
        by=by,
        now=at + timedelta(hours=2),
        text="闸门已封堵，水位回落。 / Sealed; the water falls.",
    )


def _leader(room: Line, at: datetime) -> Actor:
    """The head of the unit that runs the line."""
    post = head_of(room.unit)
    held = Appointment.objects.filter(post=post, from_at__lte=at).order_by("hold", "pk").first()
    assert post is not None
    assert held is not None
    return Actor(ActorKind.STAFF, staff_id=held.staff_id, post_id=post.pk, unit_id=post.unit_id)
