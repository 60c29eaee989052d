"""What went out about a matter."""

from __future__ import annotations

from uuid import UUID

from answerable.alerts.models import Delivery


def messages_out(matter: UUID, limit: int = 20) -> list[Delivery]:
    """The newest messages out about a matter, newest first. Their text and address are not read."""
    rows = Delivery.objects.filter(matter=matter).defer("facts")
    return list(rows.order_by("-queued_at", "-pk")[:limit])
