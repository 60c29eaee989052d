"""Duty: two who change the same people, or sign the same shift, at the same instant.

Seen to fail: the first and the third with the row locks taken out of `duty.steps`, the last without the lock on the
entry (the database refuses then too, but without a sentence). The second is kept twice: by the lock on the person
and by the exclusion constraint.
"""

from __future__ import annotations

from functools import partial

import pytest

from answerable.duty import queries
from answerable.duty.act_kinds import DutyAct
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import Assignment, DutyPerson, HandOver, LogEntry
from answerable.duty.services.absences import tell_absence
from answerable.duty.services.assigning import put_in
from answerable.duty.services.handing import (
    CannotHandOver,
    settle_item,
    sign_leaving,
    sign_taking,
    write_entry,
)
from answerable.duty.tests.rooms import MONDAY, at, make_room
from answerable.record.queries import acts_of
from tests.races.test_two_at_one_case import ROUNDS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def _put(room, who, day):
    return put_in(
        shift_id=room.shift(day).pk, role_id=room.staff.pk, staff_id=who.pk,
        by=room.cast.actor(room.cast.mayor), now=at(-1),
    )  # fmt: skip


def test_an_absence_against_being_put_in(cast):
    """Whoever comes first, nobody is left on duty in a time for which they told an absence."""
    room = make_room(cast, days=2 * ROUNDS, stood=False)
    who = room.watch[0]
    for n in range(ROUNDS):
        day = 2 * n
        absent = partial(
            tell_absence,
            staff_id=who.pk,
            from_at=at(day),
            until_at=at(day + 1),
            by=cast.actor(who),
            now=at(-1),
        )
        results = at_once(partial(_put, room, who, day), absent)
        assert not isinstance(results[1], Exception), results
        assert not queries.my_shifts(who.pk, at(day), at(day + 1)), results


def test_put_on_two_lines_at_once(cast):
    one, other = make_room(cast, stood=False), make_room(cast, stood=False, code="other")
    for n in range(ROUNDS):
        who = one.watch[n]
        DutyPerson.objects.create(line=other.line, staff=who, joins_on=MONDAY)
        results = at_once(partial(_put, one, who, 2), partial(_put, other, who, 2))
        refused = [r for r in results if isinstance(r, CannotStand)]
        assert [r.code for r in refused] == ["elsewhere"], results
        assert Assignment.objects.filter(staff=who, voided_at=None).count() == 1


def test_two_sign_that_they_hand_over(cast):
    room = make_room(cast, days=ROUNDS + 1)
    for day in range(ROUNDS):
        lead = cast.actor(room.leaders[day % 3])
        write_entry(shift_id=room.shift(day).pk, kind="nil", text="", by=lead, now=at(day, 3))
        relief = cast.actor(room.leaders[(day + 1) % 3])
        sign_taking(shift_id=room.shift(day).pk, by=relief, now=at(day + 1))
        sign = partial(sign_leaving, shift_id=room.shift(day).pk, by=lead, now=at(day + 1))
        results = at_once(sign, sign)
        assert sorted(type(r).__name__ for r in results) == ["CannotHandOver", "HandOver"], results
    assert HandOver.objects.count() == ROUNDS
    assert len(acts_of(room.line.matter, kinds=(DutyAct.LEFT,))) == ROUNDS


def test_two_settle_one_item(cast):
    room = make_room(cast)
    one, other = (cast.actor(who) for who in room.watch[:2])
    for n in range(ROUNDS):
        shift = room.shift(0).pk
        item = write_entry(shift_id=shift, kind="open_item", text="水泵待修", by=one, now=at(0, 1))
        results = at_once(
            partial(settle_item, entry_id=item.pk, how="one", by=one, now=at(0, 2)),
            partial(settle_item, entry_id=item.pk, how="other", by=other, now=at(0, 2)),
        )
        refused = [r for r in results if isinstance(r, CannotHandOver)]
        assert [r.code for r in refused] == ["settled_already"], results
        assert LogEntry.objects.filter(settled_at__isnull=False).count() == n + 1
