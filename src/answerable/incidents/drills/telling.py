"""Tells the events of drills when they are due: a line of the log, which the board shows at once.

Each by itself, under the incident's lock, any number of workers; the partial index `inject_due` holds what is not told.
A drill that is over, or was stopped, is told nothing more.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction

from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.drills.queries import RUNS
from answerable.incidents.models import Entry, Inject
from answerable.incidents.steps import act, lock_incident, write_entry
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
SYSTEM = Actor.system()


def tell_due(now: datetime, limit: int = 50) -> int:
    """Tell what is due; returns how many events were told."""
    rows = Inject.objects.filter(told_at=None, due_at__lte=now, incident__state__in=RUNS)
    return sum(
        _apart(pk, now) for pk in list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    )


def _apart(inject_id: int, now: datetime) -> int:
    """One that fails holds up no other."""
    try:
        return int(tell(inject_id=inject_id, now=now))
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("an event of a drill could not be told", extra={"inject": inject_id})
        return 0


@transaction.atomic(durable=True)
def tell(*, inject_id: int, now: datetime) -> bool:
    """Tell one event, once. Returns whether it was told now."""
    incident = lock_incident(Inject.objects.values_list("incident", flat=True).get(pk=inject_id))
    inject = Inject.objects.select_for_update().get(pk=inject_id)
    if inject.told_at is not None or incident.state not in RUNS or inject.due_at > now:
        return False
    text = "\n".join(dict.fromkeys(one for one in (inject.text_zh, inject.text_en) if one))
    entry = write_entry(incident, text, by=SYSTEM, now=now, kind=Entry.Kind.INJECT)
    body = {"position": inject.position, "entry": str(entry.pk)}
    act(incident, IncidentAct.INJECTED, by=SYSTEM, now=now, body=body)
    inject.told_at = entry.at
    inject.save(update_fields=["told_at"])
    return True
