"""Putting people in and out, and absences: what is refused, what is cut, which gap is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from answerable.core.refusals import NotYours
from answerable.duty import queries
from answerable.duty.act_kinds import DutyAct
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import Absence, Assignment, DutyPerson, Qualification
from answerable.duty.services.absences import CannotBeAbsent, take_back_absence, tell_absence
from answerable.duty.services.assigning import put_in, take_out
from answerable.duty.tests.rooms import at, make_room
from answerable.orgs.models import Appointment, Staff
from answerable.record.queries import acts_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at(-1)


@pytest.fixture
def room(cast):
    return make_room(cast)


def _put(room, who, day=2, now=NOW, role=None, by=None, **more):
    return put_in(
        shift_id=room.shift(day).pk, role_id=(role or room.staff).pk, staff_id=who.pk,
        by=room.cast.actor(by or room.cast.mayor), now=now, **more,
    )  # fmt: skip


def _out(room, who, day, now=NOW, **more):
    row = Assignment.objects.get(shift=room.shift(day), staff=who, voided_at=None)
    return take_out(assignment_id=row.pk, by=room.cast.actor(room.cast.mayor), now=now, **more)


def _refused(code, call, *args, **more):
    with pytest.raises((CannotStand, CannotBeAbsent)) as refusal:
        call(*args, **more)
    assert refusal.value.code == code
    assert "%(" not in str(refusal.value)


def _gaps(room):
    return [(g.role_id, g.from_at, g.until_at, g.missing) for g in queries.gaps(room.line.pk, at(0), at(7))]


def test_taking_somebody_out_opens_the_gap_and_putting_another_in_closes_it(room):
    _out(room, room.watch[4], 2)
    assert _gaps(room) == [(room.staff.pk, at(2), at(3), 1)]
    _put(room, room.watch[6])
    assert _gaps(room) == []
    assert [act.kind for act in acts_of(room.line.matter)] == [DutyAct.TAKEN_OUT, DutyAct.PUT_IN]


def test_a_part_of_a_shift_changes_hands_to_the_second(room):
    _out(room, room.watch[4], 2, from_at=at(2, 4), until_at=at(2, 9))
    assert _gaps(room) == [(room.staff.pk, at(2, 4), at(2, 9), 1)]
    _put(room, room.watch[6], from_at=at(2, 4), until_at=at(2, 8))
    assert _gaps(room) == [(room.staff.pk, at(2, 8), at(2, 9), 1)]
    assert {one.staff_id for one in queries.on_duty(room.line.pk, at(2, 10))} >= {room.watch[4].pk}


def test_what_is_over_stays_as_it_was_stood(room):
    piece = _out(room, room.leaders[2], 2, now=at(2, 6))
    assert (piece.from_at, piece.until_at) == (at(2, 6), at(3))
    assert room.leaders[2].pk in [one.staff_id for one in queries.on_duty(room.line.pk, at(2, 5))]
    _refused("over", _out, room, room.leaders[2], 2, now=at(3, 1))
    _refused("over", _put, room, room.watch[6], day=2, now=at(4))
    _refused("over", _put, room, room.watch[6], day=2, now=at(2, 8), from_at=at(2, 1), until_at=at(2, 3))
    _refused("outside", _put, room, room.watch[6], from_at=at(2), until_at=at(3, 1))


def test_nobody_is_on_two_lines_at_once(room):
    other = make_room(room.cast, stood=False, code="other")
    DutyPerson.objects.create(line=other.line, staff=room.leaders[0], joins_on=date(2026, 1, 1))
    _refused("elsewhere", _put, other, room.leaders[0], day=0)
    _refused("elsewhere", _put, room, room.watch[4], day=2, role=room.lead)


def test_too_short_a_rest_needs_a_reason(room):
    room.line.rest_min_h = 30
    room.line.save()
    _refused("rest_short", _put, room, room.watch[2])  # stands the day before
    made = _put(room, room.watch[2], rest_anyway="Two have fallen ill.")
    assert made.origin == "override"
    assert acts_of(room.line.matter)[-1].why == "Two have fallen ill."


def test_who_is_not_eligible_is_told_why(room):
    _refused("not_in_pool", _put, room, room.cast.water_leader)
    DutyPerson.objects.filter(staff=room.watch[6]).update(leaves_on=date(2026, 12, 9))
    _refused("has_left", _put, room, room.watch[6])
    DutyPerson.objects.filter(staff=room.watch[6]).update(leaves_on=None, joins_on=date(2026, 12, 10))
    _refused("not_yet", _put, room, room.watch[6])
    DutyPerson.objects.filter(staff=room.watch[6]).update(joins_on=date(2026, 1, 1))
    Staff.objects.filter(pk=room.watch[6].pk).update(is_active=False)
    _refused("locked_out", _put, room, room.watch[6])


def test_a_role_wants_its_posts_and_qualifications_on_the_day(room):
    room.staff.qualifications = ["driving"]
    room.staff.save()
    _refused("unqualified", _put, room, room.watch[6])
    held = Qualification.objects.create(
        staff=room.watch[6], code="driving", from_on=date(2026, 1, 1), until_on=date(2026, 12, 9)
    )
    _refused("expired", _put, room, room.watch[6])  # the shift ends on the tenth
    held.until_on = date(2026, 12, 10)
    held.save()
    assert _put(room, room.watch[6])
    room.staff.post_roles, room.staff.qualifications = ["handler"], []
    room.staff.save()
    Appointment.objects.filter(staff=room.watch[7]).update(until_at=at(2, 5))
    _refused("no_post", _put, room, room.watch[7])


def test_only_who_leads_the_line_or_its_shift_on_duty_puts_people_in(room):
    with pytest.raises(NotYours):
        _put(room, room.watch[6], by=room.cast.handler)
    with pytest.raises(NotYours):
        _put(room, room.watch[6], by=room.watch[5])
    assert _put(room, room.watch[6], now=at(0, 3), by=room.leaders[0], day=1)


def _absent(room, who, from_at, until_at, now=NOW, by=None):
    return tell_absence(
        staff_id=who.pk, from_at=from_at, until_at=until_at, by=room.cast.actor(by or who), now=now
    )


def test_an_absence_cuts_the_duty_and_names_the_gap_to_its_teller(room):
    told = _absent(room, room.leaders[0], at(3, 10), at(6, 2))
    assert [(gap.from_at, gap.until_at, gap.missing) for gap in told.gaps] == [
        (at(3, 10), at(4), 1),
        (at(6), at(6, 2), 1),
    ]
    assert _gaps(room) == [(room.lead.pk, at(3, 10), at(4), 1), (room.lead.pk, at(6), at(6, 2), 1)]
    _refused("absent", _put, room, room.leaders[0], day=4, role=room.lead)


def test_falling_ill_in_the_middle_of_a_shift_opens_the_rest_of_it(room):
    told = _absent(room, room.leaders[0], at(0), at(2), now=at(0, 5))
    assert [(gap.from_at, gap.until_at) for gap in told.gaps] == [(at(0, 5), at(1))]
    assert room.leaders[0].pk not in [one.staff_id for one in queries.on_duty(room.line.pk, at(0, 5))]
    stay = [one.staff_id for one in queries.on_duty(room.line.pk, at(1, 1)) if one.stays]
    assert stay == [room.watch[0].pk, room.watch[1].pk], (
        "who is ill stays nowhere; the others of the shift do"
    )


def test_an_absence_taken_back_gives_back_what_nobody_else_took(room):
    told = _absent(room, room.leaders[0], at(3), at(7))
    _put(room, room.leaders[1], day=3, role=room.lead, until_at=at(3, 12), from_at=at(3), rest_anyway="ill")
    again = take_back_absence(absence_id=told.absence.pk, by=room.cast.actor(room.leaders[0]), now=at(1))
    assert [(row.from_at, row.until_at) for row in again] == [(at(3, 12), at(4)), (at(6), at(7))]
    assert _gaps(room) == []
    _refused(
        "taken_back", take_back_absence,
        absence_id=told.absence.pk, by=room.cast.actor(room.leaders[0]), now=at(1),
    )  # fmt: skip


def test_an_absence_is_told_once_by_the_person_or_who_leads_their_line(room):
    _absent(room, room.watch[0], at(1), at(2))
    _refused("told_already", _absent, room, room.watch[0], at(1, 5), at(3))
    _refused("not_theirs", _absent, room, room.watch[1], at(1), at(2), by=room.watch[2])
    assert _absent(room, room.watch[1], at(1), at(2), by=room.cast.mayor)
    _refused("no_length", _absent, room, room.watch[2], at(2), at(2))
    _refused("over", _absent, room, room.watch[2], at(-3), at(-2))
    _refused("too_long", _absent, room, room.watch[2], at(1), at(400))
    _refused("no_line", _absent, room, room.cast.water_leader, at(1), at(2))
    assert Absence.objects.count() == 2


def test_the_record_says_neither_when_somebody_is_absent_nor_why(room):
    _absent(room, room.leaders[0], at(3), at(4))
    (act,) = acts_of(room.line.matter, kinds=(DutyAct.ABSENCE_TOLD,))
    assert set(act.body) == {"staff", "absence", "took_out"}
    assert act.why == ""


def test_cut_pieces_never_overlap_and_lose_no_second(room):
    row = Assignment.objects.get(shift=room.shift(0), staff=room.leaders[0])
    _out(room, room.leaders[0], 0, from_at=at(0, 3), until_at=at(0, 4))
    rows = Assignment.objects.filter(shift=row.shift, staff=room.leaders[0])
    stood = sum((one.until_at - one.from_at for one in rows if one.voided_at is None), timedelta())
    gone = sum((one.until_at - one.from_at for one in rows if one.voided_at), timedelta())
    assert (stood, gone) == (timedelta(hours=23), timedelta(hours=1))
