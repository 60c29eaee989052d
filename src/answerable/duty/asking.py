"""From a line and a period to what the solver is asked, and back from its answer to people and shifts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from answerable.duty import queries
from answerable.duty.models import Apart, Assignment, DutyPerson, Line, Roster, Shift, Wish
from answerable.duty.roster_pool import Pool, days_in_pool, minute
from answerable.duty.shifts import Span
from answerable.duty.solver.problem import KINDS, Filling, PersonAsked, Problem, ShiftAsked

#: How far around a period other duties matter: rest, weeks, months.
AROUND = timedelta(days=40)
Proposal = dict[str, list[int]]


def cell_key(from_at: datetime, pattern_id: int, role_id: int) -> str:
    """A cell of a roster, as `Roster.proposal` writes it."""
    return f"{from_at.astimezone(UTC).isoformat(timespec='seconds')}|{pattern_id}|{role_id}"


@dataclass
class Asked:
    """The question with what its numbers stand for. `settled`: shifts that have begun, with who stood them."""

    line: Line
    from_on: date
    until_on: date
    problem: Problem
    spans: list[Span]
    pool: Pool
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, span in enumerate(self.spans):
            for role_id in self.pool.roles:
                self.keys[cell_key(span.from_at, span.pattern_id, role_id)] = (index, role_id)

    def filling(self, proposal: Mapping[str, Any]) -> Filling:
        """A proposal as the solver reads it, begun shifts as they were; cells of shifts that are no more are left out."""
        found = {
            self.keys[key]: tuple(int(one) for one in ids)
            for key, ids in proposal.items()
            if key in self.keys and ids
        }
        found = {cell: ids for cell, ids in found.items() if cell[0] not in self.problem.settled}
        return found | self.problem.fixed

    def proposal(self, filling: Filling) -> Proposal:
        by_cell = {cell: key for key, cell in self.keys.items()}
        return {by_cell[cell]: list(ids) for cell, ids in sorted(filling.items()) if ids}


def ask(
    line: Line, from_on: date, until_on: date, *, now: datetime, stands: Mapping[str, Any] | None = None
) -> Asked:
    """What is to be filled from `from_on` until before `until_on`, by whom, and what stands against it.

    Shifts that have begun by `now`, or that somebody stands in part, are settled: who stands them counts, and stays. `stands`: a proposal of which
    as little as possible shall change.
    """
    asked = _question(line, from_on, until_on, queries.spans_of(line, from_on, until_on), now=now)
    if stands is not None:
        asked.problem = replace(asked.problem, stands=asked.filling(stands))
    return asked


def _question(line: Line, from_on: date, until_on: date, spans: list[Span], *, now: datetime) -> Asked:
    pool = Pool.of(line, spans)
    present = _present(line, spans)
    in_parts = {(at, pattern) for _pk, at, pattern in shifts_in_parts(line)} if spans else set()
    settled = frozenset(
        n
        for n, span in enumerate(spans)
        if span.from_at <= now or (span.from_at, span.pattern_id) in in_parts
    )
    fixed = {cell: ids for cell, ids in present.items() if cell[0] in settled}
    around = _around(line, spans, list(pool.people))
    carried = carried_to(line, from_on)
    wishes: dict[int, dict[date, int]] = defaultdict(dict)
    for row in Wish.objects.filter(line=line, on__gte=from_on, on__lt=until_on):
        wishes[row.staff_id][row.on] = row.weight
    people = [
        PersonAsked(
            id=staff_id,
            may=_may(pool, staff_id, spans),
            share=_share(person, from_on, until_on, pool.away(staff_id)),
            most_a_month=person.most_a_month,
            away=pool.away(staff_id),
            busy=tuple(around.busy.get(staff_id, ())),
            rests=tuple(around.rests.get(staff_id, ())),
            near=tuple(sorted(around.near.get(staff_id, ()))),
            carried=carried.get(staff_id, {}),
            wishes=wishes.get(staff_id, {}),
        )
        for staff_id, person in pool.people.items()
        if days_in_pool(person, from_on, until_on)
    ]
    problem = Problem(
        shifts=tuple(_asked(span, index, fixed, settled) for index, span in enumerate(spans)),
        people=tuple(people),
        apart=tuple(Apart.objects.filter(line=line).order_by("pk").values_list("one_id", "other_id")),
        rest_min=line.rest_min_h * 60,
        most_in_a_row=line.most_in_a_row,
        most_a_week=line.most_a_week,
        settled=settled,
        fixed=fixed,
    )
    return Asked(line, from_on, until_on, problem, spans, pool)


def ask_published(line: Line, shifts: Iterable[Shift], *, now: datetime) -> Asked:
    """The same question about shifts as they are published, with everyone who stands them: for what is checked later."""
    rows = sorted(shifts, key=lambda one: (one.from_at, one.pk))
    spans = [
        Span(
            row.pattern_id or -row.pk,
            row.on,
            row.from_at,
            row.until_at,
            row.is_night,
            row.is_weekend,
            row.is_holiday,
            {need.role_id: need.count for need in row.needs.all()},
        )
        for row in rows
    ]
    if not spans:
        return _question(line, now.date(), now.date(), spans, now=now)
    return _question(line, spans[0].on, spans[-1].on + timedelta(days=1), spans, now=now)


def present_filling(asked: Asked) -> Filling:
    """Who stands the shifts by what is published."""
    return _present(asked.line, asked.spans)


def present_proposal(asked: Asked) -> Proposal:
    """What is published for the period now, as a proposal."""
    return asked.proposal(present_filling(asked))


def shifts_in_parts(line: Line) -> list[tuple[int, datetime, int | None]]:
    """Shifts (id, start, pattern) of which somebody stands a part only: after an absence of hours, put in for the rest.

    They are settled by hand, and no roster takes them apart again.
    """
    rows = Assignment.objects.filter(shift__line=line, voided_at=None).exclude(
        from_at=F("shift__from_at"), until_at=F("shift__until_at")
    )
    return list(rows.values_list("shift_id", "shift__from_at", "shift__pattern").distinct())


def _asked(span: Span, index: int, fixed: Filling, settled: frozenset[int]) -> ShiftAsked:
    needs = dict(span.needs)
    if index in settled:
        # What was stood is what counts; what was missing then cannot be made good.
        needs = {role: len(ids) for (n, role), ids in fixed.items() if n == index}
    return ShiftAsked(
        minute(span.from_at),
        minute(span.until_at),
        span.on,
        needs,
        span.is_night,
        span.is_weekend,
        span.is_holiday,
    )


def _present(line: Line, spans: list[Span]) -> Filling:
    """Who stands the spans' shifts by what is published; whoever stands a part of one stands it."""
    if not spans:
        return {}
    at = {(span.from_at, span.pattern_id): index for index, span in enumerate(spans)}
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    rows = Assignment.objects.filter(
        shift__line=line, shift__from_at__gte=spans[0].from_at, shift__from_at__lte=spans[-1].from_at
    ).filter(voided_at=None)
    for from_at, pattern_id, role_id, staff_id in rows.values_list(
        "shift__from_at", "shift__pattern", "role", "staff"
    ):
        if (from_at, pattern_id) in at:
            found[at[from_at, pattern_id], role_id].add(staff_id)
    return {cell: tuple(sorted(ids)) for cell, ids in sorted(found.items())}


def _may(pool: Pool, staff_id: int, spans: list[Span]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for index, span in enumerate(spans):
        for role_id, count in span.needs.items():
            if count and pool.why_not(staff_id, role_id, span) is None:
                found[role_id].append(index)
    return {role: tuple(at) for role, at in found.items()}


@dataclass
class _Around:
    busy: dict[int, list[tuple[int, int]]]
    rests: dict[int, list[int]]
    near: dict[int, set[date]]


def _around(line: Line, spans: list[Span], staff: list[int]) -> _Around:
    """Duties outside the period or on other lines."""
    found = _Around(defaultdict(list), defaultdict(list), defaultdict(set))
    if not spans:
        return found
    first, last = spans[0].from_at - AROUND, max(span.until_at for span in spans) + AROUND
    inside = {(span.from_at, span.pattern_id) for span in spans}
    turns = (
        Assignment.objects.filter(staff__in=staff, voided_at=None, from_at__lt=last, until_at__gt=first)
        .select_related("shift__line")
        .order_by("from_at")
    )
    for turn in turns:
        mine = turn.shift.line_id == line.pk
        if mine and (turn.shift.from_at, turn.shift.pattern_id) in inside:
            continue
        found.busy[turn.staff_id].append((minute(turn.from_at), minute(turn.until_at)))
        found.rests[turn.staff_id].append(turn.shift.line.rest_min_h * 60)
        if mine:
            found.near[turn.staff_id].add(turn.shift.on)
    return found


def _share(person: DutyPerson, from_on: date, until_on: date, away: tuple[tuple[int, int], ...]) -> int:
    """Hundredths of a full part: part time, and the days of the period on which they belong to the pool.

    A leave is caught up with, unless it takes more than half of those days: then only the other days count.
    """
    length = max(1, (until_on - from_on).days)
    there = days_in_pool(person, from_on, until_on)
    first = datetime.combine(max(person.joins_on, from_on), datetime.min.time(), UTC)
    last = first + timedelta(days=there)
    gone = sum(max(0, min(b, minute(last)) - max(a, minute(first))) for a, b in away) // 1440
    if 2 * gone > there:
        there -= gone
    return max(1, round(person.share_percent * there / length))


def carried_to(line: Line, from_on: date) -> dict[int, dict[str, int]]:
    """By person and kind, how far above (or below) their part they stood at the end of the roster before.

    From that roster's published parts, and from what was really stood: a swap or a take-over counts for who stood.
    """
    before = (
        Roster.objects.filter(line=line, until_on__lte=from_on, dropped_at=None)
        .exclude(published_at=None)
        .order_by("-until_on", "-published_at")
        .first()
    )
    if before is None:
        return {}
    stood: dict[tuple[int, str], int] = defaultdict(int)
    rows = Assignment.objects.filter(
        Q(shift__on__gte=before.from_on, shift__on__lt=before.until_on), shift__line=line, voided_at=None
    ).select_related("shift")
    seen = set()
    for turn in rows:
        if (turn.staff_id, turn.shift_id) in seen:
            continue
        seen.add((turn.staff_id, turn.shift_id))
        marks = {
            "all": True,
            "holidays": turn.shift.is_holiday,
            "weekends": turn.shift.is_weekend,
            "nights": turn.shift.is_night,
        }
        for kind in KINDS:
            stood[turn.staff_id, kind] += marks[kind]
    return {
        int(staff_id): {
            kind: row[kind]["carried"] + 100 * stood[int(staff_id), kind] - row[kind]["part"]
            for kind in KINDS
        }
        for staff_id, row in before.proof.get("people", {}).items()
    }
