"""For any take-outs, put-ins and absences, exactly those are on duty at every instant whom a plain count says."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from answerable.duty import queries
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import Absence, Assignment
from answerable.duty.services.absences import CannotBeAbsent, take_back_absence, tell_absence
from answerable.duty.services.assigning import put_in, take_out
from answerable.duty.tests.rooms import Room, at, make_room

pytestmark = pytest.mark.django_db(transaction=True)
DAYS, STEPS_A_DAY, DOINGS = 4, 8, 30
STEP = timedelta(days=1) / STEPS_A_DAY


class Count:
    """Who stands which role in which step of three hours, as a set of triples; nothing else is known here."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.stood = {
            (row.staff_id, row.role_id, n)
            for row in Assignment.objects.filter(voided_at=None)
            for n in self.steps(row.from_at, row.until_at)
        }

    @staticmethod
    def steps(from_at, until_at) -> range:
        return range((from_at - at(0)) // STEP, (until_at - at(0)) // STEP)

    def add(self, row: Assignment) -> None:
        self.stood |= {(row.staff_id, row.role_id, n) for n in self.steps(row.from_at, row.until_at)}

    def take(self, staff_id: int, from_at, until_at) -> None:
        gone = set(self.steps(from_at, until_at))
        self.stood = {one for one in self.stood if one[0] != staff_id or one[2] not in gone}


@pytest.mark.parametrize("seed", range(2))
def test_exactly_the_counted_people_are_on_duty(cast, seed):
    room = make_room(cast, days=DAYS)
    room.line.has_hand_over = False  # nobody stays: that is not certified
    room.line.save()
    count, dice = Count(room), random.Random(seed)
    for _ in range(DOINGS):
        _do_something(room, count, dice)
    for n in range(DAYS * STEPS_A_DAY):
        instant = at(0) + n * STEP + dice.random() * STEP
        on = {(one.staff_id, one.role_id) for one in queries.on_duty(room.line.pk, instant)}
        assert on == {(staff, role) for staff, role, step in count.stood if step == n}, (seed, n)
        gaps = queries.gaps(room.line.pk, at(0) + n * STEP, at(0) + (n + 1) * STEP)
        for role, needed in ((room.lead, 1), (room.staff, 2)):
            here = len({who for who, what in on if what == role.pk})
            told = sum(gap.missing for gap in gaps if gap.role_id == role.pk)
            assert told == max(0, needed - here), (seed, n, role.code)


def _do_something(room: Room, count: Count, dice: random.Random) -> None:
    by, now = room.cast.actor(room.cast.mayor), at(-1)
    day, first = dice.randrange(DAYS), dice.randrange(STEPS_A_DAY)
    start = at(day) + first * STEP
    end = start + dice.randint(1, STEPS_A_DAY - first) * STEP
    who = dice.choice([*room.leaders, *room.watch])
    doing = dice.choice(["out", "in", "in", "absent", "back"])
    if doing == "out":
        row = Assignment.objects.filter(
            shift=room.shift(day), voided_at=None, from_at__lt=end, until_at__gt=start
        ).first()
        if row is not None:
            piece = take_out(assignment_id=row.pk, by=by, now=now, from_at=start, until_at=end)
            count.take(piece.staff_id, piece.from_at, piece.until_at)
    elif doing == "in":
        role = dice.choice([room.lead, room.staff])
        try:
            row = put_in(
                shift_id=room.shift(day).pk, role_id=role.pk, staff_id=who.pk, by=by, now=now, from_at=start,
                until_at=end, rest_anyway="seed",
            )  # fmt: skip
        except CannotStand:
            return
        count.add(row)
    elif doing == "absent":
        try:
            tell_absence(staff_id=who.pk, from_at=start, until_at=end + timedelta(days=1), by=by, now=now)
        except CannotBeAbsent:
            return
        count.take(who.pk, start, end + timedelta(days=1))
    else:
        told = Absence.objects.filter(taken_back_at=None).order_by("pk").first()
        if told is not None:
            for row in take_back_absence(absence_id=told.pk, by=by, now=now):
                count.add(row)
