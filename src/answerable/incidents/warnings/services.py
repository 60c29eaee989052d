"""Send a warning, renew it, take it back, say that it is over: each one durable transaction and one act.

The XML is kept word for word as it is sent: what the record holds is its digest, and what feeds and pages give out is
the same text for ever.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.core.ids import uuid7
from answerable.core.refusals import Changed
from answerable.incidents import access
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Entry, Incident, PublicWarning
from answerable.incidents.rules import WRITTEN_IN
from answerable.incidents.steps import act, digest, lock_incident, write_entry
from answerable.incidents.warnings import alarm, composing, queries, rules, wording
from answerable.incidents.warnings.rules import CannotWarn, Draft, Kind
from answerable.record.actors import Actor
from answerable.record.append import stamp

_ACTS = {
    Kind.ALERT: IncidentAct.WARNED,
    Kind.UPDATE: IncidentAct.WARNING_UPDATED,
    Kind.CANCEL: IncidentAct.WARNING_CANCELLED,
    Kind.ALL_CLEAR: IncidentAct.ALL_CLEAR,
}


@transaction.atomic(durable=True)
def send_warning(*, incident_id: UUID, draft: Draft, by: Actor, seen: str, now: datetime) -> PublicWarning:
    """Warn the public. `seen`: the identifier of the last message that the form was shown, "" for none.

    Raises CannotWarn, CannotBuild; Changed where another message went out meanwhile; NotYours.
    """
    return _issue(Kind.ALERT, incident_id, draft, by, seen, now)


@transaction.atomic(durable=True)
def update_warning(*, incident_id: UUID, draft: Draft, by: Actor, seen: str, now: datetime) -> PublicWarning:
    """Replace the warning in force by a newer one."""
    return _issue(Kind.UPDATE, incident_id, draft, by, seen, now)


@transaction.atomic(durable=True)
def cancel_warning(*, incident_id: UUID, draft: Draft, by: Actor, seen: str, now: datetime) -> PublicWarning:
    """Take a warning back that should not have been sent; it stays in the history."""
    return _issue(Kind.CANCEL, incident_id, draft, by, seen, now)


@transaction.atomic(durable=True)
def all_clear(*, incident_id: UUID, draft: Draft, by: Actor, seen: str, now: datetime) -> PublicWarning:
    """The danger is over; also after the warning has run out, and after the response was stood down."""
    return _issue(Kind.ALL_CLEAR, incident_id, draft, by, seen, now)


SERVICES = {
    Kind.ALERT: send_warning,
    Kind.UPDATE: update_warning,
    Kind.CANCEL: cancel_warning,
    Kind.ALL_CLEAR: all_clear,
}


def _issue(kind: Kind, incident_id: UUID, draft: Draft, by: Actor, seen: str, now: datetime) -> PublicWarning:
    incident = lock_incident(incident_id)
    require_may_warn(by, incident, now)
    newest = queries.newest_of(incident)
    if (newest.identifier if newest is not None else "") != seen:
        raise Changed(identifier=newest.identifier if newest is not None else "")
    if kind in rules.WARNING and incident.state not in (Incident.State.REPORTED, Incident.State.ACTIVE):
        raise CannotWarn("not_active")
    at = stamp(incident.pk, now)
    rules.require_fits(kind, queries.last_of(newest), at)
    chain = queries.chain_of(newest) if newest is not None and kind is not Kind.ALERT else []
    number = PublicWarning.objects.filter(incident=incident).count() + 1
    ready = composing.ready(incident, draft, kind, chain, number=number, at=at)
    row = PublicWarning(
        id=uuid7(),
        incident=incident,
        identifier=ready.identifier,
        kind=kind.value,
        follows=newest if chain else None,
        fields=ready.fields,
        xml=ready.xml,
        sent_at=at,
        expires_at=ready.expires_at,
        by_id=by.staff,
        is_exercise=incident.is_drill,
    )
    row.save(force_insert=True)
    body = {"identifier": row.identifier, "sha256": digest(row.xml), "expires_at": row.expires_at.isoformat()}
    body |= {"follows": newest.identifier} if chain and newest is not None else {}
    act(incident, _ACTS[kind], by=by, now=at, body=body)
    if kind not in rules.WARNING:
        alarm.end(incident, at)
    if incident.state in WRITTEN_IN:
        line = f"{wording.kind_name(row)}: {wording.headline(row)} ({row.identifier})"
        write_entry(incident, line, by=by, now=at, kind=Entry.Kind.SYSTEM)
    return row


def require_may_warn(by: Actor, incident: Incident, now: datetime) -> None:
    """Whoever commands, or leads the unit; while nobody commands yet, who is on duty too."""
    if incident.commander_id is None:
        access.require_director(by, incident, now)
    else:
        access.require_commander_or_leader(by, incident, now)
