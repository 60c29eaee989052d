"""Writes a filled roster as shifts, needs and assignments; inside the caller's transaction, the line being locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.duty.asking import Asked, shifts_in_parts
from answerable.duty.models import Assignment, Line, Roster, Shift, ShiftNeed, Swap
from answerable.duty.models.rosters import Origin
from answerable.duty.shifts import Span
from answerable.duty.solver.problem import Filling


@dataclass(frozen=True)
class Written:
    made: int
    voided: int


def write(line: Line, roster: Roster, asked: Asked, filling: Filling, *, now: datetime) -> Written:
    """Make the shifts of the period that have not begun what the filling says; count what was made and voided."""
    spans = {n: span for n, span in enumerate(asked.spans) if n not in asked.problem.settled}
    shifts = _shifts(line, roster, spans, now)
    wanted = {
        (shifts[index].pk, role, one): shifts[index]
        for (index, role), ids in filling.items()
        if index in shifts
        for one in ids
    }
    rows = Assignment.objects.filter(shift__in=_to_come(line, roster, now), voided_at=None)
    gone = []
    for row in rows.select_related("shift"):
        key = (row.shift_id, row.role_id, row.staff_id)
        is_whole = (row.from_at, row.until_at) == (row.shift.from_at, row.shift.until_at)
        if key in wanted and is_whole:
            del wanted[key]
        else:
            gone.append(row.pk)
    # First those who go: nobody stands twice at any moment.
    void(gone, now)
    Assignment.objects.bulk_create(
        Assignment(
            shift=shift,
            role_id=role,
            staff_id=one,
            from_at=shift.from_at,
            until_at=shift.until_at,
            origin=Origin.ROSTER,
            made_at=now,
        )
        for (_shift, role, one), shift in wanted.items()
    )
    return Written(len(wanted), len(gone))


def void(assignment_ids: list[int], now: datetime) -> None:
    """Assignments stop counting, and swaps of them lapse."""
    if not assignment_ids:
        return
    Assignment.objects.filter(pk__in=assignment_ids).update(voided_at=now)
    swaps = Swap.objects.filter(state__in=[Swap.State.ASKED, Swap.State.AGREED])
    for side in ("gives", "gets"):
        swaps.filter(**{f"{side}__in": assignment_ids}).update(state=Swap.State.LAPSED, decided_at=now)


def _to_come(line: Line, roster: Roster, now: datetime) -> list[int]:
    """The line's shifts of the period that have not begun and are not stood in parts, by what is published."""
    rows = Shift.objects.filter(line=line, on__gte=roster.from_on, on__lt=roster.until_on, from_at__gt=now)
    rows = rows.exclude(pk__in=[pk for pk, _at, _pattern in shifts_in_parts(line)])
    return list(rows.values_list("pk", flat=True))


def _shifts(line: Line, roster: Roster, spans: dict[int, Span], now: datetime) -> dict[int, Shift]:
    """The rows of these spans, made or brought up to date, with their needs. A shift that is no more needs nobody."""
    known = {
        (row.from_at, row.pattern_id): row for row in Shift.objects.filter(pk__in=_to_come(line, roster, now))
    }
    found: dict[int, Shift] = {}
    for index, span in spans.items():
        row = known.pop((span.from_at, span.pattern_id), None) or Shift(
            line=line, pattern_id=span.pattern_id, from_at=span.from_at
        )
        row.roster, row.until_at, row.is_night, row.on = roster, span.until_at, span.is_night, span.on
        row.is_weekend, row.is_holiday = span.is_weekend, span.is_holiday
        found[index] = row
    Shift.objects.bulk_create([row for row in found.values() if row.pk is None])
    Shift.objects.bulk_update(
        list(found.values()), ["roster", "until_at", "is_night", "on", "is_weekend", "is_holiday"]
    )
    gone = [row.pk for row in known.values()]
    ShiftNeed.objects.filter(shift__in=[*(row.pk for row in found.values()), *gone]).delete()
    ShiftNeed.objects.bulk_create(
        ShiftNeed(shift=found[index], role_id=role, count=count)
        for index, span in spans.items()
        for role, count in span.needs.items()
        if count
    )
    return found
