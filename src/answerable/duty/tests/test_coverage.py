"""The certificate says exactly what a look at every second would."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.duty.coverage import Gap, Need, Stand, certify, find_gaps
from answerable.duty.shifts import PatternFacts, instant, spans_between
from answerable.orgs.calendars import WorkCalendar

START = datetime(2026, 3, 29, 0, 0, 0, tzinfo=UTC)
LINE, LEAD, STAFF = 7, 1, 2


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def _stretch(make):
    return st.builds(
        lambda start, length, *rest: make(at(start), at(start + length), *rest),
        st.integers(-20, 90),
        st.integers(1, 60),
        st.sampled_from([LEAD, STAFF]),
        st.integers(1, 4),
    )


NEEDS = st.lists(_stretch(lambda start, end, role, n: Need(role, start, end, n)), max_size=6)
STANDS = st.lists(_stretch(lambda start, end, role, n: Stand(n, role, start, end)), max_size=8)


def _missing_at(instant_, role, layers, stands) -> int:
    """By the definition, for one instant."""
    wanted = max(
        sum(n.count for n in layer if n.role_id == role and n.from_at <= instant_ < n.until_at)
        for layer in layers
    )
    here = {s.staff_id for s in stands if s.role_id == role and s.from_at <= instant_ < s.until_at}
    return max(0, wanted - len(here))


@settings(max_examples=150)
@given(layers=st.lists(NEEDS, min_size=1, max_size=2), stands=STANDS)
def test_each_second_is_missing_exactly_whom_the_certificate_says(layers, stands):
    found = certify(LINE, needs=layers, stands=stands, from_at=at(0), until_at=at(100))
    for role in (LEAD, STAFF):
        mine = [gap for gap in found.gaps if gap.role_id == role]
        for second in range(100):
            told = sum(gap.missing for gap in mine if gap.from_at <= at(second) < gap.until_at)
            assert told == _missing_at(at(second), role, layers, stands)
        # As few gaps as can be: neighbours differ.
        assert all(
            a.until_at < b.from_at or a.missing != b.missing for a, b in zip(mine, mine[1:], strict=False)
        )
    assert found.missing == sum((gap.missing * gap.length for gap in found.gaps), timedelta())


@st.composite
def _rosters(draw):
    """A line in some zone around a change of its clock, stood as rostered, then swapped, split by absences, refilled."""
    zone, day = draw(
        st.sampled_from(
            [
                ("Europe/Berlin", date(2026, 3, 29)),
                ("Europe/Berlin", date(2026, 10, 25)),
                ("America/New_York", date(2026, 11, 1)),
                ("Australia/Lord_Howe", date(2026, 4, 5)),
                ("Asia/Shanghai", date(2026, 2, 17)),
            ]
        )
    )
    cuts = sorted(
        draw(st.sets(st.sampled_from([time(0), time(2, 30), time(3), time(8), time(17)]), min_size=1))
    )
    patterns = [
        PatternFacts(
            n,
            one,
            cuts[(n + 1) % len(cuts)],
            int(n + 1 == len(cuts)),
            date(2000, 1, 1),
            needs={LEAD: 1, STAFF: 2},
        )
        for n, one in enumerate(cuts)
    ]
    from_at = instant(zone, day - timedelta(days=1), time(8))
    until_at = instant(zone, day + timedelta(days=2), time(8))
    shifts = spans_between(patterns, calendar=WorkCalendar(zone, "CN"), from_at=from_at, until_at=until_at)
    stands, person = [], 0
    for shift in shifts:
        for role, count in shift.needs.items():
            for _n in range(count):
                person += 1
                stands.append(Stand(person, role, shift.from_at, shift.until_at))
    for place in draw(st.lists(st.integers(0, len(stands) - 1), max_size=4)):  # somebody else takes it over
        person += 1
        old = stands[place]
        stands[place] = Stand(person, old.role_id, old.from_at, old.until_at)
    for place in draw(st.lists(st.integers(0, len(stands) - 1), max_size=3)):  # an absence cuts a piece out
        old = stands[place]
        length = int((old.until_at - old.from_at).total_seconds())
        if length < 2:
            continue
        first = draw(st.integers(0, length - 1))
        last = draw(st.integers(first + 1, length))
        a, b = old.from_at + timedelta(seconds=first), old.from_at + timedelta(seconds=last)
        stands[place] = Stand(
            old.staff_id, old.role_id, old.from_at, max(a, old.from_at + timedelta(seconds=1))
        )
        if b < old.until_at:
            stands.append(Stand(old.staff_id, old.role_id, b, old.until_at))
        if draw(st.booleans()):
            stands.append(Stand(old.staff_id + 1000, old.role_id, a, b))
    needs = [Need(role, s.from_at, s.until_at, n) for s in shifts for role, n in s.needs.items()]
    return needs, stands, from_at, until_at


@settings(max_examples=80)
@given(roster=_rosters())
def test_over_changes_of_the_clock_swaps_and_absences_the_gaps_are_exact_to_the_second(roster):
    needs, stands, from_at, until_at = roster
    found = find_gaps(LINE, needs=[needs], stands=stands, from_at=from_at, until_at=until_at)
    edges = {one.from_at for one in [*needs, *stands]} | {one.until_at for one in [*needs, *stands]}
    # Between two edges nothing changes, so the edges and the second before each stand for every second.
    seconds = {edge + timedelta(seconds=n) for edge in edges for n in (-1, 0)} | {from_at}
    for second in seconds:
        if from_at <= second < until_at:
            for role in (LEAD, STAFF):
                told = sum(g.missing for g in found if g.role_id == role and g.from_at <= second < g.until_at)
                assert told == _missing_at(second, role, [needs], stands)


def test_nothing_needed_is_no_certificate():
    empty = certify(LINE, needs=[[]], stands=[], from_at=at(0), until_at=at(9))
    assert not empty.holds
    assert not empty.gaps


def test_one_person_twice_counts_once_and_in_another_role_not_at_all():
    needs = [[Need(STAFF, at(0), at(10), 2)]]
    stands = [Stand(5, STAFF, at(0), at(10)), Stand(5, STAFF, at(0), at(8)), Stand(6, LEAD, at(0), at(10))]
    assert find_gaps(LINE, needs=needs, stands=stands, from_at=at(0), until_at=at(10)) == [
        Gap(LINE, STAFF, at(0), at(10), 1)
    ]
