"""A report is kept as a draft, sent, corrected, acknowledged, sent back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.readiness.reports import access, fields, sources, steps
from answerable.readiness.reports.act_kinds import DueReportAct
from answerable.readiness.reports.models import DueReport, Version
from answerable.readiness.reports.owing import span_of
from answerable.readiness.reports.rights import refused_text
from answerable.readiness.reports.rules import CannotReport, State
from answerable.record.actors import Actor
from answerable.record.append import append

MOST_WHY = 500


@transaction.atomic(durable=True)
def keep_draft(
    *,
    report_id: UUID,
    given: Mapping[str, Any],
    whys: Mapping[str, str],
    by: Actor,
    seen_version: int,
    now: datetime,
) -> DueReport:
    """Keep what is filled in, with its holes. Raises CannotReport, Changed, NotYours."""
    report = steps.lock_report(report_id)
    access.require_filler(by, report, now)
    steps.require_seen(report, seen_version)
    if report.state == State.DROPPED:
        raise CannotReport("dropped")
    counted = counted_for(report)
    report.draft = fields.answers(fields.read(report.fields), given, whys, computed=counted, is_draft=True)
    report.version += 1
    report.save(update_fields=["draft", "version"])
    append(DueReportAct.DRAFTED, matter=report.pk, by=by, at=now, body={"digest": digest(report.draft)})
    return report


@transaction.atomic(durable=True)
def submit_report(
    *,
    report_id: UUID,
    key: UUID,
    given: Mapping[str, Any],
    whys: Mapping[str, str],
    shown: Mapping[str, Any],
    by: Actor,
    seen_version: int,
    now: datetime,
    is_nil: bool = False,
    why: str = "",
) -> Version:
    """Send a report, or its correction; the same `key` a second time changes nothing.

    `shown`: what the system counted when the form was made. The level above receives it with this. Raises
    CannotReport, Changed, NotYours.
    """
    report = steps.lock_report(report_id)
    access.require_filler(by, report, now)
    sent = Version.objects.filter(report=report, key=key).first()
    if sent is not None:
        return sent
    steps.require_seen(report, seen_version)
    is_correction = report.state in (State.SENT, State.TAKEN)
    _require_sendable(report, why=why, is_correction=is_correction, now=now)
    asked, counted = fields.read(report.fields), counted_for(report)
    answers = (
        fields.nil(asked, counted)
        if is_nil
        else fields.answers(asked, given, whys, computed=counted, shown=shown)
    )
    version = Version.objects.create(
        report=report,
        number=report.versions.count() + 1,
        key=key,
        is_nil=is_nil,
        answers=answers,
        why=why.strip(),
        at=now,
        by_id=by.staff,
        post_id=by.post_id,
    )
    _sent(report, version, by=by, now=now, is_correction=is_correction)
    return version


def _require_sendable(report: DueReport, *, why: str, is_correction: bool, now: datetime) -> None:
    if report.state == State.DROPPED:
        raise CannotReport("dropped")
    if now < report.until_at:
        raise CannotReport("not_over", at=report.until_at)
    why = why.strip()
    if is_correction and not why:
        raise CannotReport("why_corrected")
    _hold(why)


def _hold(why: str) -> None:
    if len(why) > MOST_WHY:
        raise CannotReport("too_long", found=len(why), limit=MOST_WHY)
    found = refused_text(why, is_answer=True)
    if found is not None:
        raise CannotReport(found[0], **found[1])


def _sent(report: DueReport, version: Version, *, by: Actor, now: datetime, is_correction: bool) -> None:
    append(
        DueReportAct.CORRECTED if is_correction else DueReportAct.SUBMITTED,
        matter=report.pk,
        by=by,
        at=now,
        body={
            "version": version.number,
            "nil": version.is_nil,
            "digest": digest(version.answers),
            "corrected": sorted(code for code, one in version.answers.items() if one.get("why")),
        },
    )
    if is_correction:
        steps.tell_above(
            report, "unit_report_corrected", key=f"corrected:{report.pk}:{version.number}", now=now
        )
    report.state, report.is_nil, report.draft = DueReport.State.SENT, version.is_nil, {}
    report.first_at = report.first_at or now
    report.taken_at = report.taken_by = None
    report.version += 1
    report.save(update_fields=["state", "is_nil", "draft", "first_at", "taken_at", "taken_by", "version"])
    steps.end_alarm(report, by=by, now=now)


@transaction.atomic(durable=True)
def acknowledge_report(*, report_id: UUID, by: Actor, seen_version: int, now: datetime) -> DueReport:
    """The level above has read it. Raises CannotReport, Changed, NotYours."""
    report = steps.lock_report(report_id)
    access.require_receiver(by, report, now)
    if report.state == State.TAKEN:
        return report
    steps.require_seen(report, seen_version)
    if report.state != State.SENT:
        raise CannotReport("nothing_sent")
    report.state, report.taken_at, report.taken_by_id = DueReport.State.TAKEN, now, by.staff
    report.version += 1
    report.save(update_fields=["state", "taken_at", "taken_by", "version"])
    append(DueReportAct.TAKEN, matter=report.pk, by=by, at=now, body={"version": _number(report)})
    return report


@transaction.atomic(durable=True)
def send_back(*, report_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> DueReport:
    """Something is missing: the unit sends it again. When it was due, and that it came in time, stays as it is.

    Raises CannotReport, Changed, NotYours.
    """
    report = steps.lock_report(report_id)
    access.require_receiver(by, report, now)
    steps.require_seen(report, seen_version)
    if report.state not in (State.SENT, State.TAKEN):
        raise CannotReport("nothing_sent")
    why = why.strip()
    if not why:
        raise CannotReport("why_back")
    _hold(why)
    newest = report.versions.order_by("-number").first()
    report.state, report.back_at, report.back_by_id, report.back_why = (
        DueReport.State.BACK,
        now,
        by.staff,
        why,
    )
    report.draft = newest.answers if newest is not None and not newest.is_nil else {}
    report.times_back += 1
    report.version += 1
    report.save(update_fields=["state", "back_at", "back_by", "back_why", "draft", "times_back", "version"])
    append(DueReportAct.SENT_BACK, matter=report.pk, by=by, at=now, body={"version": _number(report)})
    steps.tell_unit(report, "unit_report_back", key=f"back:{report.pk}:{report.times_back}", now=now)
    return report


def counted_for(report: DueReport) -> dict[str, Any]:
    """What the system counts for a report, by field code."""
    return sources.counted(fields.read(report.fields), span_of(report))


def _number(report: DueReport) -> int:
    return report.versions.count()


def digest(answers: Mapping[str, Any]) -> str:
    """What stands for the words in the record."""
    return hashlib.sha256(json.dumps(answers, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
