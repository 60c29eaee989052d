"""Drafting, sending, waiving and watching reports: each one durable transaction with its acts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from answerable.incidents import access
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Entry, Incident, Report
from answerable.incidents.reports import reaching, rules, steps, wording
from answerable.incidents.reports.planned import plan_file_of
from answerable.incidents.reports.recipients import recipient_of
from answerable.incidents.reports.rules import CannotReport
from answerable.incidents.rules import WRITTEN_IN
from answerable.incidents.steps import act, digest, lock_incident, write_entry
from answerable.record.actors import Actor


@dataclass(frozen=True)
class Out:
    """How a report goes out. `taken_by`: by telephone, the post that takes it down at the other end."""

    way: str
    taken_by: str = ""


#: By telephone, by a message from here, on paper (printed, faxed, by messenger).
WAYS = ("phone", "channel", "paper")


@transaction.atomic(durable=True)
def open_reports(*, incident_id: UUID, now: datetime) -> list[Report]:
    """Open what an incident owes; see `steps.open_duties`."""
    incident = lock_incident(incident_id)
    return steps.open_duties(incident, plan_file_of(incident), now)


@transaction.atomic(durable=True)
def keep_draft(
    *, report_id: UUID, text: Mapping[str, str], by: Actor, seen_version: int, now: datetime
) -> Report:
    """Keep what is written so far. Raises CannotReport, Changed, NotYours."""
    incident, row = _locked(report_id, by, seen_version, now)
    row.text = rules.tidied(text)
    row.version += 1
    row.save(update_fields=["text", "version"])
    body = steps.facts(row) | {"sha256": text_digest(row.text)}
    act(incident, IncidentAct.REPORT_DRAFTED, by=by, now=now, body=body)
    return row


@transaction.atomic(durable=True)
def send_report(
    *, report_id: UUID, text: Mapping[str, str], out: Out, by: Actor, seen_version: int, now: datetime
) -> Report:
    """Send it, or write down that it was given by telephone or on paper; the next follow-up is opened.

    Refused as long as a part that must be in it is missing (CannotReport names it). A message is queued and goes out
    after this transaction. Raises CannotReport, Changed, NotYours.
    """
    incident, row = _locked(report_id, by, seen_version, now)
    said = rules.complete(rules.Kind(row.kind), row.contents, text, rules.told_before(steps.sent_before(row)))
    if out.way not in WAYS:
        raise ValueError(f"a report does not go out by {out.way!r}")
    if out.way == "phone" and not out.taken_by.strip():
        raise CannotReport("taken_by_missing")
    plan_file = plan_file_of(incident)
    to = recipient_of(row.recipient, incident, plan_file)
    if out.way == "channel" and not to.is_reached_by_channel:
        raise CannotReport("no_channel", recipient=to.name)
    steps.mark_late(incident, row, now)
    body = steps.facts(row) | {
        "way": out.way,
        "sha256": text_digest(said),
        "is_late": row.late_at is not None,
    }
    done = act(incident, IncidentAct.REPORT_SENT, by=by, now=now, body=body)
    row.state, row.text, row.sent_at = Report.State.SENT, said, done.at
    row.sent_by_id, row.sent_post_id = by.staff, by.post_id
    row.sent_way = out.way
    row.taken_by = out.taken_by.strip() if out.way == "phone" else ""
    row.version += 1
    row.save()
    if out.way == "channel":
        reaching.send(incident, row, to, by=by, now=done.at)
    steps.end_alarms([row.pk], now)
    if incident.state in WRITTEN_IN:
        kind = Entry.Kind.CALL if out.way == "phone" else Entry.Kind.SYSTEM
        write_entry(incident, wording.log_line(row, to), by=by, now=done.at, kind=kind)
    steps.open_duties(incident, plan_file, done.at)
    return row


@transaction.atomic(durable=True)
def waive_report(*, report_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Report:
    """It is not required: the commander or a leader says why. A first report that was late stays late."""
    incident, row = _locked(report_id, by, seen_version, now, who=access.require_commander_or_leader)
    if not why.strip():
        raise CannotReport("why_missing")
    rules.tidied({"trend": why})
    steps.mark_late(incident, row, now)
    steps.waive(incident, row, by=by, now=now, why=why.strip())
    steps.open_duties(incident, plan_file_of(incident), now)
    return row


#: A change in casualties is reported within so many minutes of being known, where the plan says nothing else.
CHANGE_WITHIN_MIN = 60


@transaction.atomic(durable=True)
def announce_change(*, report_id: UUID, by: Actor, seen_version: int, now: datetime) -> Report:
    """Something changed within the window of this follow-up: from now its clock runs. Raises CannotReport."""
    incident, row = _locked(report_id, by, seen_version, now)
    if row.due_at is not None:
        raise CannotReport("announced")
    if row.kind != Report.Kind.FOLLOW_UP or (row.until_at is not None and row.until_at <= now):
        raise CannotReport("no_window")
    row.due_at = now + timedelta(minutes=CHANGE_WITHIN_MIN) / incident.pace
    row.derivation = row.derivation | {
        "from": "change",
        "at": now.isoformat(),
        "minutes": CHANGE_WITHIN_MIN,
    }
    row.version += 1
    row.save(update_fields=["due_at", "derivation", "version"])
    act(incident, IncidentAct.REPORT_CHANGE_ANNOUNCED, by=by, now=now, body=steps.facts(row))
    return row


@transaction.atomic(durable=True)
def look_after(*, report_id: UUID, now: datetime) -> bool:
    """Remind whoever writes it while there is time; call it late when it is. Returns whether anything was done."""
    incident, row = steps.lock_report(report_id)
    if row.state != Report.State.DUE:
        return False
    if row.due_at is None:
        steps.open_duties(incident, plan_file_of(incident), now)  # a window that has passed ends
        return True
    if steps.mark_late(incident, row, now):
        steps.end_alarms([row.pk], now, codes=["report_due"])
        reaching.raise_alarm("report_late", incident, row, now=now)
        return True
    if row.reminded_at is None and row.late_at is None and now >= rules.remind_at(row.opened_at, row.due_at):
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
        reaching.raise_alarm("report_due", incident, row, now=now)
        return True
    return False


def _locked(
    report_id: UUID,
    by: Actor,
    seen_version: int,
    now: datetime,
    who: Callable[[Actor, Incident, datetime], None] = access.require_writer,
) -> tuple[Incident, Report]:
    """A report that is still owed, locked, by somebody who may; access, version and state checked under the lock."""
    incident, row = steps.lock_report(report_id)
    who(by, incident, now)
    if row.state != Report.State.DUE:
        raise CannotReport("over")
    steps.require_version(row, seen_version)
    return incident, row


def text_digest(text: Mapping[str, str]) -> str:
    """What the record keeps of a report's words."""
    return digest(json.dumps(dict(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")))
