"""Setting lines up: what is refused, and what a change does to what is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from answerable.core.refusals import Changed, NotYours
from answerable.duty import queries
from answerable.duty.models import Assignment, Line
from answerable.duty.services.lines import (
    CannotSet,
    LineSpec,
    PatternSpec,
    RoleSpec,
    change_line,
    close_line,
    end_pattern,
    make_line,
    open_line,
    remove_extra,
    remove_role,
    set_extra,
    set_pattern,
    set_role,
)
from answerable.duty.services.pool import PersonSpec, open_shifts, set_person
from answerable.duty.tests.rooms import MONDAY, at, make_room

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at(-1)


@pytest.fixture
def room(cast):
    return make_room(cast)


@pytest.fixture
def by(cast):
    return {"by": cast.actor(cast.mayor), "now": NOW}


def spec_of(room, **more) -> PatternSpec:
    base = {
        "name_zh": "全天", "name_en": "Day", "code": "day", "starts": time(8), "ends": time(8), "ends_days_later": 1,
        "from_on": date(2026, 1, 1), "needs": {room.lead.pk: 1, room.staff.pk: 2},
    }  # fmt: skip
    return PatternSpec(**(base | more))


def _refused(code, call, *args, **more):
    with pytest.raises(CannotSet) as refusal:
        call(*args, **more)
    assert refusal.value.code == code
    assert "%(" not in str(refusal.value)


def test_a_line_is_made_by_who_leads_its_unit(cast, by):
    spec = LineSpec("值班室", "Room", "room", cast.roads.pk)
    line = make_line(spec, by=cast.actor(cast.leader), now=NOW)
    _refused("code_taken", make_line, spec, **by)
    _refused("no_name", make_line, replace(spec, name_zh="", name_en=" "), **by)
    _refused("numbers", make_line, replace(spec, rest_min_h=400), **by)
    for who in (cast.water_leader, cast.clerk):
        with pytest.raises(NotYours):
            make_line(replace(spec, code="other"), by=cast.actor(who), now=NOW)
    with pytest.raises(Changed):
        change_line(line.pk, replace(spec, phone="1"), seen_version=7, **by)
    assert change_line(line.pk, replace(spec, phone="1"), seen_version=1, **by).version == 2


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("no_length", {"ends_days_later": 0}),
        ("ends_first", {"ends_days_later": 0, "ends": time(7)}),
        ("ends_first", {"ends_days_later": 8}),
        ("ends_first", {"until_on": date(2025, 1, 1)}),
        ("no_day", {"weekdays": 0}),
        ("no_need", {"needs": {}}),
        ("other_line", {"needs": {0: 1}}),
        ("code_taken", {}),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(room, by, code, more):
    _refused(code, set_pattern, room.line.pk, spec_of(room, **more), **by)


def test_a_pattern_that_needs_less_lowers_what_is_published_and_more_is_a_gap(room, by):
    staff = Assignment.objects.get(shift=room.shift(2), staff=room.watch[4])
    staff.voided_at = NOW
    staff.save()
    fewer = spec_of(room, needs={room.lead.pk: 1, room.staff.pk: 1})
    set_pattern(room.line.pk, fewer, pattern_id=room.pattern.pk, **by)
    assert queries.gaps(room.line.pk, at(0), at(7)) == []
    more = spec_of(room, needs={room.lead.pk: 2, room.staff.pk: 1})
    set_pattern(room.line.pk, more, pattern_id=room.pattern.pk, **by)
    (gap,) = queries.gaps(room.line.pk, at(0), at(7))
    assert (gap.role_id, gap.from_at, gap.until_at, gap.missing) == (room.lead.pk, at(0), at(7), 1)


def test_a_pattern_that_ends_needs_nobody_after_it_and_frees_its_people(room, by):
    end_pattern(pattern_id=room.pattern.pk, last_on=MONDAY + timedelta(days=3), **by)
    assert queries.gaps(room.line.pk, at(0), at(14)) == []
    assert queries.on_duty(room.line.pk, at(5)) == []
    assert queries.on_duty(room.line.pk, at(3, 23))


def test_more_are_needed_for_a_while_and_then_no_more(room, by):
    days = {"from_on": MONDAY, "until_on": MONDAY + timedelta(days=1)}
    extra = set_extra(line_id=room.line.pk, role_id=room.staff.pk, extra=1, why="防汛", **days, **by)
    assert len(queries.gaps(room.line.pk, at(0), at(7))) == 1
    remove_extra(extra_id=extra.pk, **by)
    assert queries.gaps(room.line.pk, at(0), at(7)) == []
    _refused("numbers", set_extra, line_id=room.line.pk, role_id=room.staff.pk, extra=0, **days, **by)


def test_roles_that_are_needed_stay_and_one_leads(room, by):
    _refused("role_used", remove_role, role_id=room.staff.pk, **by)
    _refused("two_leads", set_role, room.line.pk, RoleSpec("", "Second", "second", is_lead=True), **by)
    _refused("code_taken", set_role, room.line.pk, RoleSpec("", "Staff", "staff"), **by)
    made = set_role(room.line.pk, RoleSpec("", "Driver", "driver"), **by)
    remove_role(role_id=made.pk, **by)
    assert room.line.roles.count() == 2


def test_somebody_who_leaves_the_line_leaves_their_duty_from_that_day_on(room, by):
    spec = PersonSpec(joins_on=date(2026, 1, 1), leaves_on=MONDAY + timedelta(days=3))
    set_person(room.line.pk, room.leaders[0].pk, spec, **by)
    found = [(gap.role_id, gap.from_at, gap.until_at) for gap in queries.gaps(room.line.pk, at(0), at(7))]
    assert found == [(room.lead.pk, at(3), at(4)), (room.lead.pk, at(6), at(7))]
    backwards = replace(spec, leaves_on=date(2025, 1, 1))
    _refused("ends_first", set_person, room.line.pk, room.leaders[0].pk, backwards, **by)


def test_a_closed_line_needs_nobody_and_can_be_opened_again(room, by):
    close_line(line_id=room.line.pk, on=MONDAY + timedelta(days=2), **by)
    assert queries.gaps(room.line.pk, at(0), at(14)) == []
    assert queries.on_duty(room.line.pk, at(3)) == []
    _refused("closed", set_role, room.line.pk, RoleSpec("", "Driver", "driver"), **by)
    open_line(line_id=room.line.pk, **by)
    assert Line.objects.get().closed_on is None
    assert queries.gaps(room.line.pk, at(0), at(7)), "who was taken out does not come back by itself"


def test_shifts_without_a_roster_are_opened_once_with_their_people(cast, by):
    room = make_room(cast, days=0)
    stands = {(room.pattern.pk, MONDAY, room.lead.pk): [room.leaders[0].pk]}
    days = {"from_on": MONDAY, "until_on": MONDAY + timedelta(days=2)}
    assert len(open_shifts(line_id=room.line.pk, stands=stands, **days, **by)) == 2
    open_shifts(line_id=room.line.pk, stands={}, **days, **by)
    assert room.line.shifts.count() == 2
    assert [one.staff_id for one in queries.on_duty(room.line.pk, at(0, 5))] == [room.leaders[0].pk]
