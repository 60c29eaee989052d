"""Alarms in the demo town: the rules a body begins with, how its people are reached, a roll call by chance each night.

Nobody's telephone rings: the addresses lead nowhere, and the numbers are of an exchange that does not exist.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from answerable.alerts.models import Alert, Asked, ContactPoint
from answerable.alerts.models.contacts import Way
from answerable.alerts.services import alarms, rollcalls, rules
from answerable.duty.models import Line
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Post, Staff
from answerable.orgs.queries import holders_of
from answerable.record.actors import Actor, ActorKind

GENERAL_HEAD = "general-head"
#: Of so many people one has a number that nobody has tried for half a year; another one's no longer answers.
EVERY_STALE, EVERY_FAILING = 11, 17
#: So many of the alarms about late cases are left for a visitor to answer.
LEFT_OPEN = 4


def set_up(settled: Settled, now: datetime) -> None:
    """Rules, ways to reach everybody, and a nightly roll call of the duty room."""
    head = settled.posts[GENERAL_HEAD]
    by = _actor(head, next(iter(holders_of(head.pk, now))))
    body = head.unit.authority
    rules.make_default_rules(authority=body, by=by, now=now)
    ContactPoint.objects.bulk_create(
        way for number, staff in enumerate(settled.staff.values()) for way in _ways(number, staff, now)
    )
    for line in Line.objects.filter(authority=body, has_hand_over=True).order_by("pk")[:1]:
        rollcalls.plan_roll_calls(
            line=line, weekdays=127, at=time(21, 0), spread_min=180, answer_within_min=15, by=by, now=now
        )


def _ways(number: int, staff: Staff, now: datetime) -> list[ContactPoint]:
    """An address for mail, and a telephone that the duty officer calls where the mail says nothing."""
    stale, failing = number % EVERY_STALE == 5, number % EVERY_FAILING == 9
    shown_at = now - timedelta(days=190 if stale else 6 + number % 50)
    made_at = now - timedelta(days=300)
    return [
        ContactPoint(
            staff=staff,
            way=Way.EMAIL,
            address=staff.email,
            position=0,
            made_at=made_at,
            verified_at=shown_at,
            failing_since=now - timedelta(days=2) if failing else None,
        ),
        ContactPoint(
            staff=staff,
            way=Way.LANDLINE,
            address=f"000-5551 {100 + number:04}",
            position=1,
            urgent_after_s=120,
            calm_after_s=None,
            made_at=made_at,
            verified_at=shown_at,
        ),
    ]


def answer_old(now: datetime) -> None:
    """Whoever was asked about the late cases has them: but for the newest, which wait for the visitor."""
    open_ones = Alert.objects.filter(code="late", state=Alert.State.OPEN).order_by("-opened_at", "-pk")
    for alert in open_ones[LEFT_OPEN:]:
        asked = (
            Asked.objects.filter(alert=alert, is_told_only=False, post_id__isnull=False)
            .order_by("pk")
            .first()
        )
        if asked is None:
            continue
        post = Post.objects.get(pk=asked.post_id or 0)
        alarms.acknowledge(alert_id=alert.pk, by=_actor(post, asked.staff), now=now)


def _actor(post: Post, staff: Staff) -> Actor:
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)
