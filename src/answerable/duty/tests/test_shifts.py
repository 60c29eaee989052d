"""Patterns become shifts without gap or overlap, on every day that a zone has."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.duty.shifts import (
    Extra,
    Hole,
    PatternFacts,
    clashes,
    holes,
    instant,
    is_on,
    spans,
    spans_between,
)
from answerable.orgs.calendars import WorkCalendar

LEAD, STAFF, DRIVER = 1, 2, 3
#: Zones that jump by an hour or half of one, at night or at midnight, forwards over a whole day, or never.
ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Tehran",
]
#: Days around changes of the clock in those zones, and any other.
DAYS = st.one_of(
    st.dates(date(2010, 1, 1), date(2030, 12, 1)),
    st.builds(
        lambda base, more: base + timedelta(days=more),
        st.sampled_from(
            [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2011, 12, 30)]
            + [date(2018, 11, 4), date(2018, 2, 18), date(2026, 4, 5), date(2026, 10, 4), date(2022, 3, 22)]
        ),
        st.integers(-2, 2),
    ),
)
TIMES = st.one_of(
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.sampled_from([time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(23, 59, 59)]),
)


def pattern(number: int = 1, starts: time = time(8), ends: time = time(8), later: int = 1, **more):
    base = {"from_on": date(2000, 1, 1), "needs": {LEAD: 1}} | more
    return PatternFacts(number, starts, ends, later, **base)


@given(zone=st.sampled_from(ZONES), day=DAYS, at=TIMES)
def test_a_local_time_is_the_first_instant_at_which_the_clock_shows_it_or_a_later_one(zone, day, at):
    found, wanted, tz = instant(zone, day, at), datetime.combine(day, at), ZoneInfo(zone)
    assert found.astimezone(tz).replace(tzinfo=None) >= wanted
    before = found - timedelta(seconds=1)
    assert before.astimezone(tz).replace(tzinfo=None) < wanted


@given(zone=st.sampled_from(ZONES), day=DAYS, one=TIMES, other=TIMES)
def test_later_local_times_never_come_first(zone, day, one, other):
    first, second = sorted((one, other))
    assert instant(zone, day, first) <= instant(zone, day, second)
    assert instant(zone, day, second) <= instant(zone, day + timedelta(days=1), first)


@given(zone=st.sampled_from(ZONES), day=DAYS, cuts=st.lists(TIMES, min_size=1, max_size=4, unique=True))
def test_a_day_cut_into_shifts_leaves_neither_gap_nor_overlap(zone, day, cuts):
    cuts = sorted(cuts)
    ends = [(time_, 0) for time_ in cuts[1:]] + [(cuts[0], 1)]
    patterns = [pattern(n, cuts[n], end, later) for n, (end, later) in enumerate(ends)]
    from_on, until_on = day - timedelta(days=4), day + timedelta(days=4)
    found = spans(patterns, calendar=WorkCalendar(zone), from_on=from_on, until_on=until_on)
    assert all(one.until_at == other.from_at for one, other in pairwise(found))
    assert found[0].from_at == instant(zone, from_on, cuts[0])
    assert found[-1].until_at == instant(zone, until_on, cuts[0])
    assert not clashes(found)
    assert not holes(found, from_at=found[0].from_at, until_at=found[-1].until_at)


def test_a_day_and_night_shift_over_the_change_of_the_clock_lasts_23_or_25_hours():
    berlin = WorkCalendar("Europe/Berlin")
    (spring,) = spans([pattern()], calendar=berlin, from_on=date(2026, 3, 28), until_on=date(2026, 3, 29))
    (autumn,) = spans([pattern()], calendar=berlin, from_on=date(2026, 10, 24), until_on=date(2026, 10, 25))
    assert spring.until_at - spring.from_at == timedelta(hours=23)
    assert autumn.until_at - autumn.from_at == timedelta(hours=25)


def test_a_shift_that_the_clock_jumps_over_is_not_there():
    berlin = WorkCalendar("Europe/Berlin")
    short = pattern(starts=time(2, 10), ends=time(2, 50), later=0)
    around = {"from_on": date(2026, 3, 28), "until_on": date(2026, 3, 31)}
    assert [one.on.day for one in spans([short], calendar=berlin, **around)] == [28, 30]


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2026, 2, 13), {"any", "working"}),  # a Friday
        (date(2026, 2, 14), {"any", "working"}),  # a Saturday that is worked (调休)
        (date(2026, 2, 17), {"any", "free", "holiday"}),  # 春节
        (date(2026, 3, 7), {"any", "free"}),  # a Saturday
    ],
)
def test_kinds_of_day_follow_the_offices_calendar(day, kinds):
    calendar = WorkCalendar("Asia/Shanghai", "CN")
    on = {
        kind
        for kind in ("any", "working", "free", "holiday")
        if is_on(day, kind=kind, weekdays=127, calendar=calendar)
    }
    assert on == kinds


def test_more_are_needed_on_holidays_and_in_a_readiness_period():
    china = WorkCalendar("Asia/Shanghai", "CN")
    line = [pattern(needs={LEAD: 1, STAFF: 2})]
    extras = [
        Extra(STAFF, 1, date(2026, 1, 1), date(2026, 12, 31), "holiday"),
        Extra(STAFF, 2, date(2026, 2, 17), date(2026, 2, 18)),
        Extra(DRIVER, 1, date(2026, 2, 18), date(2026, 2, 18)),
    ]
    found = spans(line, calendar=china, from_on=date(2026, 2, 12), until_on=date(2026, 2, 20), extras=extras)
    by_day = {one.on: dict(one.needs) for one in found}
    assert by_day[date(2026, 2, 12)] == {LEAD: 1, STAFF: 2}
    assert by_day[date(2026, 2, 17)] == {LEAD: 1, STAFF: 5}
    assert by_day[date(2026, 2, 18)] == {LEAD: 1, STAFF: 5, DRIVER: 1}
    assert by_day[date(2026, 2, 19)] == {LEAD: 1, STAFF: 3}


def test_patterns_that_overlap_in_a_role_are_found_also_with_themselves():
    china = WorkCalendar("Asia/Shanghai", "CN")
    day, night = pattern(1, time(8), time(18), 0), pattern(2, time(17), time(8), 1)
    late_driver = pattern(3, time(20), time(23), 0, needs={DRIVER: 1})
    found = spans(
        [day, night, late_driver], calendar=china, from_on=date(2026, 3, 2), until_on=date(2026, 3, 9)
    )
    (clash,) = clashes(found)
    assert (clash.one_id, clash.other_id, clash.role_id) == (1, 2, LEAD)
    assert clash.until_at - clash.from_at == timedelta(hours=1)
    two_days = spans(
        [pattern(4, later=2)], calendar=china, from_on=date(2026, 3, 2), until_on=date(2026, 3, 9)
    )
    assert [(one.one_id, one.other_id) for one in clashes(two_days)] == [(4, 4)]


def test_the_hole_of_a_round_the_clock_line_is_named():
    china = WorkCalendar("Asia/Shanghai", "CN")
    weekdays = [
        pattern(1, day_kind="working"),
        pattern(2, day_kind="free", starts=time(9), ends=time(8), later=1),
    ]
    from_at, until_at = (instant("Asia/Shanghai", date(2026, 3, day), time(8)) for day in (5, 10))
    found = spans_between(weekdays, calendar=china, from_at=from_at, until_at=until_at)
    assert holes(found, from_at=from_at, until_at=until_at, role_id=LEAD) == [
        Hole(LEAD, datetime(2026, 3, 7, 0, tzinfo=UTC), datetime(2026, 3, 7, 1, tzinfo=UTC)),
        Hole(LEAD, datetime(2026, 3, 8, 0, tzinfo=UTC), datetime(2026, 3, 8, 1, tzinfo=UTC)),
    ]


@given(
    later=st.integers(1, 7),
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2012, 1, 2), date(2030, 12, 1)),
    hours=st.integers(1, 80),
)
def test_what_covers_a_stretch_of_time_is_all_found(later, zone, day, hours):
    calendar, line = WorkCalendar(zone), [pattern(later=later)]
    from_at = instant(zone, day, time(11))
    until_at = from_at + timedelta(hours=hours)
    wide = spans(line, calendar=calendar, from_on=day - timedelta(days=20), until_on=day + timedelta(days=20))
    near = spans_between(line, calendar=calendar, from_at=from_at, until_at=until_at)
    assert near == [one for one in wide if one.from_at < until_at and one.until_at > from_at]
