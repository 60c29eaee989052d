"""For any roster, swaps and absences: exactly those whom a plain book-keeping gives are on duty at every instant.

The book is a table hour by hour, kept beside the services by the simplest means; the certificate, `on_duty` and the
gaps must say the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.core.refusals import Refusal
from answerable.duty import queries
from answerable.duty.asking import cell_key
from answerable.duty.models import Absence, Assignment, Line, Roster, Shift, Swap
from answerable.duty.services import absences, assigning, rosters, swaps
from answerable.duty.tests.rooms import MONDAY, Room, at, make_room
from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = 4
NOW = at(-2)
HOURS = [at(0, hour) for hour in range(DAYS * 24)]


@pytest.fixture
def room(transactional_db) -> Room:
    made = make_room(make_cast(), days=0)
    for role, post in ((made.lead, "leader"), (made.staff, "handler")):
        role.post_roles = [post]
        role.save()
    # Rules about rest and numbers have tests of their own; here many swaps shall be possible.
    Line.objects.filter(pk=made.line.pk).update(
        rest_min_h=0, most_in_a_row=7, most_a_week=7, has_hand_over=False
    )
    made.line.refresh_from_db()
    return made


person = st.integers(0, 5)
events = st.lists(
    st.one_of(
        st.tuples(st.just("swap"), st.integers(0, 30), st.integers(0, 30)),
        st.tuples(st.just("give"), st.integers(0, 30), person),
        st.tuples(st.just("ill"), person, st.integers(0, DAYS * 24 - 2), st.integers(1, 30)),
        st.tuples(st.just("well"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("put"), st.integers(0, DAYS - 1), person),
    ),
    max_size=8,
)


class Book:
    """Who is on duty as what in every hour; changed by the plainest means."""

    def __init__(self) -> None:
        self.hours: dict[datetime, set[tuple[int, int]]] = {hour: set() for hour in HOURS}
        self.away: dict[int, set[datetime]] = {}
        self.taken: dict[int, dict[datetime, set[tuple[int, int]]]] = {}

    def put(self, staff: int, role: int, start: datetime, end: datetime) -> None:
        for hour in HOURS:
            if start <= hour < end:
                self.hours[hour].add((staff, role))

    def out(self, staff: int, role: int, start: datetime, end: datetime) -> None:
        for hour in HOURS:
            if start <= hour < end:
                self.hours[hour].discard((staff, role))


def shifts_on(day: int, room: Room) -> Shift:
    return Shift.objects.get(line=room.line, on=MONDAY + timedelta(days=day))


def turns() -> list[Assignment]:
    return list(Assignment.objects.filter(voided_at=None).select_related("shift").order_by("pk"))


def publish(room: Room, staffing: list[tuple[int, int]], book: Book) -> None:
    actor = room.cast.actor(room.cast.mayor)
    draft = rosters.begin_roster(
        line_id=room.line.pk, from_on=MONDAY, until_on=MONDAY + timedelta(days=DAYS), by=actor, now=NOW
    )
    cells = {}
    for day, (lead, staff) in enumerate(staffing):
        (span,) = queries.spans_of(room.line, MONDAY + timedelta(days=day), MONDAY + timedelta(days=day + 1))
        pair = [room.watch[staff].pk, room.watch[(staff + 1) % 6].pk]
        cells[cell_key(span.from_at, span.pattern_id, room.lead.pk)] = [room.leaders[lead].pk]
        cells[cell_key(span.from_at, span.pattern_id, room.staff.pk)] = pair
        book.put(room.leaders[lead].pk, room.lead.pk, span.from_at, span.until_at)
        for one in pair:
            book.put(one, room.staff.pk, span.from_at, span.until_at)
    draft = rosters.change_cells(
        roster_id=draft.pk, cells=cells, by=actor, seen_version=draft.version, now=NOW
    )
    rosters.publish_roster(roster_id=draft.pk, by=actor, seen_version=draft.version, now=NOW)


def change(room: Room, event: tuple, book: Book) -> None:
    """One event through the services; the book follows only where it was not refused."""
    kind, first, second = event[0], event[1], event[2]
    leader = room.cast.actor(room.cast.mayor)
    rows = turns()
    if kind == "swap" and rows:
        one, other = rows[first % len(rows)], rows[second % len(rows)]
        if one.staff_id == other.staff_id:
            return
        swap = swaps.ask_swap(gives_id=one.pk, gets_id=other.pk, by=actor(room, one.staff_id), now=NOW)
        swaps.answer_swap(swap_id=swap.pk, agrees=True, by=actor(room, other.staff_id), now=NOW)
        swaps.decide_swap(swap_id=swap.pk, consents=True, by=leader, now=NOW)
        for row in (one, other):
            book.out(row.staff_id, row.role_id, row.from_at, row.until_at)
        book.put(other.staff_id, one.role_id, one.from_at, one.until_at)
        book.put(one.staff_id, other.role_id, other.from_at, other.until_at)
    elif kind == "give" and rows:
        one, to = rows[first % len(rows)], room.watch[second].pk
        swap = swaps.ask_swap(gives_id=one.pk, by=actor(room, one.staff_id), now=NOW)
        try:
            swaps.answer_swap(swap_id=swap.pk, agrees=True, by=actor(room, to), now=NOW)
            swaps.decide_swap(swap_id=swap.pk, consents=True, by=leader, now=NOW)
        except Refusal:
            swaps.take_back_swap(swap_id=swap.pk, by=actor(room, one.staff_id), now=NOW)
            return
        book.out(one.staff_id, one.role_id, one.from_at, one.until_at)
        book.put(to, one.role_id, one.from_at, one.until_at)
    elif kind == "ill":
        who, start = room.watch[first].pk, HOURS[second]
        end = start + timedelta(hours=event[3])
        told = absences.tell_absence(staff_id=who, from_at=start, until_at=end, by=actor(room, who), now=NOW)
        book.taken[told.absence.pk] = {
            hour: {pair for pair in book.hours[hour] if pair[0] == who}
            for hour in HOURS
            if start <= hour < end
        }
        book.out(who, room.staff.pk, start, end)
    elif kind == "well":
        absence = Absence.objects.filter(taken_back_at=None).order_by("pk").first()
        if absence is None:
            return
        again = absences.take_back_absence(absence_id=absence.pk, by=actor(room, absence.staff_id), now=NOW)
        for row in again:
            book.put(row.staff_id, row.role_id, row.from_at, row.until_at)
    elif kind == "put":
        who = room.watch[second].pk
        row = assigning.put_in(
            shift_id=shifts_on(first, room).pk,
            role_id=room.staff.pk,
            staff_id=who,
            by=leader,
            now=NOW,
            rest_anyway="it must be",
        )
        book.put(who, room.staff.pk, row.from_at, row.until_at)


def actor(room: Room, staff_id: int):
    return room.cast.actor(next(one for one in [*room.leaders, *room.watch] if one.pk == staff_id))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), min_size=DAYS, max_size=DAYS), events)
def test_exactly_the_certified_are_on_duty_at_every_instant(room, staffing, changes):
    Swap.objects.all().delete()
    Assignment.objects.all().delete()
    Absence.objects.all().delete()
    Shift.objects.all().delete()
    Roster.objects.all().delete()
    book = Book()
    publish(room, staffing, book)
    for event in changes:
        try:
            change(room, event, book)
        except Refusal:
            assert not transaction.get_connection().in_atomic_block
    needs = {room.lead.pk: 1, room.staff.pk: 2}
    # Between two of these nothing changes, neither in the book nor in what is kept.
    rows = Assignment.objects.values_list("from_at", "until_at")
    marks = {HOURS[0], *(instant for row in rows for instant in row)} | {
        hour for last, hour in zip(HOURS, HOURS[1:], strict=False) if book.hours[last] != book.hours[hour]
    }
    for hour in sorted(marks & set(HOURS)):
        on_duty = {(one.staff_id, one.role_id) for one in queries.on_duty(room.line.pk, hour)}
        assert on_duty == book.hours[hour]
    found = queries.gaps(room.line.pk, HOURS[0], at(DAYS))
    for hour in HOURS:
        for role, count in needs.items():
            short = max(0, count - len({pair for pair in book.hours[hour] if pair[1] == role}))
            named = sum(
                gap.missing for gap in found if gap.role_id == role and gap.from_at <= hour < gap.until_at
            )
            assert named == short
    holds = queries.certificate(room.line.pk, HOURS[0], at(DAYS)).holds
    assert holds == all(
        len({pair for pair in book.hours[hour] if pair[1] == role}) >= count
        for hour in HOURS
        for role, count in needs.items()
    )
