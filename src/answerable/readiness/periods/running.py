"""What the worker does for periods: begin and end them at their hour, call rolls, ask where something is missing.

Everything is claimed under the period's row and is idempotent; what a downtime held back is caught up at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from answerable.readiness.periods import alarms, calling, looking, queries, services, steps
from answerable.readiness.periods.models import Period
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
#: So long before its beginning a period's leader is asked where something that it demands is missing.
ASKED_BEFORE = timedelta(days=2)


def turn(now: datetime) -> int:
    """Begin and end what is due, make the roll calls whose minute has come. Returns how much was done."""
    done = sum(
        _apart(partial(services.turn_period, period_id=pk, now=now)) for pk in queries.due_to_turn(now)
    )
    done += sum(
        _apart(partial(calling.call, demand_id=pk, on=on, at=at, now=now)) for pk, on, at in calling.due(now)
    )
    return done + calling.keep_results()


def watch(now: datetime) -> int:
    """Ask the leader of each period that begins soon or runs, where something is missing; stop where nothing is."""
    rows = Period.objects.filter(
        state__in=queries.STANDS, from_at__lte=now + ASKED_BEFORE, until_at__gt=now
    ).order_by("from_at", "pk")
    return sum(_apart(partial(look_after, period_id=pk, now=now)) for pk in rows.values_list("pk", flat=True))


def _apart(do: Callable[[], bool]) -> int:
    """One that fails holds up no other."""
    try:
        return int(do())
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("a readiness period could not be looked after")
        return 0


@transaction.atomic(durable=True)
def look_after(*, period_id: UUID, now: datetime) -> bool:
    """Raise or end the alarm about what is missing. Returns whether the demands are all met or ahead."""
    period = steps.lock_period(period_id)
    if period.state not in queries.STANDS or period.until_at <= now:
        return False
    missing = looking.missing_of(looking.look_at(period, now=now))
    if missing:
        alarms.raise_missing(period, len(missing), now=now)
    else:
        alarms.end_missing(period, by=Actor.system(), now=now)
    return not missing
