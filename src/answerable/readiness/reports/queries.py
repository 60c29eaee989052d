"""Reads of due reports: what is owed, by whom and to whom; the table; what figures ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.queries import calendar_of
from answerable.orgs.standing import standing
from answerable.readiness.reports import rules
from answerable.readiness.reports.access import Reader, reports_for
from answerable.readiness.reports.models import DueReport, Kind, Version
from answerable.readiness.reports.rules import Outcome, State

MOST_SHOWN = 200
#: What was missed longer ago is found in the table, and no longer at the top of a page.
STILL_ASKED = timedelta(days=14)


def owed_by(reader: Reader) -> list[DueReport]:
    """What the reader's units owe now or soon, what is due first comes first."""
    rows = reports_for(reader).filter(unit__in=reader.own_unit_ids, state__in=[State.OPEN, State.BACK])
    return list(rows.filter(due_at__gt=reader.now - STILL_ASKED).order_by("due_at", "pk")[:MOST_SHOWN])


def sent_by(reader: Reader, limit: int = 10) -> list[DueReport]:
    """What the reader's units sent last."""
    rows = reports_for(reader).filter(unit__in=reader.own_unit_ids, state__in=[State.SENT, State.TAKEN])
    return list(rows.order_by("-until_at", "-pk")[:limit])


def owed_to(reader: Reader) -> list[DueReport]:
    """What the units below have sent and nobody has acknowledged, and what they still owe: in the order of the
    organisation, the newest of each unit first."""
    waits = Q(state=State.SENT) | Q(state=State.BACK) | Q(state=State.OPEN, due_at__lt=reader.now)
    rows = reports_for(reader).filter(waits, to_unit__in=reader.own_unit_ids)
    rows = rows.filter(due_at__gt=reader.now - STILL_ASKED)
    return list(rows.order_by("kind_id", "-until_at", "path", "pk")[:MOST_SHOWN])


def outcome_of(report: DueReport, now: datetime) -> Outcome:
    return rules.outcome(
        report.state, first_at=report.first_at, is_nil=report.is_nil, due_at=report.due_at, now=now
    )


def newest_versions(report_ids: Iterable[UUID]) -> dict[UUID, Version]:
    """The version that counts of each report."""
    rows = Version.objects.filter(report__in=list(report_ids)).order_by("report_id", "-number")
    return {one.report_id: one for one in rows.distinct("report_id")}


# ---------------------------------------------------------------- over time


def between(calendar: WorkCalendar, from_on: date, until_on: date) -> tuple[datetime, datetime]:
    """The instants of two local days, the second one whole."""
    return calendar.day_start(from_on), calendar.day_start(until_on + timedelta(days=1))


def reports_of_kind(reader: Reader, kind: Kind, from_on: date, until_on: date) -> list[DueReport]:
    """The reports of a kind whose time ended on these local days, as far as the reader reads them."""
    start, end = between(calendar_of(kind.authority), from_on, until_on)
    rows = reports_for(reader).filter(kind=kind, until_at__gte=start, until_at__lt=end)
    return list(rows.exclude(state=State.DROPPED).order_by("path", "until_at", "pk"))


@dataclass(frozen=True)
class Month:
    """How a unit reported in one month, by the local day on which each report was due.

    `in_time` holds nil returns; `missing` is what had not come by `now`, or was sent back and not sent again.
    """

    unit_id: int
    month: date
    due: int
    in_time: int
    late: int
    missing: int


def counts_by_month(
    authority_ids: Iterable[int], *, from_at: datetime, until_at: datetime, now: datetime
) -> list[Month]:
    """For each unit and month: reports due, in time, late, missing. Units in the order of the organisation.

    Counts only what was due before `now`; what was dropped is not counted.
    """
    rows = DueReport.objects.filter(
        kind__authority__in=list(authority_ids), due_at__gte=from_at, due_at__lt=min(until_at, now)
    ).exclude(state=State.DROPPED)
    zones = {pk: ZoneInfo(body.zone) for pk, body in standing().authorities.items()}
    found: dict[tuple[tuple[int, ...], int, date], list[int]] = {}
    columns = ("kind__authority_id", "path", "unit_id", "state", "first_at", "is_nil", "due_at")
    for body, path, unit_id, state, first_at, is_nil, due_at in rows.values_list(*columns).iterator():
        month = due_at.astimezone(zones[body]).date().replace(day=1)
        counts = found.setdefault((tuple(path), unit_id, month), [0, 0, 0, 0])
        what = rules.outcome(state, first_at=first_at, is_nil=is_nil, due_at=due_at, now=now)
        counts[0] += 1
        counts[{Outcome.IN_TIME: 1, Outcome.NIL: 1, Outcome.LATE: 2}.get(what, 3)] += 1
    return [Month(unit_id, month, *counts) for (_path, unit_id, month), counts in sorted(found.items())]


_SENT = Q(first_at__isnull=False) & ~Q(state=State.BACK)
#: Of each number above the reports that it counts, of those that were due: `rules.outcome` as conditions.
OF_COUNT: dict[str, Q] = {
    "due": ~Q(state=State.DROPPED),
    "in_time": ~Q(state=State.DROPPED) & _SENT & Q(first_at__lte=F("due_at")),
    "late": ~Q(state=State.DROPPED) & _SENT & Q(first_at__gt=F("due_at")),
    "missing": ~Q(state=State.DROPPED) & ~_SENT,
}


def open_kinds(authority_id: int) -> QuerySet[Kind]:
    """What a body asks its units now."""
    return Kind.objects.filter(authority=authority_id, stopped_at=None).select_related("authority")
