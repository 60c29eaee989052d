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

from django.db import connection, transaction

from answerable.alerts.models import Alert, RollCall
from answerable.alerts.upkeep import ROLL_CALLS_KEPT
from answerable.duty.models import Line
from answerable.duty.queries import certificate
from answerable.figures.models import DutyMonth
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
    CALLS = "calls"  # roll calls
    CALLED = "called"  # who was called, over all roll calls
    THERE = "there"  # of these, who answered in time
    ACKNOWLEDGED = "acknowledged"  # urgent alarms; `bucket`: minutes to "I have it"
    UNANSWERED = "unanswered"  # urgent alarms that nobody acknowledged


Row = tuple[int | None, str, int]


def keep(now: datetime) -> int:
    """Count this month and the last one anew, of every body here. Returns 0: it is never in a hurry to go on."""
    for body in list(standing().authorities.values()):
        if not body.is_outside:
            _keep_body(body, now)
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
        counted = _month(body, first, calendar, now)
        DutyMonth.objects.filter(authority=body, on=first).delete()
        DutyMonth.objects.bulk_create(
            DutyMonth(authority=body, line_id=line, on=first, measure=measure, bucket=bucket, n=n)
            for (line, measure, bucket), n in counted.items()
            if n
        )


def _month(body: Authority, first: date, calendar: WorkCalendar, now: datetime) -> Counter[Row]:
    since, until = calendar.day_start(first), min(calendar.day_start(month_after(first, 1)), now)
    counted: Counter[Row] = Counter()
    for line in Line.objects.filter(authority=body):
        if line.closed_on is not None and line.closed_on < first:
            continue
        found = certificate(line.pk, since, until)
        counted[line.pk, Measure.NEEDED, 0] = found.needed // MINUTE
        counted[line.pk, Measure.MISSING, 0] = found.missing // MINUTE
    if since > now - ROLL_CALLS_KEPT:
        _roll_calls(body, since, until, counted)
    _alarms(body, since, until, counted)
    return counted


def _roll_calls(body: Authority, since: datetime, until: datetime, counted: Counter[Row]) -> None:
    calls = RollCall.objects.filter(
        line__authority=body, called_at__gte=since, called_at__lt=until, closed_at__isnull=False
    )
    for line, result in calls.values_list("line", "result"):
        counted[line, Measure.CALLS, 0] += 1
        counted[line, Measure.CALLED, 0] += int(result.get("asked", 0))
        counted[line, Measure.THERE, 0] += int(result.get("in_time", 0))


def _alarms(body: Authority, since: datetime, until: datetime, counted: Counter[Row]) -> None:
    """Urgent alarms that were meant; roll calls and drills are counted for themselves."""
    rows = Alert.objects.filter(
        authority=body, is_urgent=True, is_drill=False, opened_at__gte=since, opened_at__lt=until
    ).exclude(code="roll_call")
    for opened, answered, state in rows.values_list("opened_at", "answered_at", "state"):
        if answered is not None:
            bucket = bisect_right(MINUTES, max(answered - opened, timedelta(0)) / MINUTE)
            counted[None, Measure.ACKNOWLEDGED, bucket] += 1
        elif state != Alert.State.OPEN:
            counted[None, Measure.UNANSWERED, 0] += 1


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
