"""From a system's call to an incident that is taken down; every fault is found at once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from answerable.api.faults import Fault, invalid
from answerable.api.models import ApiClient
from answerable.api.schemas import IncidentIn
from answerable.core import days
from answerable.incidents import queries
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.services.calls import Reported, Told
from answerable.orgs.standing import standing

#: As fine as the column: about a metre.
PLACES = Decimal("0.00001")


def call_told_by(client: ApiClient, body: IncidentIn, submission: bytes) -> Told:
    """What a system called in. Raises Rejected ("invalid") with every fault of form; the service checks the rest."""
    faults = []
    if body.hazard not in HAZARDS:
        faults.append(Fault("unknown_hazard", "hazard"))
    place = standing().place_codes.get((client.authority_id, body.place)) if body.place else None
    if body.place and (place is None or place.closed_on is not None):
        faults.append(Fault("unknown_place", "place"))
    if (body.latitude is None) != (body.longitude is None):
        faults.append(Fault("missing", "latitude" if body.latitude is None else "longitude"))
    if body.happened_at is not None and body.happened_at.tzinfo is None:
        faults.append(Fault("no_zone", "happened_at"))
    elif body.happened_at is not None and not days.is_kept(body.happened_at.date()):
        faults.append(Fault("malformed", "happened_at"))
    if faults:
        raise invalid(faults)
    return Told(
        authority=client.authority,
        hazard=body.hazard,
        what=body.what,
        place=place,
        place_text=body.place_in_words,
        latitude=_degrees(body.latitude),
        longitude=_degrees(body.longitude),
        # In UTC: a distance that no place has is no fault of the caller's, but PostgreSQL takes none over 16 hours.
        happened_at=body.happened_at.astimezone(UTC) if body.happened_at else None,
        in_danger=body.in_danger,
        call_back=body.call_back,
        submission=submission,
    )


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(PLACES)


def incident_shown(done: Reported, now: datetime) -> dict[str, Any]:
    """The answer; what it may be the same as is offered, by code alone."""
    incident = done.incident
    similar = queries.similar(
        incident.authority_id, incident.hazard, queries.where_of(incident), now=now, except_id=incident.pk
    )
    return {
        "code": incident.code,
        "is_repeat": done.is_repeat,
        "reported_at": incident.reported_at,
        "hazard": incident.hazard,
        "state": incident.state,
        "similar": [one.code for one in similar],
    }
