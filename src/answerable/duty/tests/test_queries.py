"""Who is on duty at an instant, who stays, and where nobody is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from answerable.duty import queries
from answerable.duty.models import Assignment, ExtraNeed, HandOver, Shift, ShiftNeed
from answerable.duty.tests.rooms import MONDAY, at, make_room, put
from answerable.orgs.models import Staff


@pytest.fixture
def room(cast):
    return make_room(cast)


def sign(room, day: int, when) -> None:
    HandOver.objects.create(
        shift=room.shift(day), left_by=room.leaders[day % 3], left_at=when, taken_by=room.leaders[(day + 1) % 3],
        taken_at=when,
    )  # fmt: skip


def _who(room, when, **more):
    return [(one.staff_id, one.stays) for one in queries.on_duty(room.line.pk, when, **more)]


def test_on_duty_are_those_of_the_shift_the_lead_first(room):
    sign(room, 0, at(1))
    assert _who(room, at(1, 3)) == [
        (room.leaders[1].pk, False),
        (room.watch[2].pk, False),
        (room.watch[3].pk, False),
    ]
    assert _who(room, at(1, 3), role_id=room.staff.pk) == [
        (room.watch[2].pk, False),
        (room.watch[3].pk, False),
    ]
    assert queries.who_is_on_duty(room.cast.town.pk, at(1, 3)).keys() == {room.line.pk}


def test_whoever_leads_stays_until_both_have_signed(room):
    assert _who(room, at(1, 3))[-1] == (room.leaders[0].pk, True)
    HandOver.objects.create(shift=room.shift(0), left_by=room.leaders[0], left_at=at(1))
    assert (room.leaders[0].pk, True) in _who(room, at(1, 3)), "one signature relieves nobody"
    HandOver.objects.update(taken_by=room.leaders[1], taken_at=at(1, 5))
    assert (room.leaders[0].pk, True) in _who(room, at(1, 3)), "it was signed later"
    assert (room.leaders[0].pk, True) not in _who(room, at(1, 5))


def test_the_staff_of_a_shift_without_a_lead_all_stay(room):
    room.lead.is_lead = False
    room.lead.save()
    assert {pk for pk, stays in _who(room, at(1, 1)) if stays} == {
        room.leaders[0].pk,
        room.watch[0].pk,
        room.watch[1].pk,
    }


def test_nobody_stays_longer_than_the_next_shift_nor_where_none_goes_on(room):
    assert (room.leaders[0].pk, True) not in _who(room, at(2, 1)), "the second day's lead stays then"
    assert (room.leaders[1].pk, True) in _who(room, at(2, 1))
    assert _who(room, at(7, 1)) == [], "nothing is published for the eighth day"


def test_nobody_stays_where_there_is_no_hand_over(room):
    room.line.has_hand_over = False
    room.line.save()
    assert all(not stays for _pk, stays in _who(room, at(1, 3)))


def test_an_unsigned_hand_over_is_told_when_it_is_due_and_until_the_next_is_over(room):
    for day in range(1, 7):
        sign(room, day, at(day + 1))
    assert queries.unsigned_hand_overs(at(1, 0, 14)) == []
    (told,) = queries.unsigned_hand_overs(at(1, 0, 15))
    assert (told.shift_id, told.next_shift_id) == (room.shift(0).pk, room.shift(1).pk)
    assert (told.left, told.taken, told.due_at) == (False, False, at(1, 0, 15))
    assert queries.unsigned_hand_overs(at(2)) == []
    sign(room, 0, at(1, 0, 20))
    assert queries.unsigned_hand_overs(at(1, 1)) == []


def test_a_published_week_has_no_gap_and_the_day_after_it_is_one(room):
    assert queries.gaps(room.line.pk, at(0), at(7)) == []
    assert queries.certificate(room.line.pk, at(0), at(7)).holds
    after = queries.gaps(room.line.pk, at(6), at(8))
    assert [(gap.role_id, gap.from_at, gap.until_at, gap.missing) for gap in after] == [
        (room.lead.pk, at(7), at(8), 1),
        (room.staff.pk, at(7), at(8), 2),
    ]


def test_an_assignment_that_stops_counting_opens_its_gap_to_the_second(room):
    gone = Assignment.objects.get(shift=room.shift(2), role=room.lead)
    gone.voided_at = at(1)
    gone.save()
    put(room.shift(2), room.lead, room.leaders[0], until_at=at(2, 5) + timedelta(seconds=7))
    (gap,) = queries.gaps(room.line.pk, at(0), at(7))
    assert (gap.from_at, gap.until_at) == (at(2, 5) + timedelta(seconds=7), at(3))


def test_whoever_is_locked_out_is_on_duty_no_more_and_leaves_a_gap(room):
    Staff.objects.filter(pk=room.leaders[0].pk).update(is_active=False)
    found = queries.gaps(room.line.pk, at(0), at(7))
    assert [(gap.from_at, gap.until_at) for gap in found] == [(at(0), at(1)), (at(3), at(4)), (at(6), at(7))]
    assert room.leaders[0].pk not in [pk for pk, _stays in _who(room, at(0, 1))]
    assert room.leaders[0].pk not in [pk for pk, _stays in _who(room, at(1, 1))], "nor do they stay"


def test_a_need_that_grows_after_publication_is_a_gap(room):
    ExtraNeed.objects.create(
        line=room.line,
        role=room.staff,
        extra=1,
        from_on=MONDAY + timedelta(days=2),
        until_on=MONDAY + timedelta(days=2),
    )
    (gap,) = queries.gaps(room.line.pk, at(0), at(7))
    assert (gap.role_id, gap.from_at, gap.until_at, gap.missing) == (room.staff.pk, at(2), at(3), 1)


def test_a_line_needs_nobody_from_the_day_on_which_it_is_closed(room):
    room.line.closed_on = MONDAY + timedelta(days=7)
    room.line.save()
    assert queries.gaps(room.line.pk, at(0), at(14)) == []
    assert queries.gaps_ahead(at(0)) == {}


def test_ones_own_shifts_come_by_start(room):
    mine = queries.my_shifts(room.leaders[0].pk, at(0), at(30))
    assert [one.from_at for one in mine] == [at(0), at(3), at(6)]


def test_a_day_shift_hands_over_to_the_night_and_the_lead_to_the_next_lead(cast):
    """A leader for the whole day, staff by day and by night: each hands over to who goes on in the same role."""
    room = make_room(cast, days=0)
    rows = {}
    for name, role, start, end in (
        ("lead", room.lead, at(0), at(1)),
        ("day", room.staff, at(0), at(0, 9)),
        ("night", room.staff, at(0, 9), at(1)),
        ("next lead", room.lead, at(1), at(2)),
        ("next day", room.staff, at(1), at(1, 9)),
    ):
        rows[name] = Shift.objects.create(line=room.line, from_at=start, until_at=end, on=start.date())
        ShiftNeed.objects.create(shift=rows[name], role=role, count=1)
    found = queries.relief_of(rows.values())
    assert {name: found[row.pk] for name, row in rows.items() if row.pk in found} == {
        "lead": rows["next lead"],
        "day": rows["night"],
        "night": rows["next day"],
    }
    put(rows["day"], room.staff, room.watch[0])
    put(rows["night"], room.staff, room.watch[1])
    put(rows["lead"], room.lead, room.leaders[0])
    assert _who(room, at(0, 10)) == [
        (room.leaders[0].pk, False),
        (room.watch[1].pk, False),
        (room.watch[0].pk, True),
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_what_is_published_is_covered_over_each_change_of_the_clock(cast, zone):
    cast.town.zone = zone
    cast.town.save()
    room = make_room(cast, days=0)
    lengths = set()
    for first in (date(2027, 3, 7), date(2027, 10, 1)):
        spans = queries.spans_of(room.line, first, first + timedelta(days=38))
        for number, span in enumerate(spans):
            shift = Shift.objects.create(
                line=room.line, pattern=room.pattern, from_at=span.from_at, until_at=span.until_at, on=span.on
            )
            put(shift, room.lead, room.leaders[number % 3])
            for n in range(2):
                put(shift, room.staff, room.watch[(2 * number + n) % 6])
        found = queries.certificate(room.line.pk, spans[0].from_at, spans[-1].until_at)
        assert found.holds
        assert found.needed == 3 * (spans[-1].until_at - spans[0].from_at)
        lengths |= {span.until_at - span.from_at for span in spans}
    assert len(lengths) == 3, "one day is shorter than all others, and one is longer"
