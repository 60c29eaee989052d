"""What the pages of duty show, put together from queries: lines now, a line over the next days, what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from answerable.duty import queries, shifts, wording
from answerable.duty.coverage import Certificate, Gap
from answerable.duty.models import Assignment, Line, LineRole, Shift
from answerable.duty.shifts import Span
from answerable.orgs.models import Staff
from answerable.orgs.queries import calendar_of

PREVIEW_DAYS = 14
#: How far ahead patterns are looked over for holes and overlaps: past the next spring festival or golden week.
LOOKED_OVER_DAYS = 60
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class OnNow:
    """Somebody on duty, as a page shows them."""

    staff: Staff
    role: LineRole
    until_at: datetime
    stays: bool
    shift_id: int


@dataclass(frozen=True)
class LineNow:
    line: Line
    on: list[OnNow]
    gaps: list[Gap]
    missing: list[str]
    next_at: datetime | None
    next_up: list[Assignment]
    shift_id: int | None
    unsigned: queries.UnsignedHandOver | None = None
    open_items: int = 0

    @property
    def is_quiet(self) -> bool:
        """Nobody is on duty, and nobody needs to be."""
        return not self.on and not self.gaps


def lines_now(lines: Iterable[Line], now: datetime) -> list[LineNow]:
    """Each line at this instant: who is on duty, who is missing, who comes next. Those that need somebody come first,
    those on which nobody is needed now last."""
    lines = list(lines)
    ids = [line.pk for line in lines]
    on = queries.on_duty_on(ids, now)
    staff = Staff.objects.in_bulk({one.staff_id for some in on.values() for one in some})
    roles = LineRole.objects.filter(line__in=ids).in_bulk()
    coming = _coming(ids, now)
    unsigned = {one.line_id: one for one in queries.unsigned_hand_overs(now)}
    open_items = queries.count_open_items(ids)
    found = []
    for line in lines:
        gaps = queries.gaps(line.pk, now, now + A_MOMENT)
        up = coming.get(line.pk, [])
        people = [
            OnNow(staff[one.staff_id], roles[one.role_id], one.until_at, one.stays, one.shift_id)
            for one in on[line.pk]
        ]
        here = next((one.shift_id for one in people if not one.stays), None)
        found.append(
            LineNow(
                line,
                people,
                gaps,
                [f"{roles[gap.role_id]} × {gap.missing}" for gap in gaps],
                up[0].from_at if up else None,
                up,
                here or (people[0].shift_id if people else None),
                unsigned.get(line.pk),
                open_items.get(line.pk, 0),
            )
        )
    return sorted(found, key=lambda row: (not row.gaps, row.unsigned is None, row.is_quiet))


def _coming(line_ids: list[int], now: datetime) -> dict[int, list[Assignment]]:
    """Who is on duty on each line from its next change on, within two days."""
    rows = (
        Assignment.objects.filter(
            shift__line__in=line_ids,
            voided_at=None,
            staff__is_active=True,
            from_at__gt=now,
            from_at__lte=now + timedelta(days=2),
        )
        .select_related("shift", "staff", "role")
        .order_by("from_at", "role__position", "pk")
    )
    found: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows:
        some = found[row.shift.line_id]
        if not some or some[0].from_at == row.from_at:
            some.append(row)
    return found


# ---------------------------------------------------------------- a line over the next days


@dataclass
class PreviewDay:
    """One local day of a line: the shifts its patterns give, with who stands them where they are published."""

    on: date
    closed: str
    spans: list[tuple[Span, str, list[tuple[LineRole, int]], Shift | None]] = field(default_factory=list)


def preview(line: Line, from_on: date, days: int = PREVIEW_DAYS) -> list[PreviewDay]:
    calendar = calendar_of(line.authority)
    until_on = from_on + timedelta(days=days)
    names = {pattern.pk: str(pattern) for pattern in line.patterns.all()}
    roles = {role.pk: role for role in line.roles.all()}
    published = {
        (shift.pattern_id, shift.from_at): shift
        for shift in Shift.objects.filter(line=line, on__gte=from_on, on__lt=until_on)
    }
    found = []
    for n in range(days):
        day = from_on + timedelta(days=n)
        closed = calendar.why_closed(day)
        found.append(PreviewDay(day, closed[1] if closed else ""))
    by_day = {one.on: one for one in found}
    for span in queries.spans_of(line, from_on, until_on):
        needs = sorted(
            ((roles[role], count) for role, count in span.needs.items()), key=lambda pair: pair[0].position
        )
        shift = published.get((span.pattern_id, span.from_at))
        by_day[span.on].spans.append((span, names[span.pattern_id], needs, shift))
    return found


def contradictions(line: Line, now: datetime) -> list[str]:
    """What is wrong with the line's patterns over the next weeks, as sentences: overlaps first, then holes."""
    until_at = now + timedelta(days=LOOKED_OVER_DAYS)
    roles = {role.pk: role for role in line.roles.all()}
    patterns = {pattern.pk: pattern for pattern in line.patterns.all()}
    found = shifts.spans_between(
        queries.pattern_facts(line),
        calendar=calendar_of(line.authority),
        from_at=now,
        until_at=until_at,
        extras=queries.extra_needs(line),
    )
    said = [wording.clash_text(clash, patterns, roles) for clash in shifts.clashes(found)]
    if line.is_round_the_clock:
        holes = shifts.holes(found, from_at=now, until_at=until_at)
        lead = next((pk for pk, role in roles.items() if role.is_lead), None)
        if lead is not None:
            # A hole for everybody is said once.
            some = shifts.holes(found, from_at=now, until_at=until_at, role_id=lead)
            holes += [hole for hole in some if not any(_within(hole, other) for other in holes)]
        said += [wording.hole_text(hole, roles) for hole in holes]
    return said


def _within(hole: shifts.Hole, other: shifts.Hole) -> bool:
    return other.from_at <= hole.from_at and hole.until_at <= other.until_at


@dataclass(frozen=True)
class Coverage:
    """A line's certificate over its horizon, with its gaps in words."""

    line: Line
    certificate: Certificate
    gaps: list[tuple[Gap, str, bool]]
    """Each gap, its sentence, and whether it is within a day."""

    @property
    def needed(self) -> str:
        """How much duty is needed over the horizon, each person's counted."""
        return wording.hours_text(self.certificate.needed)

    @property
    def missing(self) -> str:
        return wording.hours_text(self.certificate.missing)


def coverage_of(line: Line, now: datetime) -> Coverage:
    certificate = queries.certificate(line.pk, now, now + timedelta(days=line.horizon_days))
    roles = {role.pk: role for role in line.roles.all()}
    return Coverage(
        line,
        certificate,
        [
            (gap, wording.gap_text(gap, roles), gap.from_at < now + timedelta(days=1))
            for gap in certificate.gaps
        ],
    )


# ---------------------------------------------------------------- where people and places are chosen from


def shift_to_show(line: Line, now: datetime) -> Shift | None:
    """The shift that is on: the lead's, where several are; else the last one that was."""
    rows = Shift.objects.filter(line=line, from_at__lte=now).order_by("-from_at", "pk")
    running = list(rows.filter(until_at__gt=now).prefetch_related("needs__role"))
    leads = [one for one in running if any(need.role.is_lead for need in one.needs.all())]
    return next(iter(leads or running), None) or rows.first()
