"""One digest a day for each member of staff; urgent notices at once. What one may not see is left out."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from answerable.alerts import wording
from answerable.alerts.models import Notice
from answerable.alerts.services import queue_delivery
from answerable.cases.access import shown_to
from answerable.orgs.models import Post, Staff
from answerable.orgs.queries import calendar_of, holders_of

DIGEST_AT = time(8, 0)
MOST_LINES = 60


def send_digests(now: datetime, limit: int = 500) -> int:
    """Queue urgent notices at once and the day's digest after 08:00 local time; returns how many messages."""
    with transaction.atomic():
        rows = list(
            Notice.objects.select_for_update(skip_locked=True)
            .filter(mailed_at=None, at__lte=now)
            .order_by("-is_urgent", "at")[:limit]
        )
        posts = {
            p.pk: p
            for p in Post.objects.filter(pk__in={r.post_id for r in rows}).select_related("unit__authority")
        }
        due = [row for row in rows if row.post_id not in posts or _is_due(row, posts[row.post_id], now)]
        sent = _queue(due, now)
        Notice.objects.filter(pk__in=[row.pk for row in due]).update(mailed_at=now)
    return sent


def _is_due(row: Notice, post: Post, now: datetime) -> bool:
    if row.is_urgent:
        return True
    calendar = calendar_of(post.unit.authority)
    morning = calendar.day_start(calendar.local_day(now)) + timedelta(hours=DIGEST_AT.hour)
    return now >= morning and row.at < morning


def _queue(rows: list[Notice], now: datetime) -> int:
    by_staff: dict[int, list[Notice]] = defaultdict(list)
    people: dict[int, Staff] = {}
    for row in rows:
        for staff in holders_of(row.post_id, now):
            if staff.email:
                people[staff.pk] = staff
                by_staff[staff.pk].append(row)
    sent = 0
    for pk, notices in by_staff.items():
        staff = people[pk]
        visible = shown_to(staff, [n.matter for n in notices if n.matter], now)
        notices = [n for n in notices if n.matter is None or n.matter in visible]
        sent += sum(_urgent(staff, n, now) for n in notices if n.is_urgent)
        calm = [n for n in notices if not n.is_urgent]
        sent += _digest(staff, calm, now) if calm else 0
    return sent


def _urgent(staff: Staff, notice: Notice, now: datetime) -> int:
    with translation.override(staff.language):
        line = wording.notice(notice.code, notice.facts)
    facts = {"to": staff.email, "line": line, "address": _desk(), "matters": _matters([notice])}
    key = f"urgent:{notice.pk}:{staff.pk}"
    queue_delivery("email", "urgent", key=key, at=now, language=staff.language, facts=facts, is_urgent=True)
    return 1


def _digest(staff: Staff, notices: list[Notice], now: datetime) -> int:
    with translation.override(staff.language):
        lines = [wording.notice(n.code, n.facts) for n in notices[:MOST_LINES]]
    facts = {"to": staff.email, "lines": lines, "count": len(notices), "address": _desk()}
    facts["matters"] = _matters(notices)
    key = f"digest:{staff.pk}:{notices[0].pk}"
    queue_delivery("email", "digest", key=key, at=now, language=staff.language, facts=facts)
    return 1


def _matters(notices: list[Notice]) -> list[str]:
    """What the message names, so that it can be taken back while it waits (rule 5)."""
    return [str(notice.matter) for notice in notices if notice.matter]


def _desk() -> str:
    return str(settings.BASE_URL).rstrip("/") + "/desk/"
