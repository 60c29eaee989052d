"""Whoever is on duty within a day is reminded by e-mail, once a duty, with what comes after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from answerable.alerts.telling import queue_delivery
from answerable.duty.models import Assignment
from answerable.duty.queries import assignments_to_remind, my_shifts
from answerable.ui.templatetags.ui import day_text

#: The message names what comes within so long, so many at most.
SUMMARY = timedelta(days=31)
MOST_LINES = 6


def remind(now: datetime) -> int:
    """Queue a message for each person with a duty ahead that they were not reminded of; returns how many."""
    people: dict[int, list[Assignment]] = {}
    for turn in assignments_to_remind(now):
        people.setdefault(turn.staff_id, []).append(turn)
    return sum(_remind(turns, now) for turns in people.values())


@transaction.atomic(durable=True)
def _remind(turns: list[Assignment], now: datetime) -> int:
    """One person's. Under a lock: of two workers one reminds, and a duty swapped away meanwhile is left out."""
    ids = [turn.pk for turn in turns]
    live = Assignment.objects.select_for_update().filter(pk__in=ids, reminded_at=None, voided_at=None)
    due = sorted(live.values_list("pk", flat=True))
    if not due:
        return 0
    staff = turns[0].staff
    ahead = my_shifts(staff.pk, now, now + SUMMARY)
    with translation.override(staff.language):
        lines = [_line(turn) for turn in ahead if turn.from_at > now][:MOST_LINES]
    facts = {
        "to": staff.email,
        "lines": lines,
        "address": settings.BASE_URL.rstrip("/") + reverse("rosters:mine"),
    }
    queue_delivery("email", "duty", key=f"duty:{due[0]}", at=now, language=staff.language, facts=facts)
    Assignment.objects.filter(pk__in=due).update(reminded_at=now)
    return 1


def _line(turn: Assignment) -> str:
    zone = ZoneInfo(turn.shift.line.authority.zone)
    start, end = turn.from_at.astimezone(zone), turn.until_at.astimezone(zone)
    return _("%(day)s %(from)s to %(until)s, %(line)s, %(role)s") % {
        "day": day_text(start.date(), weekday=True),
        "from": f"{start:%H:%M}",
        "until": f"{end:%H:%M}",
        "line": turn.shift.line,
        "role": turn.role,
    }
