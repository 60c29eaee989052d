"""Opens the reports that are owed, ahead of time; any number of workers, any number of times.

Each turn looks at every local day from the last one that was planned: after a standstill the days between are opened
too, and stand as missed. What is ahead and not asked for any more (a period ended, a unit was closed, the kind was
changed) is dropped, unless somebody has begun to fill it in.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from answerable.incidents.models import Incident
from answerable.orgs.models import Unit
from answerable.orgs.queries import calendar_of, local_today
from answerable.orgs.standing import standing
from answerable.readiness.reports import rules, season
from answerable.readiness.reports.act_kinds import DueReportAct
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.owing import answers_at, goes_to, owing_units
from answerable.readiness.reports.rules import Demanded, Rhythm, Slot, State, Timetable
from answerable.readiness.reports.steps import end_alarm
from answerable.record.actors import Actor
from answerable.record.append import append

log = logging.getLogger(__name__)
SYSTEM = Actor.system()


def make_due(now: datetime) -> int:
    """Open and drop for every kind; each by itself. Returns how many reports changed."""
    kinds = Kind.objects.filter(stopped_at=None).exclude(rhythm=Kind.Rhythm.AFTER_EVENT)
    return sum(_apart(pk, now) for pk in kinds.order_by("pk").values_list("pk", flat=True))


def _apart(kind_id: int, now: datetime) -> int:
    """One that fails holds up no other."""
    try:
        return plan_kind(kind_id=kind_id, now=now)
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("reports of a kind could not be opened", extra={"kind_id": kind_id})
        return 0


def timetable(kind: Kind) -> Timetable:
    assert kind.cut is not None
    assert kind.due is not None
    return Timetable(
        rhythm=Rhythm(kind.rhythm),
        cut=kind.cut,
        due=kind.due,
        zone=kind.authority.zone,
        weekday=kind.weekday,
        month_day=kind.month_day,
    )


@transaction.atomic(durable=True)
def plan_kind(*, kind_id: int, now: datetime) -> int:
    """Bring what is open of a kind in line with what is owed at `now`. Returns how many reports changed."""
    kind = lock_kind(kind_id)
    if kind.stopped_at is not None or kind.rhythm == Kind.Rhythm.AFTER_EVENT:
        return 0
    units = owing_units(kind)
    days = rules.days_to_plan(kind.planned_until, kind.begins_on, local_today(kind.authority, now))
    table = timetable(kind)
    wanted = {unit: list(_wanted_of(unit, kind, table, days, now)) for unit in units}
    made = _open_wanted(kind, wanted, now=now)
    gone = _drop_unwanted(kind, wanted, now=now)
    if made or gone:
        _mend_spans(kind, {row.unit_id for row in (*made, *gone)}, now)
    if days and kind.planned_until != days[-1]:
        kind.planned_until = days[-1]
        kind.save(update_fields=["planned_until"])
    return len(made) + len(gone)


def _wanted_of(
    unit: Unit, kind: Kind, table: Timetable, days: Sequence[date], now: datetime
) -> Iterator[Slot]:
    """What a unit owes on these days. What was due before now is owed where a standstill left the day out alone:
    whoever is asked anew is not late at once."""
    demanded: Demanded = rules.nothing_demanded
    calendar = calendar_of(kind.authority)
    if kind.follows_periods and days:
        until_at = calendar.day_start(days[-1] + timedelta(days=2))
        demanded = season.demanded_of(unit, from_at=calendar.day_start(days[0]), until_at=until_at)
    for day in days:
        left_out = kind.planned_until is not None and day > kind.planned_until
        for slot in rules.slots(table, day, demanded):
            if slot.due_at > now or left_out:
                yield slot


def lock_kind(kind_id: int) -> Kind:
    """The kind with its row locked."""
    return Kind.objects.select_for_update(of=("self",)).select_related("authority").get(pk=kind_id)


def _open_wanted(kind: Kind, wanted: dict[Unit, list[Slot]], *, now: datetime) -> list[DueReport]:
    earliest = min((slot.until_at for slots in wanted.values() for slot in slots), default=None)
    if earliest is None:
        return []
    rows = DueReport.objects.filter(kind=kind, incident=None, until_at__gte=earliest)
    there = set(rows.values_list("unit_id", "until_at"))
    made = [
        _row(kind, unit, slot, now)
        for unit, slots in wanted.items()
        for slot in slots
        if (unit.pk, slot.until_at) not in there
    ]
    DueReport.objects.bulk_create(made, batch_size=500)
    made += _asked_again(kind, {(unit.pk, slot.until_at) for unit in wanted for slot in wanted[unit]}, now)
    by_cut: dict[datetime, list[int]] = defaultdict(list)
    for row in made:
        by_cut[row.until_at].append(row.unit_id)
    for until_at, unit_ids in sorted(by_cut.items()):
        append(
            DueReportAct.OPENED,
            matter=kind.matter,
            by=SYSTEM,
            at=now,
            body={"until": until_at.isoformat(), "units": sorted(unit_ids)},
        )
    return made


def _asked_again(kind: Kind, wanted: set[tuple[int, datetime]], now: datetime) -> list[DueReport]:
    """What was dropped while it was ahead, and is asked for after all: the same one, due when it was due."""
    rows = DueReport.objects.select_for_update().filter(
        kind=kind, incident=None, state=State.DROPPED, dropped_why="not_asked", until_at__gt=now
    )
    found = [one for one in rows.order_by("pk") if (one.unit_id, one.until_at) in wanted]
    for one in found:
        one.state, one.dropped_why, one.version = DueReport.State.OPEN, "", one.version + 1
        one.save(update_fields=["state", "dropped_why", "version"])
    return found


def _row(
    kind: Kind, unit: Unit, slot: Slot, now: datetime, *, from_at: datetime | None = None, **more: Any
) -> DueReport:
    above = goes_to(unit)
    return DueReport(
        kind=kind,
        unit=unit,
        path=unit.path or [unit.pk],
        to_unit=above,
        rhythm=slot.rhythm,
        fields=kind.fields,
        # The calendar's own are mended together, where the one before each is known.
        from_at=from_at or slot.until_at - timedelta(days=1),
        until_at=slot.until_at,
        due_at=slot.due_at,
        remind_at=max(slot.due_at - timedelta(minutes=kind.remind_min), min(slot.until_at, slot.due_at)),
        opened_at=now,
        **more,
    )


def _drop_unwanted(kind: Kind, wanted: dict[Unit, list[Slot]], *, now: datetime) -> list[DueReport]:
    """What is ahead and not asked for; and what fell due when its unit had been closed."""
    expected = {(unit.pk, slot.until_at) for unit, slots in wanted.items() for slot in slots}
    units, calendar = standing().units, calendar_of(kind.authority)
    gone = []
    # What was missed stays so for good, and is not looked at again and again.
    ahead = Q(until_at__gt=now) | Q(unit__closed_on__isnull=False)
    rows = DueReport.objects.select_for_update(of=("self",)).filter(
        ahead, kind=kind, incident=None, state=State.OPEN
    )
    for row in rows.order_by("pk"):
        unit = units.get(row.unit_id)
        if unit is None or (unit.closed_on and row.due_at >= calendar.day_start(unit.closed_on)):
            row.dropped_why = "unit_closed"
        elif row.until_at > now and not row.draft and (row.unit_id, row.until_at) not in expected:
            row.dropped_why = "not_asked"
        else:
            continue
        gone.append(row)
    drop(kind, gone, now=now)
    return gone


def drop(kind: Kind, rows: Iterable[DueReport], *, now: datetime, by: Actor = SYSTEM) -> None:
    """These locked rows are not owed any more: an act for each reason, and no alarm that asks for them."""
    by_why: dict[str, list[DueReport]] = defaultdict(list)
    for row in rows:
        row.state, row.version = DueReport.State.DROPPED, row.version + 1
        row.save(update_fields=["state", "dropped_why", "version"])
        end_alarm(row, by=by, now=now)
        by_why[row.dropped_why].append(row)
    for why, group in sorted(by_why.items()):
        append(
            DueReportAct.DROPPED,
            matter=kind.matter,
            by=by,
            at=now,
            body={"why": why, "reports": sorted(str(row.pk) for row in group)},
        )


def _mend_spans(kind: Kind, unit_ids: set[int], now: datetime) -> None:
    """Each report that nobody has begun covers the time from where the one before it ended: no hole, no overlap."""
    table = timetable(kind)
    since = now - timedelta(days=rules.MOST_DAYS_BACK + 40)
    rows = DueReport.objects.filter(kind=kind, unit__in=unit_ids, incident=None, until_at__gte=since)
    before: dict[int, datetime] = {}
    for row in rows.exclude(state=State.DROPPED).order_by("unit_id", "until_at"):
        from_at = before.get(row.unit_id)
        if from_at is None and row.opened_at == now:
            from_at = rules.first_from(table, row.until_at)
        if from_at not in (None, row.from_at) and row.state == State.OPEN and not row.draft:
            row.from_at = from_at
            row.save(update_fields=["from_at"])
        before[row.unit_id] = row.until_at


# ---------------------------------------------------------------- after an event


def open_after(kind: Kind, incident: Incident, at: datetime, *, now: datetime) -> list[DueReport]:
    """What is owed because a response began or ended, by the units that owe it and work there; once an incident.

    Inside the caller's transaction.
    """
    assert kind.hours_after is not None
    kind = lock_kind(kind.pk)
    begun = incident.activated_at or incident.reported_at
    from_at = min(begun if kind.after == Kind.After.END else incident.reported_at, at - timedelta(minutes=1))
    slot = Slot(at, at + timedelta(hours=kind.hours_after or 1), Rhythm.AFTER_EVENT)
    there = set(DueReport.objects.filter(kind=kind, incident=incident).values_list("unit_id", flat=True))
    made = [
        _row(kind, unit, slot, now, from_at=from_at, incident=incident)
        for unit in owing_units(kind)
        if unit.pk not in there and (unit.pk == incident.unit_id or answers_at(unit, incident.place))
    ]
    DueReport.objects.bulk_create(made)
    if made:
        append(
            DueReportAct.OPENED,
            matter=kind.matter,
            by=SYSTEM,
            at=now,
            body={
                "incident": str(incident.pk),
                "until": at.isoformat(),
                "units": sorted(row.unit_id for row in made),
            },
        )
    return made
