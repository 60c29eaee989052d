"""The dead man's switch: an address outside is asked for each minute as long as alarms climb and nothing is stalled.

When it is asked for no more, whoever listens there raises the alarm that this installation cannot.
"""

from __future__ import annotations

import http.client
import logging
import urllib.error
import urllib.request
from datetime import datetime, timedelta

from django.conf import settings

from answerable.alerts import engine
from answerable.alerts.channels.direct import open_direct
from answerable.ops.models import Heartbeat

log = logging.getLogger(__name__)
ENGINE = "alarms"
EVERY_S = 60
SILENT_AFTER = timedelta(seconds=60)
TIMEOUT_S = 10


def state_of_engine(now: datetime) -> str:
    """`ok`; `silent`: it has not turned for a minute; `stalled`: something that is due waits."""
    beat = Heartbeat.objects.filter(name=ENGINE).values_list("beat_at", flat=True).first()
    if beat is None or abs(now - beat) > SILENT_AFTER:
        return "silent"
    return "stalled" if engine.is_stalled(now) else "ok"


def ping(now: datetime) -> bool:
    """Ask for ANSWERABLE_HEARTBEAT_URL if all is well; returns whether it answered. Says nothing about anybody."""
    if not settings.HEARTBEAT_URL or state_of_engine(now) != "ok":
        return False
    try:
        with open_direct(urllib.request.Request(settings.HEARTBEAT_URL), timeout=TIMEOUT_S) as answer:
            answer.read(1000)
    except (OSError, http.client.HTTPException) as error:
        log.warning("the outside heartbeat could not be given", extra={"error": type(error).__name__})
        return False
    return True
