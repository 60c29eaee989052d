"""Chases lessons until they are done: the post is reminded before the day, its holder and the leader hear when it is over.

The partial index `lesson_open` holds what is not done, so an idle turn costs one small read.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from answerable.alerts import steps as alarms
from answerable.alerts.around import context_of
from answerable.alerts.telling import tell_post
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Lesson
from answerable.incidents.reviews.rules import REMIND_DAYS, Chase, chase
from answerable.incidents.reviews.services import LATE_CODE, late_key
from answerable.incidents.steps import act, lock_incident
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
SYSTEM = Actor.system()


def watch(now: datetime, limit: int = 200) -> int:
    """Remind and raise; each lesson by itself, any number of workers. Returns how many changed."""
    soon = now.date() + timedelta(days=REMIND_DAYS + 1)
    rows = Lesson.objects.filter(done_at=None, late_at=None, due_on__lte=soon).exclude(review__signed_at=None)
    return sum(_apart(pk, now) for pk in list(rows.values_list("pk", flat=True)[:limit]))


def _apart(lesson_id: UUID, now: datetime) -> int:
    """One that fails holds up no other."""
    try:
        return int(look_after(lesson_id=lesson_id, now=now))
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("a lesson could not be looked after", extra={"lesson": str(lesson_id)})
        return 0


@transaction.atomic(durable=True)
def look_after(*, lesson_id: UUID, now: datetime) -> bool:
    """Remind of one lesson, or raise that it is late. Returns whether anything was done."""
    incident_id = Lesson.objects.values_list("review__incident", flat=True).get(pk=lesson_id)
    incident = lock_incident(incident_id)
    lesson = (
        Lesson.objects.select_for_update(of=("self",))
        .select_related("post__unit__authority")
        .get(pk=lesson_id)
    )
    if lesson.done_at is not None:
        return False
    todo = chase(
        lesson.due_on,
        local_today(incident.authority, now),
        is_reminded=lesson.reminded_at is not None,
        is_late_told=lesson.late_at is not None,
    )
    if todo is Chase.NOTHING:
        return False
    what = lesson.what[:80]
    facts = {"case": incident.code, "step_zh": what, "step_en": what, "due": lesson.due_on.isoformat()}
    if todo is Chase.REMIND:
        lesson.reminded_at = now
        lesson.save(update_fields=["reminded_at"])
        tell_post(lesson.post_id, "lesson_due", key=f"lesson_due:{lesson.pk}", at=now, facts=facts)
        return True
    lesson.late_at = now
    lesson.save(update_fields=["late_at"])
    tell_post(lesson.post_id, LATE_CODE, key=late_key(lesson.pk), at=now, facts=facts)
    alarms.open_alert(
        LATE_CODE,
        authority_id=lesson.post.unit.authority_id,
        key=late_key(lesson.pk),
        now=now,
        by=SYSTEM,
        facts=facts,
        context=context_of(lesson.post.unit),
        about=incident.pk,
        link=f"/desk/incidents/reviews/{incident.pk}",
        # What a drill taught is to be done in earnest: its alarm is none of the drill's.
        is_urgent=False,
    )
    act(incident, IncidentAct.LESSON_LATE, by=SYSTEM, now=now, body={"lesson": str(lesson.pk)})
    return True
