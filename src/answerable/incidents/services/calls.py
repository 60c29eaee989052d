"""The first call: half a minute to take down. It starts the clock of reports, and somebody on duty is asked at once.

The same danger called in again is counted and makes no second incident; what looks alike is offered, and whoever takes
the call decides. Nobody in danger is named; a number to call back is sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext

from answerable.core import days
from answerable.core.ids import uuid7
from answerable.incidents import access, alarms, planned, rules, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Entry, Incident
from answerable.incidents.rules import CannotAct
from answerable.orgs.models import Authority, Place, Unit
from answerable.orgs.queries import local_today, root_unit
from answerable.parties import keys, vault
from answerable.parties.steps import data_key, file_key
from answerable.record.actors import Actor, ActorKind

#: A claimed time may lie so far ahead of the database's clock.
CLOCK_DOUBT = timedelta(minutes=2)


@dataclass(frozen=True)
class Told:
    """What a caller told, as it was taken down. `submission`: any bytes that a sending that is repeated repeats.

    `from_case`: the id of the matter that told of it; hazard and place crossed, and nothing else (rights, rule 11).
    """

    authority: Authority
    hazard: str
    what: str = ""
    place: Place | None = None
    place_text: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    happened_at: datetime | None = None
    in_danger: str = ""
    call_back: str = ""
    unit: Unit | None = None
    from_case: UUID | None = None
    submission: bytes = b""
    is_drill: bool = False
    pace: int = 1


@dataclass(frozen=True)
class Reported:
    incident: Incident
    is_repeat: bool = False


def report_incident(told: Told, *, by: Actor, now: datetime) -> Reported:
    """Take a first call down. A sending that is repeated finds the incident that the first one made.

    Raises CannotAct: what is no hazard, nothing said, no place, a time ahead, other words under the same key.
    """
    told = _checked(told, now)
    try:
        return _report(told, by=by, now=now)
    except IntegrityError:
        found = _sent_before(told)
        if found is None:
            raise
        return found


@transaction.atomic(durable=True)
def _report(told: Told, *, by: Actor, now: datetime) -> Reported:
    access.require_reporter(by, told.authority, now)
    found = _sent_before(told)
    if found is not None:
        return found
    unit = told.unit or root_unit(told.authority)
    if unit is None:
        raise CannotAct("no_commander")
    plans = planned.versions_in_use(told.authority.pk, told.hazard)
    incident = Incident(
        id=uuid7(),
        authority=told.authority,
        unit=unit,
        code=_next_code(told, now),
        hazard=told.hazard,
        title=title_of(told),
        what=told.what,
        place=told.place,
        place_text=told.place_text,
        latitude=told.latitude,
        longitude=told.longitude,
        in_danger=told.in_danger,
        happened_at=told.happened_at,
        reported_at=now,
        reported_by_id=by.staff_id if by.kind is ActorKind.STAFF else None,
        from_case=told.from_case,
        # Which reports are owed, and by when, follows from the plan; which one is run on is decided at activation.
        plan_version=plans[0] if plans else None,
        submission=_key(told) or None,
        submission_digest=_digest(told) if told.submission else None,
        is_drill=told.is_drill,
        pace=told.pace,
    )
    incident.save(force_insert=True)
    if told.call_back:
        incident.call_back = _sealed(incident, [told.call_back])
        incident.save(update_fields=["call_back"])
    steps.act(
        incident,
        IncidentAct.REPORTED,
        by=by,
        now=now,
        happened_at=told.happened_at,
        body={
            "code": incident.code,
            "hazard": told.hazard,
            "place": told.place.pk if told.place else None,
            "what_sha256": steps.digest(told.what),
            "call_back": bool(told.call_back),
            "from_case": told.from_case is not None,
            "drill": told.is_drill,
        },
    )
    has_it = by.staff_id is not None and (
        access.is_on_duty(by.staff_id, told.authority.pk, now) or access.leads(by, incident, now)
    )
    alarms.raise_call(incident, by=by, now=now, has_it=has_it)
    return Reported(incident)


def _checked(told: Told, now: datetime) -> Told:
    rules.require_hazard(told.hazard)
    what = steps.cleaned(told.what, most=steps.LONGEST_ENTRY)
    place_text = steps.cleaned(told.place_text, most=300)
    in_danger = steps.cleaned(told.in_danger, most=300)
    call_back = steps.cleaned(told.call_back, most=100)
    rules.require_about_hazard(what, place_text, in_danger)
    if not what:
        raise CannotAct("what_missing")
    latitude, longitude = told.latitude, told.longitude
    if (latitude is None) != (longitude is None):
        raise CannotAct("point_wrong")
    if latitude is not None and longitude is not None and (abs(latitude) > 90 or abs(longitude) > 180):
        raise CannotAct("point_wrong")
    if not (told.place or place_text or latitude is not None):
        raise CannotAct("place_missing")
    if told.happened_at is not None and told.happened_at > now + CLOCK_DOUBT:
        raise CannotAct("in_the_future")
    if told.happened_at is not None and not days.is_kept(told.happened_at):
        raise CannotAct("far_day")
    return replace(told, what=what, place_text=place_text, in_danger=in_danger, call_back=call_back)


def title_of(told: Told) -> str:
    """What the incident is called: the hazard and the place, in the first language of the office."""
    with translation.override("zh-hans"):
        hazard = gettext(HAZARDS[told.hazard])
    place = told.place.name_in("zh-hans") if told.place is not None else told.place_text
    return f"{hazard} · {place}"[:200] if place else hazard


def _next_code(told: Told, now: datetime) -> str:
    """Year and running number in the body; two calls at once queue up here."""
    year = local_today(told.authority, now).year
    prefix = f"{'D' if told.is_drill else ''}{year}-"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('answerable: incident codes'), %s)", [told.authority.pk]
        )
    codes = Incident.objects.filter(authority=told.authority, code__startswith=prefix)
    last = max((int(code.rpartition("-")[2]) for code in codes.values_list("code", flat=True)), default=0)
    return f"{prefix}{last + 1:03d}"


# ---------------------------------------------------------------- the same sending twice


def _key(told: Told) -> bytes:
    if not told.submission:
        return b""
    return hashlib.sha256(b"answerable/incident/v1\0" + told.submission).digest()


def _digest(told: Told) -> bytes:
    """All that was told, under a key: a number among known ones could be guessed from a plain digest."""
    said = [told.authority.pk, told.hazard, told.what, told.place.pk if told.place else None, told.place_text]
    said += [str(told.latitude), str(told.longitude), told.in_danger, told.call_back, str(told.happened_at)]
    return hmac.digest(keys.derived("digests of submissions"), json.dumps(said).encode(), "sha256")


def _sent_before(told: Told) -> Reported | None:
    key = _key(told)
    found = Incident.objects.filter(submission=key).first() if key else None
    if found is None:
        return None
    if bytes(found.submission_digest or b"") != _digest(told):
        raise CannotAct("submission_differs", incident=found.code)
    return Reported(found, is_repeat=True)


# ---------------------------------------------------------------- the number to call back


def _sealed(incident: Incident, numbers: list[str]) -> bytes:
    bound = vault.bind("incidents_incident", "call_back", incident.pk)
    return vault.seal_json(file_key(incident.pk), {"numbers": numbers}, bound)


def _numbers(incident: Incident) -> list[str]:
    if incident.call_back is None:
        return []
    bound = vault.bind("incidents_incident", "call_back", incident.pk)
    value = vault.open_json(data_key(incident.pk), bytes(incident.call_back), bound)
    return [str(one) for one in value["numbers"]]


@transaction.atomic(durable=True)
def open_call_back(*, incident_id: UUID, why: str, by: Actor, now: datetime) -> list[str]:
    """The numbers to call back; opening them takes a reason and is an act (rights, rule 6)."""
    incident = steps.lock_incident(incident_id)
    access.require_writer(by, incident, now)
    if not why.strip():
        raise CannotAct("reason_missing")
    numbers = _numbers(incident)
    steps.act(incident, IncidentAct.CALL_BACK_OPENED, by=by, now=now, why=why.strip())
    return numbers


# ---------------------------------------------------------------- what becomes of a call


@transaction.atomic(durable=True)
def call_again(*, incident_id: UUID, text: str, by: Actor, now: datetime, call_back: str = "") -> Incident:
    """The same danger was called in once more: counted, and what was said is a line of its log.

    A number to call back is sealed with those that are there; a machine puts them together, and nobody looks.
    """
    incident = steps.lock_incident(incident_id)
    access.require_reporter(by, incident.authority, now)
    if incident.state not in (rules.REPORTED, rules.ACTIVE):
        raise CannotAct("is_over")
    rules.require_about_hazard(text)
    number = steps.cleaned(call_back, most=100)
    sealed = _sealed(incident, [*_numbers(incident), number]) if number else incident.call_back
    steps.changed(incident, calls=incident.calls + 1, call_back=sealed)
    steps.act(incident, IncidentAct.CALLED_AGAIN, by=by, now=now, body={"calls": incident.calls})
    if text.strip():
        steps.write_entry(incident, text, by=by, now=now, kind=Entry.Kind.CALL)
    return incident


@transaction.atomic(durable=True)
def say_same(
    *, incident_id: UUID, other_id: UUID, by: Actor, now: datetime, seen_version: int | None = None
) -> Incident:
    """A call turns out to be about an incident that is there already: an act in both; its calls count there.

    Raises CannotAct: itself, another body's, one that is over, a call that was dealt with.
    """
    if incident_id == other_id:
        raise CannotAct("same_itself")
    if not Incident.objects.filter(pk=other_id).exists():
        raise CannotAct("other_body")
    # By primary key, as everybody who locks two does.
    locked = {pk: steps.lock_incident(pk) for pk in sorted((incident_id, other_id))}
    incident, other = locked[incident_id], locked[other_id]
    steps.require_version(incident, seen_version)
    access.require_director(by, incident, now)
    _require_waiting(incident)
    if other.authority_id != incident.authority_id:
        raise CannotAct("other_body")
    if other.state not in (rules.REPORTED, rules.ACTIVE) or other.is_drill != incident.is_drill:
        raise CannotAct("same_over")
    steps.changed(incident, state=Incident.State.SAME, same_as=other)
    steps.changed(other, calls=other.calls + incident.calls)
    steps.act(incident, IncidentAct.SAME_AS, by=by, now=now, body={"as": str(other.pk)})
    steps.act(
        other,
        IncidentAct.CALLED_AGAIN,
        by=by,
        now=now,
        body={"calls": other.calls, "from": str(incident.pk)},
    )
    alarms.end_call(incident, by=by, now=now)
    return incident


@transaction.atomic(durable=True)
def dismiss(
    *, incident_id: UUID, why: str, by: Actor, now: datetime, seen_version: int | None = None
) -> Incident:
    """No response is needed, for a reason that is written down."""
    incident = steps.lock_incident(incident_id, seen_version)
    access.require_director(by, incident, now)
    _require_waiting(incident)
    why = steps.cleaned(why, most=500)
    if not why:
        raise CannotAct("reason_missing")
    steps.changed(incident, state=Incident.State.DISMISSED, closed_at=now)
    steps.act(incident, IncidentAct.DISMISSED, by=by, now=now, why=why)
    alarms.end_call(incident, by=by, now=now)
    return incident


def _require_waiting(incident: Incident) -> None:
    if incident.state != Incident.State.REPORTED:
        raise CannotAct("not_reported", state=incident.get_state_display())
