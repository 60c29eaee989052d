"""A duty room for tests: a 24 h line of the cast's town, with a leader and two staff a shift, and its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from answerable.duty.models import (
    Assignment,
    DutyPerson,
    Line,
    LineRole,
    Pattern,
    PatternNeed,
    Shift,
    ShiftNeed,
)
from answerable.duty.queries import spans_of
from answerable.orgs.models import Staff
from tests.cast import Cast, staffed

#: Monday 7 December 2026; shifts change at eight in Shanghai, which is midnight in UTC.
MONDAY = date(2026, 12, 7)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """So many days, hours and minutes after the change of shift on that Monday."""
    return datetime(2026, 12, 7, tzinfo=UTC) + timedelta(days=day, hours=hour, minutes=minute)


@dataclass(frozen=True)
class Room:
    cast: Cast
    line: Line
    lead: LineRole
    staff: LineRole
    pattern: Pattern
    leaders: list[Staff]
    watch: list[Staff]

    def shift(self, day: int) -> Shift:
        return Shift.objects.get(line=self.line, on=MONDAY + timedelta(days=day))


def make_line(cast: Cast, code: str = "room", **more: object) -> Line:
    base = {"name_zh": "值班室", "name_en": "Duty room", "phone": "0000-6000000", "is_round_the_clock": True}
    return Line.objects.create(authority=cast.town, unit=cast.town_root, code=code, **(base | more))


def make_room(cast: Cast, *, days: int = 7, stood: bool = True, code: str = "room") -> Room:
    """Shifts for `days` from that Monday on; `stood`: with people on each, in turn. Watch 6 and 7 are spare."""
    line = make_line(cast, code)
    lead = LineRole.objects.create(line=line, code="lead", name_zh="带班领导", name_en="Leader", is_lead=True)
    staff = LineRole.objects.create(line=line, code="staff", name_zh="值班员", name_en="Staff", position=1)
    pattern = Pattern.objects.create(
        line=line, code="day", name_zh="全天", name_en="Day and night", starts=time(8), ends=time(8),
        from_on=date(2026, 1, 1),
    )  # fmt: skip
    PatternNeed.objects.create(pattern=pattern, role=lead, count=1)
    PatternNeed.objects.create(pattern=pattern, role=staff, count=2)
    leaders = [
        staffed(cast.town_root, f"{code}-lead-{n}", "leader", f"带班{n}", f"Lead {n}") for n in range(3)
    ]
    watch = [
        staffed(cast.town_root, f"{code}-staff-{n}", "handler", f"值班{n}", f"Staff {n}") for n in range(8)
    ]
    for one in [*leaders, *watch]:
        DutyPerson.objects.create(line=line, staff=one, joins_on=date(2026, 1, 1))
    room = Room(cast, line, lead, staff, pattern, leaders, watch)
    for day, span in enumerate(spans_of(line, MONDAY, MONDAY + timedelta(days=days))):
        shift = Shift.objects.create(
            line=line, pattern=pattern, from_at=span.from_at, until_at=span.until_at, on=span.on
        )
        for role_id, count in span.needs.items():
            ShiftNeed.objects.create(shift=shift, role_id=role_id, count=count)
        if stood:
            put(shift, lead, leaders[day % 3])
            for n in range(2):
                put(shift, staff, watch[(2 * day + n) % 6])
    return room


def move_shifts(by: timedelta) -> None:
    """Every shift, with who is on it, so much later or earlier; in the order in which nobody stands twice at once."""
    foremost = "-from_at" if by > timedelta(0) else "from_at"
    for model in (Shift, Assignment):
        for row in model.objects.order_by(foremost):
            model.objects.filter(pk=row.pk).update(from_at=row.from_at + by, until_at=row.until_at + by)


def put(
    shift: Shift,
    role: LineRole,
    who: Staff,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Assignment:
    return Assignment.objects.create(
        shift=shift, role=role, staff=who, from_at=from_at or shift.from_at, until_at=until_at or shift.until_at,
        made_at=shift.from_at - timedelta(days=30),
    )  # fmt: skip
