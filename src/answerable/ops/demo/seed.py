"""Fill an empty installation with the demo town and its cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from answerable.alerts.models import Delivery, Notice
from answerable.cases.models import Case
from answerable.core import clock
from answerable.ops.demo import (
    alarms,
    duty,
    incidents,
    life,
    lives,
    periods,
    plans,
    published,
    reports,
    rounds,
    systems,
)
from answerable.ops.demo.content import load_town
from answerable.ops.demo.settle import PASSWORD, settle
from answerable.ops.demo.stories import load_cases
from answerable.orgs.models import Staff
from answerable.record import reactions

NOTICES_KEPT = timedelta(days=12)


def seed(
    now: datetime | None = None, progress: Callable[[int, int], None] | None = None, most: int = 0
) -> int:
    """Settle the town and let its cases live; returns how many cases. `most` (0: all) is for tests.

    Commits as it goes. The town is made to be thrown away, so it does not wait for the disk at each act.
    """
    now = now or clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    town = load_town()
    with transaction.atomic():
        settled = settle(town, now)
    stories = sorted(load_cases(), key=lambda s: (s.joined_to is not None, s.id))
    if most:  # the tour's own story is in every town
        every = max(1, len(stories) // most)
        stories = [s for n, s in enumerate(stories) if n % every == 0 or s.id == town.tour_story]
    made: dict[str, Case] = {}
    staffing = life.Staffing()
    for number, story in enumerate(stories):
        lead = made.get(story.joined_to or "")
        made[story.id] = lives.live(story, settled, town, staffing, number=number, now=now, lead=lead)
        if progress is not None:
            progress(number + 1, len(stories))
    duty.set_up(settled, now)
    plans.set_up(settled, now)
    alarms.set_up(settled, now)
    incidents.live(settled, now)
    periods.set_up(settled, now)
    rounds.live(settled, now, brief=bool(most))
    reports.set_up(settled, now, brief=bool(most))
    systems.set_up(settled, now)
    _react(now)
    reports.live(now)
    alarms.live(now)
    periods.live(now)
    published.live(settled, now, brief=bool(most))
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    return len(made)


def _react(now: datetime) -> None:
    """Run what the acts cause; a year's old notices count as read, and old messages as never queued."""
    while reactions.dispatch(now, limit=500):
        pass
    old = now - NOTICES_KEPT
    Notice.objects.filter(at__lt=old).update(seen_at=now)
    Notice.objects.filter(at__lt=now).update(mailed_at=now)
    Delivery.objects.filter(state=Delivery.State.QUEUED).exclude(kind__in=["letter", "landline"]).delete()


def sign_ins() -> list[tuple[str, str, str]]:
    """User name, password and post of those a visitor may sign in as."""
    town = load_town()
    posts = {p.code: p for p in town.posts}
    units = {u.code: u.name for u in town.units}
    rows = []
    for person in town.staff:
        if person.sign_in and Staff.objects.filter(username=person.sign_in).exists():
            post = posts[person.appointments[0].post]
            unit = units[post.unit]
            zh, en = f"{unit.zh} {post.name.zh}", f"{post.name.en}, {unit.en}"
            rows.append((person.sign_in, PASSWORD, f"{person.name.zh} · {zh} / {en}"))
    return rows
