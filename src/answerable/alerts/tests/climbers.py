"""A ladder over the fixed cast, and ways to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.alerts.models import Alert, Asked, ContactPoint
from answerable.alerts.services import raise_alert
from answerable.orgs.models import Staff
from answerable.record.actors import Actor
from tests.cast import LONG_AGO, MONDAY, Cast


def reached_by(*people: Staff, way: str = "sms", after: int = 0) -> list[ContactPoint]:
    """Each gets one verified way."""
    return ContactPoint.objects.bulk_create(
        [
            ContactPoint(
                staff=one,
                way=way,
                address=f"+86138{one.pk:08d}",
                made_at=LONG_AGO,
                verified_at=LONG_AGO,
                urgent_after_s=after,
            )
            for one in people
        ]
    )


def steps(
    *targets: Mapping[str, Any] | list[Mapping[str, Any]], every: int = 300, **more: Any
) -> dict[str, Any]:
    """A ladder: the first step at once, each next one `every` seconds after it."""
    return {
        "mode": "one",
        "repeat_after_s": 600,
        "rounds": 0,
        "steps": [
            {"after_s": every if n else 0, "targets": one if isinstance(one, list) else [one]}
            for n, one in enumerate(targets)
        ],
    } | more


def alarm(
    cast: Cast, ladder: Mapping[str, Any], *, key: str = "k", now: datetime = MONDAY, **more: Any
) -> Alert:
    from django.db import transaction

    from answerable.alerts.steps import open_alert

    with transaction.atomic():
        return open_alert(
            "manual",
            authority_id=cast.town.pk,
            key=key,
            now=now,
            by=more.pop("by", Actor.system()),
            ladder=ladder,
            **more,
        )


def asked(alert: Alert) -> list[tuple[int, int, str]]:
    """Whom it asked: round, step, user name; in that order."""
    rows = Asked.objects.filter(alert=alert, is_told_only=False).order_by("round", "step", "staff__username")
    return list(rows.values_list("round", "step", "staff__username"))


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


__all__ = ["after", "alarm", "asked", "raise_alert", "reached_by", "steps"]
