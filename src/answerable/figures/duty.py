"""Duty by the month: how well lines were covered, how many answered the roll, how soon alarms were acknowledged.

Kept as numbers of a line, because who stood and who answered is forgotten in time (rights, rule 12). This month and
the one before it are counted anew each hour; what lies further back stays as it was.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from answerable.alerts.models import Alert, RollCall
from answerable.alerts.upkeep import ALERTS_KEPT, ROLL_CALLS_KEPT
from answerable.cases.models import Case
from answerable.core.keeping import gone
from answerable.duty.models import Line
from answerable.duty.queries import certificates
from answerable.figures.keeping import ROWS
from answerable.figures.models import DutyMonth, DutyRow
from answerable.figures.periods import Period, month, month_after
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Authority
from answerable.orgs.queries import calendar_of
from answerable.orgs.standing import standing

LOCK = 0x616E_7366_6968
#: At the first count so many months back are looked at, as far as their data are still there.
MONTHS_BACK = 12
MINUTE = timedelta(minutes=1)
#: Upper ends of the classes of minutes; the last class has no end.
MINUTES = (*range(1, 11), 12, 15, 20, 25, 30, 45, 60, 90, 120, 240, 480, 1440)


class Measure(StrEnum):
    """What is counted of duty in a month."""

    NEEDED = "needed_min"  # minutes for which people are needed, each person's counted
    MISSING = "missing_min"  # of these, what nobody covered
    GAPS = "gaps"  # stretches in which a role had too few
    CALLS = "calls"  # roll calls
    CALLED = "called"  # who was called, over all roll calls
    THERE = "there"  # of these, who answered in time
    ACKNOWLEDGED = "acknowledged"  # urgent alarms; `bucket`: minutes to "I have it"
    UNANSWERED = "unanswered"  # urgent alarms that nobody acknowledged


Row = tuple[int | None, str, int]


class Kind(StrEnum):
    """What a row behind a number is, and what `n` and `of` are there."""

    DAY = "day"  # minutes that nobody covered, of those needed; of a line
    GAP = "gap"  # a role of a line had `n` people fewer than it needs, `of` minutes of people in all
    CALL = "call"  # a roll call: who answered in time, of those called
    ALARM = "alarm"  # an urgent alarm: minutes to "I have it"; None where nobody acknowledged it


#: The numbers stay; a row goes after so long, of roll calls with the calls themselves (rights, rule 12).
ROWS_KEPT = {
    Kind.DAY: timedelta(days=365),
    Kind.GAP: timedelta(days=365),
    Kind.CALL: ROLL_CALLS_KEPT,
    Kind.ALARM: ALERTS_KEPT,
}


@dataclass
class Month:
    """What is counted of a month, and what it is counted from."""

    counted: Counter[Row] = field(default_factory=Counter)
    rows: list[DutyRow] = field(default_factory=list)


def keep(now: datetime) -> int:
    """Count this month and the last one anew, of every body here. Returns 0: it is never in a hurry to go on."""
    for body in list(standing().authorities.values()):
        if not body.is_outside:
            _keep_body(body, now)
    for kind, kept in ROWS_KEPT.items():
        gone(ROWS, DutyRow.objects.filter(kind=kind, at__lt=now - kept).delete()[0])
    return 0


@transaction.atomic
def _keep_body(body: Authority, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
    calendar = calendar_of(body)
    this = month(calendar.local_day(now)).first
    back = 1 if DutyMonth.objects.filter(authority=body).exists() else MONTHS_BACK
    for first in (month_after(this, -n) for n in range(back + 1)):
        found = _month(body, first, calendar, now)
        since, until = calendar.day_start(first), calendar.day_start(month_after(first, 1))
        DutyMonth.objects.filter(authority=body, on=first).delete()
        DutyRow.objects.filter(authority=body, at__gte=since, at__lt=until).delete()
        DutyMonth.objects.bulk_create(
            DutyMonth(authority=body, line_id=line, on=first, measure=measure, bucket=bucket, n=n)
            for (line, measure, bucket), n in found.counted.items()
            if n
        )
        DutyRow.objects.bulk_create(row for row in found.rows if row.at >= now - ROWS_KEPT[Kind(row.kind)])


def _month(body: Authority, first: date, calendar: WorkCalendar, now: datetime) -> Month:
    since, until = calendar.day_start(first), min(calendar.day_start(month_after(first, 1)), now)
    found = Month()
    for line in Line.objects.filter(authority=body):
        if line.closed_on is not None and line.closed_on < first:
            continue
        _covered(line, since, until, calendar, found)
    if since > now - ROLL_CALLS_KEPT:
        _roll_calls(body, since, until, found)
    _alarms(body, since, until, found)
    return found


def _covered(line: Line, since: datetime, until: datetime, calendar: WorkCalendar, found: Month) -> None:
    """A line's certificate, day by day. A month is the sum of its days; a gap over midnight is one gap."""
    counted, key = found.counted, line.pk
    whole, days = certificates(line, since, until, cuts=_days(since, until, calendar))
    for day in days:
        needed, missing = day.needed // MINUTE, day.missing // MINUTE
        counted[key, Measure.NEEDED, 0] += needed
        counted[key, Measure.MISSING, 0] += missing
        if needed:
            found.rows.append(_row(line, Kind.DAY, day.from_at, until_at=day.until_at, n=missing, of=needed))
    counted[key, Measure.GAPS, 0] = len(whole.gaps)
    for gap in whole.gaps:
        minutes = gap.missing * gap.length // MINUTE
        row = _row(line, Kind.GAP, gap.from_at, until_at=gap.until_at, n=gap.missing, of=minutes)
        row.role_id = gap.role_id
        found.rows.append(row)


def _row(line: Line, kind: Kind, at: datetime, **more: Any) -> DutyRow:
    return DutyRow(authority_id=line.authority_id, line=line, kind=kind, at=at, **more)


def _days(since: datetime, until: datetime, calendar: WorkCalendar) -> list[datetime]:
    """The beginnings of the local days between the two."""
    day, found = calendar.local_day(since), []
    while (start := calendar.day_start(day)) < until:
        found.append(max(start, since))
        day += timedelta(days=1)
    return found


def _roll_calls(body: Authority, since: datetime, until: datetime, found: Month) -> None:
    calls = RollCall.objects.filter(
        line__authority=body, called_at__gte=since, called_at__lt=until, closed_at__isnull=False
    )
    for call in calls.select_related("line").order_by("called_at", "pk"):
        called, there = int(call.result.get("asked", 0)), int(call.result.get("in_time", 0))
        found.counted[call.line_id, Measure.CALLS, 0] += 1
        found.counted[call.line_id, Measure.CALLED, 0] += called
        found.counted[call.line_id, Measure.THERE, 0] += there
        row = _row(call.line, Kind.CALL, call.called_at, n=there, of=called, alert_id=call.alert_id)
        found.rows.append(row)


def _alarms(body: Authority, since: datetime, until: datetime, found: Month) -> None:
    """Urgent alarms that were meant; roll calls and drills are counted for themselves. Those about an accusation of
    conduct are in no number, so that none tells anybody of one (rights, rule 5)."""
    rows = Alert.objects.filter(
        authority=body, is_urgent=True, is_drill=False, opened_at__gte=since, opened_at__lt=until
    ).exclude(code="roll_call")
    alerts = list(rows.only("pk", "code", "about", "opened_at", "answered_at", "state").order_by("opened_at"))
    about = {one.about for one in alerts if one.about is not None}
    conduct = set(Case.objects.filter(pk__in=about, is_conduct=True).values_list("pk", flat=True))
    for one in alerts:
        if one.about in conduct or (one.answered_at is None and one.state == Alert.State.OPEN):
            continue
        took = None
        if one.answered_at is None:
            found.counted[None, Measure.UNANSWERED, 0] += 1
        else:
            took = max(one.answered_at - one.opened_at, timedelta(0))
            found.counted[None, Measure.ACKNOWLEDGED, bisect_right(MINUTES, took / MINUTE)] += 1
        found.rows.append(
            DutyRow(
                authority=body,
                kind=Kind.ALARM,
                at=one.opened_at,
                code=one.code,
                alert_id=one.pk,
                n=None if took is None else took // MINUTE,
            )
        )


@dataclass
class Duty:
    """What duty of a line, or of a body, came to in a period."""

    n: Counter[str] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)

    @property
    def covered_share(self) -> float | None:
        needed = self.n[Measure.NEEDED]
        return (needed - self.n[Measure.MISSING]) / needed if needed else None

    @property
    def there_share(self) -> float | None:
        called = self.n[Measure.CALLED]
        return self.n[Measure.THERE] / called if called else None

    @property
    def half_within(self) -> int | None:
        """Half of the alarms were acknowledged in fewer minutes than this."""
        total, seen = sum(self.minutes.values()), 0
        for bucket in sorted(self.minutes):
            seen += self.minutes[bucket]
            if 2 * seen >= total:
                return MINUTES[bucket] if bucket < len(MINUTES) else None
        return None


def of_period(authority_id: int, period: Period) -> Mapping[int | None, Duty]:
    """By line; under None what is of the body as a whole."""
    found: dict[int | None, Duty] = defaultdict(Duty)
    rows = DutyMonth.objects.filter(authority=authority_id, on__gte=period.first, on__lt=period.end)
    for line, measure, bucket, n in rows.values_list("line", "measure", "bucket", "n"):
        found[line].n[measure] += n
        if measure == Measure.ACKNOWLEDGED:
            found[line].minutes[bucket] += n
    return found


def lines_of(unit_ids: Iterable[int]) -> list[Line]:
    """The lines of these units, in the order of the organisation."""
    rows = Line.objects.filter(unit__in=list(unit_ids)).select_related("unit")
    return sorted(rows, key=lambda line: (line.unit.path, line.pk))
