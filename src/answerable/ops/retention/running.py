"""The parts of the worker that destroy data, with a note of each run: when, how much of what, or which fault."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.sessions.models import Session
from django.db import Error, connection, transaction
from django.db.models import F

from answerable.core import clock
from answerable.core.keeping import counting, gone
from answerable.ops.models import Destroyed, KeepingRun
from answerable.orgs.checks import working_authorities

log = logging.getLogger(__name__)


def noted(name: str, work: Callable[[], int]) -> int:
    """Do the work and note it. What it raises is raised on, after the fault was noted."""
    with counting() as counts:
        try:
            done = work()
        except Exception as error:
            with contextlib.suppress(Error):
                _note_fault(name, type(error).__name__, counts)
            raise
    _note_run(name, counts)
    return done


@transaction.atomic
def _note_run(name: str, counts: Counter[str]) -> None:
    now = clock.now()
    run = {"ran_at": now, "failing_since": None, "failed_at": None, "failure": ""}
    KeepingRun.objects.update_or_create(name=name, defaults=run, create_defaults=run | {"since": now})
    _add(counts, now)


def _note_fault(name: str, fault: str, counts: Counter[str]) -> None:
    """In a transaction of its own: whatever the work had open is over."""
    if connection.connection is not None and connection.connection.broken:
        return
    with transaction.atomic():
        now = clock.now()
        row, _ = KeepingRun.objects.select_for_update().get_or_create(name=name, defaults={"since": now})
        row.failing_since = row.failing_since or now
        row.failed_at, row.failure = now, fault[:80]
        row.save()
        _add(counts, now)


def _add(counts: Counter[str], now: datetime) -> None:
    for kind, number in sorted(counts.items()):
        row, _ = Destroyed.objects.get_or_create(kind=kind, month=month_of(now))
        Destroyed.objects.filter(pk=row.pk).update(number=F("number") + number)


def month_of(now: datetime) -> date:
    """The first day of the month, by the clock of the first body that works here."""
    bodies = list(working_authorities())
    zone = ZoneInfo(bodies[0].zone) if bodies else ZoneInfo("UTC")
    return now.astimezone(zone).date().replace(day=1)


def forget_sessions(now: datetime) -> int:
    """Destroy sign-ins that have run out."""
    return gone("orgs.session", Session.objects.filter(expire_date__lt=now).delete()[0])
