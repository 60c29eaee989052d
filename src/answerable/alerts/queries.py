"""What went out about a matter."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from answerable.alerts.models import Delivery
from answerable.core.statements import prepared


def messages_out(matter: UUID, limit: int = 20) -> list[Delivery]:
    """The newest messages out about a matter, newest first. Their text and address are not read."""
    rows = Delivery.objects.filter(matter=matter).defer("facts")
    return list(rows.order_by("-queued_at", "-pk")[:limit])


def has_unseen(posts: Sequence[int]) -> bool:
    """Whether a notice waits for one of these posts: asked by every page of the desk, so in one plain statement."""
    with prepared() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM alerts_notice WHERE post_id = ANY(%s) AND seen_at IS NULL)",
            [list(posts)],
        )
        return bool(cursor.fetchone()[0])
