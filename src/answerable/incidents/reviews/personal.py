"""Personal data gathered for an emergency is used for it alone and destroyed on schedule (Emergency Response Law, art. 85).

These are the number to call back, what callers said, the photographs that came in, and every key that opens them.
They are in no archive but for pictures that a human has cleared, on which nobody can be recognised. Tombstones outlive a restore.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from answerable.core.keeping import gone
from answerable.incidents import planned
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Entry, FieldSending, Incident, Photo
from answerable.incidents.photos.steps import destroy
from answerable.incidents.photos.steps import destroy_again as destroy_pictures_again
from answerable.incidents.reviews.rules import is_to_be_destroyed, personal_data_until
from answerable.incidents.services.standing_down import RETENTION_DAYS
from answerable.incidents.steps import act, lock_incident
from answerable.orgs.queries import local_today
from answerable.parties import steps as parties
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
SYSTEM = Actor.system()
OVER = (
    Incident.State.STOOD_DOWN,
    Incident.State.CLOSED,
    Incident.State.DISMISSED,
    Incident.State.SAME,
)


def destroy_due(now: datetime, limit: int = 100) -> int:
    """Destroy what was kept long enough; each incident by itself. Returns how many."""
    rows = Incident.objects.filter(state__in=OVER, personal_data_gone_at=None)
    over = rows.filter(Q(personal_data_until=None) | Q(personal_data_until__lte=now.date()))
    return sum(_apart(pk, now) for pk in list(over.order_by("pk").values_list("pk", flat=True)[:limit]))


def _apart(incident_id: UUID, now: datetime) -> int:
    try:
        return gone("incidents.personal", int(destroy_personal_data(incident_id=incident_id, now=now)))
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception(
            "personal data were not destroyed; it is tried again", extra={"incident": str(incident_id)}
        )
        return 0


@transaction.atomic(durable=True)
def destroy_personal_data(*, incident_id: UUID, now: datetime) -> bool:
    """Destroy an incident's personal data if its time is over: an act with the counts, and tombstones."""
    incident = lock_incident(incident_id)
    if incident.personal_data_gone_at is not None or incident.state not in OVER:
        return False
    today = local_today(incident.authority, now)
    until = incident.personal_data_until or _until(incident)
    if until is None or not is_to_be_destroyed(until, today):
        if incident.personal_data_until is None and until is not None:
            Incident.objects.filter(pk=incident.pk).update(personal_data_until=until)
        return False
    _destroy(incident, now, why="")
    return True


def _until(incident: Incident) -> date | None:
    """The last day for a call that led to no response of its own: counted from its end, or from the other's."""
    over_at, seen = incident.stood_down_at or incident.closed_at, {incident.pk}
    other = incident
    while over_at is None and other.same_as is not None and other.same_as_id not in seen:
        other = other.same_as
        seen.add(other.pk)
        over_at = other.stood_down_at or other.closed_at
    if over_at is None:
        return None
    version = incident.plan_version or other.plan_version
    days = planned.file_of(version).retention_days if version is not None else RETENTION_DAYS
    return personal_data_until(local_today(incident.authority, over_at), days)


def _destroy(incident: Incident, now: datetime, why: str) -> None:
    photos = list(
        Photo.objects.select_for_update().filter(incident=incident).exclude(sealed=None).order_by("pk")
    )
    for photo in photos:
        destroy(photo, now=now)
    had_number = incident.call_back is not None
    calls = Entry.objects.filter(incident=incident, kind=Entry.Kind.CALL).exclude(text="")
    words = calls.update(text="") + bool(incident.what or incident.in_danger)
    FieldSending.objects.filter(incident=incident).delete()
    parties.erase(incident.pk, now=now)
    done = act(
        incident,
        IncidentAct.PERSONAL_DATA_DESTROYED,
        by=SYSTEM,
        now=now,
        why=why,
        body={
            "call_back": int(had_number),
            "calls": words,
            "photos": len(photos),
            "cleared": sum(photo.state == Photo.State.CLEARED for photo in photos),
            "drill": incident.is_drill,
        },
    )
    incident.call_back, incident.what, incident.in_danger = None, "", ""
    # What a repeated sending said is a digest over the number too.
    incident.submission = incident.submission_digest = None
    incident.personal_data_gone_at = incident.personal_data_gone_at or done.at
    incident.save(
        update_fields=[
            "call_back", "what", "in_danger", "submission", "submission_digest", "personal_data_gone_at",
        ]
    )  # fmt: skip


def destroy_again(erased: Collection[UUID], *, now: datetime) -> int:
    """After an older backup was put back: what was destroyed before is destroyed once more. Expects a transaction."""
    calls = Entry.objects.filter(incident=OuterRef("pk"), kind=Entry.Kind.CALL).exclude(text="")
    said = ~Q(what="") | ~Q(in_danger="") | Exists(calls)
    again = Q(personal_data_gone_at=None) | ~Q(call_back=None) | Q(photos__sealed__isnull=False) | said
    rows = Incident.objects.filter(again, pk__in=erased).order_by("pk").distinct()
    ids = list(rows.values_list("pk", flat=True))
    for pk in ids:
        _destroy(lock_incident(pk), now, why="destroyed before; the backup was older")
    return len(ids) + destroy_pictures_again(erased, now=now)
