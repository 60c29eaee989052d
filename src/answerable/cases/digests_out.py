"""One digest a day for each member of staff; urgent notices at once. What one may not see is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from answerable.alerts import calm, wording
from answerable.alerts.models import Notice
from answerable.alerts.services import queue_delivery
from answerable.cases.access import shown_to
from answerable.orgs.models import Authority, Post, Staff
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
        asked = [row for row in calm.undigested(now) if _is_morning(row.at, row.alert.authority, now)]
        sent = _queue(due, calm.waiting_for(asked, now), now)
        Notice.objects.filter(pk__in=[row.pk for row in due]).update(mailed_at=now)
        calm.digested(asked, now)
    return sent


def _is_due(row: Notice, post: Post, now: datetime) -> bool:
    if row.is_urgent:
        return True
    return _is_morning(row.at, post.unit.authority, now)


def _is_morning(at: datetime, body: Authority, now: datetime) -> bool:
    """Whether the digest of this day is due, and what happened at `at` belongs into it."""
    calendar = calendar_of(body)
    morning = calendar.day_start(calendar.local_day(now)) + timedelta(hours=DIGEST_AT.hour)
    return now >= morning and at < morning


def _queue(rows: list[Notice], waiting: Mapping[int, calm.Waiting], now: datetime) -> int:
    by_staff: dict[int, list[Notice]] = defaultdict(list)
    people: dict[int, Staff] = {}
    for row in rows:
        for staff in holders_of(row.post_id, now):
            if staff.email:
                people[staff.pk] = staff
                by_staff[staff.pk].append(row)
    for staff in Staff.objects.filter(pk__in=waiting.keys() - people.keys()).exclude(email=""):
        people[staff.pk] = staff
    sent = 0
    for pk, staff in people.items():
        notices = by_staff[pk]
        visible = shown_to(staff, [n.matter for n in notices if n.matter], now)
        notices = [n for n in notices if n.matter is None or n.matter in visible]
        sent += sum(_urgent(staff, n, now) for n in notices if n.is_urgent)
        rest = [n for n in notices if not n.is_urgent]
        late = waiting.get(pk)
        sent += _digest(staff, rest, late or calm.Waiting(), now) if rest or late else 0
    return sent


def _urgent(staff: Staff, notice: Notice, now: datetime) -> int:
    with translation.override(staff.language):
        line = wording.notice(notice.code, notice.facts)
    facts = {"to": staff.email, "line": line, "address": _desk(), "matters": _matters([notice])}
    key = f"urgent:{notice.pk}:{staff.pk}"
    queue_delivery("email", "urgent", key=key, at=now, language=staff.language, facts=facts, is_urgent=True)
    return 1


def _digest(staff: Staff, notices: list[Notice], late: calm.Waiting, now: datetime) -> int:
    """One message: how many late matters wait for this person, and a line for each notice."""
    with translation.override(staff.language):
        lines = [wording.notice(n.code, n.facts) for n in notices[:MOST_LINES]]
    facts = {"to": staff.email, "lines": lines, "count": len(notices), "address": _desk()}
    facts |= late.facts() | {"calm": _desk() + "alerts/?list=calm"}
    matters = {*_matters(notices), *(str(one) for one in late.asked | late.told)}
    facts["matters"] = sorted(matters)
    key = f"digest:{staff.pk}:{notices[0].pk if notices else now.isoformat()}"
    queue_delivery("email", "digest", key=key, at=now, language=staff.language, facts=facts)
    return 1


def _matters(notices: list[Notice]) -> list[str]:
    """What the message names, so that it can be taken back while it waits (rule 5)."""
    return [str(notice.matter) for notice in notices if notice.matter]


def _desk() -> str:
    return str(settings.BASE_URL).rstrip("/") + "/desk/"
