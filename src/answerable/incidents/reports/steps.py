"""Writes on reports that compose: inside the caller's transaction, which they never open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.alerts import steps as alarms
from answerable.alerts.models import Alert
from answerable.core.ids import uuid7
from answerable.core.refusals import Changed
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.drills.queries import is_stopped
from answerable.incidents.models import Incident, Report
from answerable.incidents.reports import rules
from answerable.incidents.reports.defaults import house_duties
from answerable.incidents.reports.recipients import named, recipient_of
from answerable.incidents.reports.rules import Course, Duty, Known, Opens
from answerable.incidents.steps import act, lock_incident
from answerable.record.actors import Actor

SYSTEM = Actor.system()
#: Incidents to which no response was needed owe no report.
VOID = frozenset({Incident.State.DISMISSED, Incident.State.SAME})
#: The alarms about one report, by what begins their keys.
ALARMS = ("report_due", "report_late")


def course_of(incident: Incident) -> Course:
    """What an incident's duties count from."""
    return Course(
        called_at=incident.reported_at,
        happened_at=incident.happened_at,
        ended_at=incident.stood_down_at,
        is_void=incident.state in VOID or (incident.is_drill and is_stopped(incident)),
        pace=incident.pace,
    )


def duties_of(incident: Incident, plan_file: Any | None) -> tuple[Duty, ...]:
    """The duties to report: the plan's, or the house's own as long as there is no plan."""
    if plan_file is None:
        duties = house_duties(incident.hazard)
    else:
        duties = tuple(Duty.of(part) for part in plan_file.reports)
    return tuple(named(duty, incident) for duty in duties)


def known(rows: Iterable[Report]) -> list[Known]:
    return [
        Known(
            duty=row.duty,
            kind=rules.Kind(row.kind),
            recipient=row.recipient,
            number=row.number,
            due_at=row.due_at,
            over_at=row.sent_at or row.waived_at,
            until_at=row.until_at,
        )
        for row in rows
    ]


def open_duties(incident: Incident, plan_file: Any | None, now: datetime) -> list[Report]:
    """Open every report that is owed and not opened yet, and end those that are owed no more. Safe to call again.

    To be called at the first call, and whenever the plan, the level or the state has changed: a dismissal ends all, a
    stand-down opens the final ones. `plan_file`: None as long as no plan was chosen. Returns the new ones.
    """
    incident = lock_incident(incident.pk)
    rows = list(Report.objects.select_for_update().filter(incident=incident).order_by("pk"))
    course = course_of(incident)
    by_name = {(row.duty, row.number): row for row in rows}
    for one in rules.endings(course, known(rows), now):
        _end(incident, by_name[one.duty, one.number], course, now)
    opens = rules.openings(duties_of(incident, plan_file), course, known(rows), now)
    return [_open(incident, one, plan_file, now) for one in opens]


def _open(incident: Incident, one: Opens, plan_file: Any | None, now: datetime) -> Report:
    to = recipient_of(one.duty.recipient, incident, plan_file)
    row = Report(
        id=uuid7(),
        incident=incident,
        duty=one.duty.code,
        kind=one.duty.kind.value,
        number=one.number,
        name_zh=one.duty.name_zh,
        name_en=one.duty.name_en,
        recipient=one.duty.recipient,
        recipient_zh=to.name_zh,
        recipient_en=to.name_en,
        due_at=one.due_at,
        until_at=one.until_at,
        derivation={
            "from": one.counted_from,
            "at": one.from_at.isoformat() if one.from_at else "",
            "minutes": one.minutes,
            "pace": incident.pace,
            "source": one.duty.source,
            "verified": one.duty.verified,
            "role": one.duty.role,
        },
        contents=list(one.duty.contents),
    )
    done = act(incident, IncidentAct.REPORT_OPENED, by=SYSTEM, now=now, body=facts(row))
    row.opened_at = done.at
    row.save(force_insert=True)
    return row


def _end(incident: Incident, row: Report, course: Course, now: datetime) -> None:
    void = "drill_stopped" if incident.is_drill and incident.state not in VOID else "void"
    why = void if course.is_void else "no_change" if row.until_at is not None else "stood_down"
    waive(incident, row, by=SYSTEM, now=now, why=why)


def waive(incident: Incident, row: Report, *, by: Actor, now: datetime, why: str) -> None:
    """A locked report is not required: by somebody with a reason, or by rule with a code of `wording.ENDED`."""
    done = act(incident, IncidentAct.REPORT_WAIVED, by=by, now=now, body=facts(row), why=why)
    row.state, row.waived_at, row.waived_by_id, row.why = Report.State.WAIVED, done.at, by.staff_id, why
    row.version += 1
    row.save(update_fields=["state", "waived_at", "waived_by", "why", "version"])
    end_alarms([row.pk], now)


def facts(row: Report) -> dict[str, Any]:
    """What the record says of a report in every act on it: never its words."""
    return {
        "report": str(row.pk),
        "duty": row.duty,
        "kind": str(row.kind),
        "number": row.number,
        "to": row.recipient,
        "due_at": row.due_at.isoformat() if row.due_at else None,
    }


def lock_report(report_id: UUID) -> tuple[Incident, Report]:
    """The report and its incident, both locked."""
    incident = lock_incident(Report.objects.values_list("incident", flat=True).get(pk=report_id))
    return incident, Report.objects.select_for_update().get(pk=report_id)


def require_version(row: Report, seen_version: int) -> None:
    """Raises Changed where the form was shown another version."""
    if row.version != seen_version:
        raise Changed(version=row.version)


def sent_before(row: Report) -> list[dict[str, str]]:
    """What the same recipient was sent about the incident, in the order of sending."""
    sent = Report.objects.filter(
        incident=row.incident_id, recipient=row.recipient, state=Report.State.SENT
    ).exclude(pk=row.pk)
    return list(sent.order_by("sent_at", "number").values_list("text", flat=True))


def mark_late(incident: Incident, row: Report, now: datetime) -> bool:
    """A report that is late stays so: an act, once. Returns whether it was new."""
    if row.late_at is not None or not rules.is_late(row.due_at, now):
        return False
    done = act(incident, IncidentAct.REPORT_LATE, by=SYSTEM, now=now, body=facts(row))
    row.late_at = done.at
    row.save(update_fields=["late_at"])
    return True


def end_alarms(report_ids: Iterable[UUID], now: datetime, *, codes: Iterable[str] = ALARMS) -> None:
    """Nobody is asked about these any more."""
    keys = [f"{code}:{pk}" for pk in report_ids for code in codes]
    for alert in Alert.objects.select_for_update().filter(key__in=keys).order_by("pk"):
        alarms.resolve(alert, by=SYSTEM, now=now)
