"""Writes of duty that compose; inside the caller's transaction, which they never open.

Locks are taken in this order, each kind by primary key: lines, a person's rows in pools, assignments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from answerable.core.refusals import Changed
from answerable.duty.act_kinds import DutyAct
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import (
    Absence,
    Assignment,
    DutyPerson,
    Line,
    LineRole,
    Roster,
    Shift,
    ShiftNeed,
    StandbyItem,
)
from answerable.duty.shifts import Span
from answerable.orgs.models import Staff
from answerable.record.actors import Actor
from answerable.record.append import Appended, append

ONE_LINE_AT_A_TIME = "duty_one_line_at_a_time"


def lock_lines(ids: Iterable[int]) -> dict[int, Line]:
    rows = Line.objects.select_for_update(of=("self",)).select_related("authority", "unit")
    return {row.pk: row for row in rows.filter(pk__in=list(ids)).order_by("pk")}


def lock_line(line_id: int, *, seen_version: int | None = None) -> Line:
    """The line, locked. Raises Changed where it is not the version that the form was shown."""
    line = lock_lines([line_id]).get(line_id)
    if line is None:
        raise Line.DoesNotExist
    if seen_version is not None and line.version != seen_version:
        raise Changed(version=line.version)
    return line


def lock_person(staff_id: int) -> list[DutyPerson]:
    """The person's places in all pools, locked: whoever puts them on a shift and whoever tells an absence queue here."""
    return list(DutyPerson.objects.select_for_update().filter(staff_id=staff_id).order_by("pk"))


def act(
    about: Line | StandbyItem,
    kind: DutyAct,
    *,
    by: Actor,
    now: datetime,
    body: Mapping[str, Any],
    why: str = "",
    happened_at: datetime | None = None,
) -> Appended:
    """An act on the matter of a line or of an item on standby. People stand in it by id alone."""
    return append(
        kind,
        matter=about.matter,
        by=by,
        at=now,
        body=body,
        why=why,
        happened_at=happened_at,
        claimed_by="staff" if happened_at is not None else "",
    )


def changed(line: Line, **fields: Any) -> None:
    """Set fields of a locked line; every change gives it a new version."""
    for name, value in fields.items():
        setattr(line, name, value)
    line.version += 1
    line.save(update_fields=[*fields, "version"])


# ---------------------------------------------------------------- shifts and who stands them


def make_shift(line: Line, span: Span, *, roster: Roster | None = None) -> Shift:
    """A shift as its pattern gives it, with its needs as they are now. The same one again is found, not made twice."""
    shift, is_new = Shift.objects.get_or_create(
        line=line,
        pattern_id=span.pattern_id,
        from_at=span.from_at,
        defaults={
            "roster": roster,
            "until_at": span.until_at,
            "is_night": span.is_night,
            "on": span.on,
            "is_weekend": span.is_weekend,
            "is_holiday": span.is_holiday,
        },
    )
    if is_new:
        ShiftNeed.objects.bulk_create(
            ShiftNeed(shift=shift, role_id=role, count=count) for role, count in sorted(span.needs.items())
        )
    return shift


def put(
    shift: Shift,
    role: LineRole,
    staff_id: int,
    from_at: datetime,
    until_at: datetime,
    *,
    origin: str,
    now: datetime,
    zone: str,
) -> Assignment:
    """Write that somebody stands a stretch of a shift. Raises CannotStand where they are on duty then already."""
    try:
        with transaction.atomic():
            return Assignment.objects.create(
                shift=shift,
                role=role,
                staff_id=staff_id,
                from_at=from_at,
                until_at=until_at,
                origin=origin,
                made_at=now,
            )
    except IntegrityError as error:
        if ONE_LINE_AT_A_TIME not in str(error):
            raise
        raise stands_already(staff_id, from_at, until_at, zone) from None


def stands_already(staff_id: int, from_at: datetime, until_at: datetime, zone: str) -> CannotStand:
    """The sentence for somebody who would be at two places at once."""
    other = (
        Assignment.objects.filter(
            staff_id=staff_id, voided_at=None, from_at__lt=until_at, until_at__gt=from_at
        )
        .order_by("from_at")
        .first()
    )
    facts = {
        "from": local_text(other.from_at if other else from_at, zone),
        "until": local_text(other.until_at if other else until_at, zone),
    }
    return CannotStand("elsewhere", name=str(Staff.objects.get(pk=staff_id)), **facts)


def cut(
    row: Assignment, from_at: datetime, until_at: datetime, *, now: datetime, absence: Absence | None = None
) -> Assignment | None:
    """Take from–until out of a locked assignment. What is before ends earlier, what is after is a row of its own.

    Returns the piece that was taken out, kept as a voided row; None where nothing of it lies there.
    """
    start, end = max(row.from_at, from_at), min(row.until_at, until_at)
    if start >= end:
        return None
    whole = (row.from_at, row.until_at)
    row.absence = absence
    if start > row.from_at:
        row.until_at, row.absence = start, None
        row.save(update_fields=["until_at"])
        piece = _piece(row, start, end, voided_at=now, absence=absence)
    else:
        row.voided_at, row.until_at = now, end
        row.save(update_fields=["voided_at", "until_at", "absence"])
        piece = row
    if end < whole[1]:
        _piece(row, end, whole[1], voided_at=None, absence=None)
    return piece


def _piece(row: Assignment, from_at: datetime, until_at: datetime, **more: Any) -> Assignment:
    return Assignment.objects.create(
        shift_id=row.shift_id,
        role_id=row.role_id,
        staff_id=row.staff_id,
        from_at=from_at,
        until_at=until_at,
        origin=row.origin,
        made_at=row.made_at,
        reminded_at=row.reminded_at,
        **more,
    )


def lock_assignments(staff_id: int, from_at: datetime, until_at: datetime, **more: Any) -> list[Assignment]:
    """What somebody stands from–until, locked, with its shift and line."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(
        staff_id=staff_id, voided_at=None, from_at__lt=until_at, until_at__gt=from_at, **more
    )
    return list(rows.select_related("shift__line__authority", "role").order_by("pk"))


def local_text(at: datetime, zone: str) -> str:
    """An instant in a refusal's sentence, in the office's time: 2026-12-07 08:00."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
