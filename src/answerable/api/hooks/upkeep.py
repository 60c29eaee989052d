"""What is due for keys as days pass: old messages are forgotten; a post is told before its key ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from answerable.alerts.telling import tell_post
from answerable.api.hooks import sending
from answerable.api.models import ApiClient

AHEAD = timedelta(days=14)


def tidy(now: datetime) -> int:
    return sending.tidy(now) + tell_of_ends(now)


def tell_of_ends(now: datetime) -> int:
    """Whoever answers for a key hears two weeks before that its time is over, once."""
    rows = ApiClient.objects.filter(
        revoked_at=None, post__isnull=False, expires_at__gt=now, expires_at__lte=now + AHEAD
    )
    for row in rows.select_related("authority"):
        ends = row.expires_at
        if ends is None or row.post_id is None:
            continue
        day = ends.astimezone(ZoneInfo(row.authority.zone)).date()
        facts = {"case": row.name, "due": day.isoformat()}
        tell_post(row.post_id, "key_ends", key=f"key_ends:{row.pk}:{day}", at=now, facts=facts)
    return 0
