"""Who is on duty, where nobody is, and which hand-overs wait. Every answer is for an instant that the caller gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from answerable.duty import coverage, shifts
from answerable.duty.coverage import Certificate, Gap, Need, Stand
from answerable.duty.models import (
    Absence,
    Assignment,
    DutyPerson,
    HandOver,
    Line,
    LogEntry,
    Pattern,
    Shift,
    StandbyItem,
)
from answerable.duty.shifts import Extra, PatternFacts, Span
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.queries import calendar_of

#: A shift that ended longer ago keeps nobody on duty: longer than any shift.
LONGEST_STAY = timedelta(days=shifts.LONGEST_DAYS + 1)


@dataclass(frozen=True)
class OnDuty:
    """Somebody on duty. `stays`: their shift is over, and they have not been relieved."""

    staff_id: int
    role_id: int
    shift_id: int
    from_at: datetime
    until_at: datetime
    stays: bool


def open_lines(at: datetime, authority_id: int | None = None) -> QuerySet[Line]:
    """Lines that are run at `at` (by UTC's day, a day more rather than less), of one body or all, in a steady order."""
    yesterday = (at - timedelta(days=1)).date()
    found = Line.objects.filter(Q(closed_on=None) | Q(closed_on__gt=yesterday))
    found = found.select_related("authority", "unit")
    if authority_id is not None:
        found = found.filter(authority_id=authority_id)
    return found.order_by("authority_id", "pk")


def standing_assignments() -> QuerySet[Assignment]:
    """Assignments that count. Of somebody who is locked out, those that are over: they stood them."""
    return Assignment.objects.filter(Q(staff__is_active=True) | Q(until_at__lte=Now()), voided_at=None)


# ---------------------------------------------------------------- who is on duty


def on_duty(line_id: int, at: datetime, role_id: int | None = None) -> list[OnDuty]:
    """Everybody on duty on the line at `at`, the lead first; those who stay until they are relieved come last."""
    return on_duty_on([line_id], at, role_id)[line_id]


def who_is_on_duty(authority_id: int, at: datetime) -> dict[int, list[OnDuty]]:
    """For each line that the body runs, by id: everybody on duty at `at`; an empty list where there is nobody."""
    return on_duty_on(open_lines(at, authority_id).values_list("pk", flat=True), at)


def on_duty_on(line_ids: Iterable[int], at: datetime, role_id: int | None = None) -> dict[int, list[OnDuty]]:
    """The same for several lines at once, by id."""
    found: dict[int, list[OnDuty]] = {pk: [] for pk in line_ids}
    rows = Assignment.objects.filter(
        shift__line__in=list(found), from_at__lte=at, until_at__gt=at, voided_at=None, staff__is_active=True
    )
    if role_id is not None:
        rows = rows.filter(role_id=role_id)
    for row in rows.select_related("shift").order_by("-role__is_lead", "role__position", "role_id", "pk"):
        found[row.shift.line_id].append(_as_on_duty(row, stays=False))
    for line_id, row in _staying(list(found), at, role_id):
        if all(one.staff_id != row.staff_id for one in found[line_id]):
            found[line_id].append(_as_on_duty(row, stays=True))
    return found


def _as_on_duty(row: Assignment, *, stays: bool) -> OnDuty:
    return OnDuty(row.staff_id, row.role_id, row.shift_id, row.from_at, row.until_at, stays)


def _staying(line_ids: list[int], at: datetime, role_id: int | None) -> Iterator[tuple[int, Assignment]]:
    """Those of shifts that are over, with others going on from there, who have not been relieved at `at`.

    The lead stays, or everybody of a shift without one; at the longest until the next shift is over too, whose own
    people stay then.
    """
    for shift in _unrelieved(line_ids, at):
        # Who stood at the very end; somebody locked out stays nowhere.
        rows = [
            row
            for row in shift.assignments.all()
            if row.voided_at is None and row.until_at == shift.until_at and row.staff.is_active
        ]
        leads = [row for row in rows if row.role.is_lead]
        for row in leads or rows:
            if role_id is None or row.role_id == role_id:
                yield shift.line_id, row


def _unrelieved(line_ids: list[int], at: datetime) -> list[Shift]:
    """Shifts over at `at` whose relief's shift runs, and which both have not signed off by then."""
    people = Prefetch("assignments", Assignment.objects.select_related("role", "staff").order_by("pk"))
    over = (
        Shift.objects.filter(
            line__in=line_ids, line__has_hand_over=True, until_at__lte=at, until_at__gt=at - LONGEST_STAY
        )
        .exclude(hand_over__left_at__lte=at, hand_over__taken_at__lte=at)
        .prefetch_related(people)
        .order_by("until_at", "pk")
    )
    found = list(over)
    reliefs = relief_of(found)
    return [one for one in found if one.pk in reliefs and reliefs[one.pk].until_at > at]


def relief_of(ended: Iterable[Shift]) -> dict[int, Shift]:
    """By id, the shift that goes on where one ends: begins at that instant and needs a role of it, the lead's first.

    Where nothing begins there (a reception day that closes at five), there is no one to hand over to.
    """
    ended = list(ended)
    if not ended:
        return {}
    starts = Shift.objects.filter(
        line__in={one.line_id for one in ended}, from_at__in={one.until_at for one in ended}
    ).prefetch_related("needs__role")
    beginning: dict[tuple[int, datetime], list[Shift]] = defaultdict(list)
    for shift in starts.order_by("pk"):
        beginning[shift.line_id, shift.from_at].append(shift)
    roles: dict[int, set[int]] = defaultdict(set)
    for shift_id, role_id in Shift.objects.filter(pk__in=[one.pk for one in ended]).values_list(
        "pk", "needs__role"
    ):
        roles[shift_id].add(role_id)
    found = {}
    for one in ended:
        fits = [
            (not any(need.role.is_lead for need in shift.needs.all()), shift.pk, shift)
            for shift in beginning[one.line_id, one.until_at]
            if any(need.role_id in roles[one.pk] for need in shift.needs.all())
        ]
        if fits:
            found[one.pk] = min(fits, key=lambda fit: fit[:2])[2]
    return found


# ---------------------------------------------------------------- hand-overs


@dataclass(frozen=True)
class UnsignedHandOver:
    """A shift that was over at `ended_at`, and which has not been signed by both though it was due at `due_at`."""

    line_id: int
    authority_id: int
    shift_id: int
    next_shift_id: int
    ended_at: datetime
    due_at: datetime
    left: bool
    taken: bool
    alarmed_at: datetime | None


def unsigned_hand_overs(now: datetime) -> list[UnsignedHandOver]:
    """Hand-overs that should have been signed by both by now, while the relief's shift still runs; oldest first."""
    lines = {line.pk: line for line in open_lines(now).filter(has_hand_over=True)}
    found = []
    for shift in _unrelieved(list(lines), now):
        line = lines[shift.line_id]
        due = shift.until_at + timedelta(minutes=line.unsigned_after_min)
        if due > now:
            continue
        signed = hand_over_of(shift)
        found.append(
            UnsignedHandOver(
                line_id=line.pk,
                authority_id=line.authority_id,
                shift_id=shift.pk,
                next_shift_id=relief_of([shift])[shift.pk].pk,
                ended_at=shift.until_at,
                due_at=due,
                left=bool(signed and signed.left_at),
                taken=bool(signed and signed.taken_at),
                alarmed_at=signed.alarmed_at if signed else None,
            )
        )
    return found


def hand_over_of(shift: Shift) -> HandOver | None:
    """The shift's hand-over; None where nobody has begun it."""
    return HandOver.objects.filter(shift=shift).first()


# ---------------------------------------------------------------- what is needed, and where it is missing


def pattern_facts(line: Line) -> list[PatternFacts]:
    """The line's patterns as the pure modules take them."""
    rows = Pattern.objects.filter(line=line).prefetch_related("needs").order_by("pk")
    return [
        PatternFacts(
            id=row.pk,
            starts=row.starts,
            ends=row.ends,
            ends_days_later=row.ends_days_later,
            from_on=row.from_on,
            until_on=row.until_on,
            day_kind=row.day_kind,
            weekdays=row.weekdays,
            is_night=row.is_night,
            needs={need.role_id: need.count for need in row.needs.all()},
        )
        for row in rows
    ]


def extra_needs(line: Line) -> list[Extra]:
    """What the line needs more on some days, as the pure modules take it."""
    return [
        Extra(
            row.role_id,
            row.extra,
            row.from_on,
            row.until_on,
            row.day_kind,
            from_at=row.from_at,
            until_at=row.until_at,
            is_asked=row.because is not None,
        )
        for row in line.extra_needs.order_by("pk")
    ]


def spans_of(line: Line, from_on: date, until_on: date) -> list[Span]:
    """The shifts that the line's patterns give on the local days from `from_on` until before `until_on`."""
    return shifts.spans(
        pattern_facts(line),
        calendar=calendar_of(line.authority),
        from_on=from_on,
        until_on=_open_until(line, until_on),
        extras=extra_needs(line),
    )


def _open_until(line: Line, until_on: date) -> date:
    return min(until_on, line.closed_on) if line.closed_on else until_on


def gaps(line_id: int, from_at: datetime, until_at: datetime) -> list[Gap]:
    """Where a role of the line has fewer people than it needs, to the second, by start."""
    return list(certificate(line_id, from_at, until_at).gaps)


def certificate(
    line_id: int, from_at: datetime, until_at: datetime, *, also: Iterable[Extra] = ()
) -> Certificate:
    """The coverage of a line from–until, as published and as its patterns are now: of the two, what needs more.

    `also`: what would be asked for on top, as if it were already.

    Days for which nothing is published are uncovered. Nobody is counted who merely stays because they have not been
    relieved, or who is locked out.
    """
    line = Line.objects.select_related("authority").get(pk=line_id)
    return coverage.certify(
        line_id,
        needs=needs_of(line, from_at, until_at, also=also),
        stands=_stands_on(line_id, from_at, until_at),
        from_at=from_at,
        until_at=until_at,
    )


def certificates(
    line: Line, from_at: datetime, until_at: datetime, *, cuts: Iterable[datetime]
) -> tuple[Certificate, list[Certificate]]:
    """The same, and again of each stretch that begins at one of `cuts` (in order), out of one read."""
    needs, stands = needs_of(line, from_at, until_at), _stands_on(line.pk, from_at, until_at)

    def of(start: datetime, end: datetime) -> Certificate:
        return coverage.certify(line.pk, needs=needs, stands=stands, from_at=start, until_at=end)

    starts = list(cuts)
    stretches = zip(starts, [*starts[1:], until_at], strict=True) if starts else ()
    return of(from_at, until_at), [of(start, end) for start, end in stretches]


def _stands_on(line_id: int, from_at: datetime, until_at: datetime) -> list[Stand]:
    return [
        Stand(*row)
        for row in standing_assignments()
        .filter(shift__line=line_id, from_at__lt=until_at, until_at__gt=from_at)
        .values_list("staff_id", "role_id", "from_at", "until_at")
    ]


def needs_of(
    line: Line, from_at: datetime, until_at: datetime, *, also: Iterable[Extra] = ()
) -> list[list[Need]]:
    """Two layers: what published shifts need, and what the patterns and extra needs say as they are now."""
    calendar = calendar_of(line.authority)
    published = Shift.objects.filter(line=line, from_at__lt=until_at, until_at__gt=from_at)
    if line.closed_on:
        published = published.filter(on__lt=line.closed_on)
    frozen = [
        Need(*row)
        for row in published.exclude(needs=None).values_list(
            "needs__role", "from_at", "until_at", "needs__count"
        )
    ]
    return [frozen, _needed_now(line, calendar, from_at, until_at, also)]


def _needed_now(
    line: Line, calendar: WorkCalendar, from_at: datetime, until_at: datetime, also: Iterable[Extra]
) -> list[Need]:
    found = shifts.spans_between(
        pattern_facts(line),
        calendar=calendar,
        from_at=from_at,
        until_at=until_at,
        extras=[*extra_needs(line), *also],
    )
    return [
        Need(role, span.from_at, span.until_at, count)
        for span in found
        if line.closed_on is None or span.on < line.closed_on
        for role, count in span.needs.items()
    ]


def gaps_ahead(now: datetime) -> dict[int, list[Gap]]:
    """For each open line, by id: the gaps from now to the end of its horizon. Lines without any are left out."""
    found: Mapping[int, list[Gap]] = {
        line.pk: gaps(line.pk, now, now + timedelta(days=line.horizon_days)) for line in open_lines(now)
    }
    return {pk: some for pk, some in found.items() if some}


# ---------------------------------------------------------------- one person's duty


def my_shifts(staff_id: int, from_at: datetime, until_at: datetime) -> list[Assignment]:
    """What somebody stands from–until on every line, by start, with shift, line and role at hand."""
    rows = Assignment.objects.filter(
        staff_id=staff_id, voided_at=None, from_at__lt=until_at, until_at__gt=from_at
    )
    return list(rows.select_related("shift__line__authority", "role").order_by("from_at", "pk"))


def absent_at(staff_ids: Iterable[int], from_at: datetime, until_at: datetime) -> set[int]:
    """Who of these has told an absence that touches from–until."""
    rows = Absence.objects.filter(
        staff__in=list(staff_ids), from_at__lt=until_at, until_at__gt=from_at, taken_back_at=None
    )
    return set(rows.values_list("staff_id", flat=True))


def last_end_before(staff_id: int, at: datetime) -> datetime | None:
    """When somebody's last stretch of duty that began before `at` is over."""
    return (
        Assignment.objects.filter(staff_id=staff_id, voided_at=None, from_at__lt=at)
        .order_by("-until_at")
        .values_list("until_at", flat=True)
        .first()
    )


def lines_of(staff_id: int, on: date) -> list[int]:
    """The lines in whose pool somebody is on a day."""
    rows = DutyPerson.objects.filter(
        Q(leaves_on=None) | Q(leaves_on__gt=on), staff_id=staff_id, joins_on__lte=on
    )
    return list(rows.order_by("line_id").values_list("line_id", flat=True))


# ---------------------------------------------------------------- the log book


def open_items(line_id: int) -> list[LogEntry]:
    """What is still open, from whichever shift, oldest first."""
    return list(_open().filter(line_id=line_id).select_related("by", "shift").order_by("at", "pk"))


def count_open_items(line_ids: Iterable[int]) -> dict[int, int]:
    """How many items are open on each of these lines; lines without any are left out."""
    rows = _open().filter(line__in=list(line_ids)).values_list("line_id").annotate(Count("pk"))
    return dict(rows)


def _open() -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(kind=LogEntry.Kind.OPEN_ITEM, settled_at=None, struck_by=None)


def leaving(shift: Shift) -> list[Assignment]:
    """Who hands the shift over: its lead at its end; where it has none then, whoever else stands it."""
    return _leads_or_all(shift, shift.until_at, ends=True)


def relieving(shift: Shift) -> list[Assignment]:
    """Who takes over by this shift: its lead at its beginning; where it has none then, whoever else stands it."""
    return _leads_or_all(shift, shift.from_at, ends=False)


def _leads_or_all(shift: Shift, at: datetime, *, ends: bool) -> list[Assignment]:
    rows = Assignment.objects.filter(shift=shift, voided_at=None, staff__is_active=True)
    rows = rows.filter(until_at=at) if ends else rows.filter(from_at=at)
    found = list(rows.select_related("role", "staff").order_by("role__position", "pk"))
    return [row for row in found if row.role.is_lead] or found


# ---------------------------------------------------------------- standby


def checks_overdue(now: datetime) -> list[StandbyItem]:
    """Items on standby that nobody has looked at in time."""
    rows = StandbyItem.objects.filter(closed_on=None).select_related("unit__authority", "line")
    return [item for item in rows.order_by("pk") if is_check_overdue(item, now)]


def is_check_overdue(item: StandbyItem, now: datetime) -> bool:
    return item.checked_at is None or item.checked_at + timedelta(days=item.check_every_days) < now


#: Whoever is on duty is reminded so long before.
REMIND_AHEAD = timedelta(hours=24)


def assignments_to_remind(now: datetime, limit: int = 500) -> list[Assignment]:
    """Duties that begin within a day, of people with an address, who have not been reminded of them; soonest first."""
    rows = standing_assignments().filter(reminded_at=None, from_at__gt=now, from_at__lte=now + REMIND_AHEAD)
    rows = rows.exclude(staff__email="").select_related("staff", "role", "shift__line__authority")
    return list(rows.order_by("from_at", "pk")[:limit])
