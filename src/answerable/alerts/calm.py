"""What is not urgent: no message for each, but a line in the day's digest, with how many wait.

Lateness climbs all the same; only what whoever is asked gets to read is one line instead of many messages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from answerable.alerts.answering.access import may_answer
from answerable.alerts.models import Alert, Asked

#: Of these there are many at once. Anything else that is not urgent is one message, at once.
DIGESTED = frozenset({"late"})


@dataclass
class Waiting:
    """For one member of staff: the matters of alarms that wait for their word, and those that they are only told of."""

    asked: set[UUID] = field(default_factory=set)
    told: set[UUID] = field(default_factory=set)

    def facts(self) -> dict[str, Any]:
        """What the message says: numbers; which matters it is about stands with the message (`matters`)."""
        counts = {"late": len(self.asked), "late_told": len(self.told - self.asked)}
        return {name: count for name, count in counts.items() if count}


def undigested(now: datetime, limit: int = 2000) -> list[Asked]:
    """Who was asked (or told) of something that is not urgent and has not read of it in a digest. Locked."""
    rows = Asked.objects.select_for_update(of=("self",), skip_locked=True).filter(
        for_digest=True, digested_at=None, at__lte=now
    )
    return list(rows.select_related("alert__authority", "staff").order_by("at")[:limit])


def waiting_for(rows: Iterable[Asked], now: datetime) -> dict[int, Waiting]:
    """By member of staff, what of these still waits: what somebody has, or what is over, is named to nobody; nor is
    a matter that is kept from them by now (rights, rule 5)."""
    found: dict[int, Waiting] = defaultdict(Waiting)
    for row in may_answer(rows, now):
        if row.alert.state == Alert.State.OPEN and not row.answer and row.alert.about is not None:
            mine = found[row.staff_id]
            (mine.told if row.is_told_only else mine.asked).add(row.alert.about)
    return dict(found)


def digested(rows: Iterable[Asked], now: datetime) -> None:
    """They stand in a digest that is queued now."""
    Asked.objects.filter(pk__in=[row.pk for row in rows]).update(digested_at=now)


def undo_digest(staff_email: str, matters: Iterable[UUID], at: datetime) -> None:
    """A digest was dropped before it went out: what it would have said of these goes into the next one."""
    about = Q(alert__about__in=list(matters), staff__email=staff_email)
    Asked.objects.filter(about, digested_at=at).update(digested_at=None)
