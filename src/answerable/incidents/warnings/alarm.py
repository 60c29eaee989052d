"""The alarm about a warning that stands although the response was lifted."""

from __future__ import annotations

from datetime import datetime

from answerable.alerts import steps as alarms
from answerable.alerts.models import Alert
from answerable.incidents.models import Incident
from answerable.record.actors import Actor

CODE = "warning_stands"


def key_of(incident: Incident) -> str:
    return f"{CODE}:{incident.pk}"


def end(incident: Incident, now: datetime) -> None:
    """The warning was lifted or taken back: nobody is asked any more."""
    for alert in Alert.objects.select_for_update().filter(key=key_of(incident)):
        alarms.resolve(alert, by=Actor.system(), now=now)
