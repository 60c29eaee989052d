"""Working days and local days, against the State Council's notices and against the clocks of awkward places."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.orgs.calendars import CalendarFault, Closure, WorkCalendar, holiday_name

BEIJING = WorkCalendar("Asia/Shanghai", "CN")
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        # 2026 as declared: New Year 1-3 Jan with 4 Jan worked; Spring Festival 15-23 Feb, 14 and 28 Feb worked.
        (date(2026, 1, 1), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 11, 23), True),
    ],
)
def test_china_2026_with_its_moved_working_days(day, works):
    assert BEIJING.is_working(day) is works
    assert (BEIJING.why_closed(day) is None) is works


def test_a_moved_working_day_is_known_as_one():
    assert BEIJING.is_moved_working_day(date(2026, 2, 14))
    assert not BEIJING.is_moved_working_day(date(2026, 2, 13))


def test_it_says_how_far_the_declared_days_go():
    known = BEIJING.known_until()
    assert known is not None
    assert known.year >= 2026
    assert (known.month, known.day) == (12, 31)
    assert WorkCalendar("Europe/Berlin", "DE").known_until() is None


def test_a_moon_sighting_is_only_an_estimate():
    cairo = WorkCalendar("Africa/Cairo", "EG")
    assert cairo.is_estimated(date(2030, 2, 4))
    assert not cairo.is_estimated(date(2030, 1, 7))


def test_the_weekend_is_the_countrys():
    cairo = WorkCalendar("Africa/Cairo", "EG")
    assert cairo.why_closed(date(2026, 11, 27)) == (Closure.WEEKEND, "")  # a Friday
    assert cairo.is_working(date(2026, 11, 29))  # a Sunday


def test_the_offices_own_days_come_first():
    own = WorkCalendar(
        "Asia/Shanghai",
        "CN",
        frozenset({date(2026, 11, 24)}),
        frozenset({date(2026, 11, 28), date(2026, 11, 25)}),
    )
    assert not own.is_working(date(2026, 11, 24))
    assert own.why_closed(date(2026, 11, 24)) == (Closure.OFFICE, "")
    assert own.is_working(date(2026, 11, 28))
    assert own.is_moved_working_day(date(2026, 11, 28))
    assert not own.is_moved_working_day(date(2026, 11, 25))  # a plain Wednesday entered by mistake


def test_an_extra_closure_beats_a_moved_working_day():
    own = WorkCalendar("Asia/Shanghai", "CN", extra_closed=frozenset({date(2026, 2, 14)}))
    assert not own.is_working(date(2026, 2, 14))
    assert not own.is_moved_working_day(date(2026, 2, 14))


def test_without_a_country_only_weekends_are_closed():
    plain = WorkCalendar("UTC", "")
    assert plain.country is None
    assert plain.is_working(date(2026, 10, 1))
    assert not plain.is_working(date(2026, 10, 3))


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (lambda: WorkCalendar("Mars/Olympus"), "Mars/Olympus"),
        (lambda: WorkCalendar("../etc/passwd"), "passwd"),
        (lambda: WorkCalendar(""), "time zone"),
        (lambda: WorkCalendar("UTC", "ZZ"), "ZZ"),
        (
            lambda: WorkCalendar("UTC", None, frozenset({date(2026, 1, 5)}), frozenset({date(2026, 1, 5)})),
            "2026-01-05",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_a_sentence(made, word):
    with pytest.raises(CalendarFault, match=word):
        made()


def test_holidays_have_names_in_both_languages():
    assert holiday_name("CN", date(2026, 10, 1), "zh-hans") == "国庆节"
    assert holiday_name("CN", date(2026, 10, 1), "en") == "National Day"
    assert holiday_name("CN", date(2026, 10, 1), "de")  # a language the library lacks: the country's own
    assert holiday_name(None, date(2026, 10, 1), "en") == ""


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        ("Asia/Shanghai", date(2026, 11, 23), "2026-11-22T16:00:00+00:00"),
        (
            "Africa/Cairo",
            date(2026, 4, 24),
            "2026-04-23T22:00:00+00:00",
        ),  # 00:00 does not exist; 01:00 is first
        (
            "America/Havana",
            date(2026, 11, 1),
            "2026-11-01T04:00:00+00:00",
        ),  # 00:00 exists twice; the first counts
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00+00:00"),  # the whole day does not exist
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00:00+00:00"),
    ],
)
def test_a_day_starts_at_its_first_instant(zone, day, first):
    assert WorkCalendar(zone).day_start(day) == datetime.fromisoformat(first)


ZONES = ["Asia/Shanghai", "Africa/Cairo", "America/Havana", "Asia/Beirut", "America/Santiago", "Australia/Lord_Howe",
         "Pacific/Apia", "America/Sao_Paulo", "Europe/London", "Asia/Kathmandu", "Asia/Gaza", "America/Asuncion"]  # fmt: skip


@given(st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2037, 12, 31)))
def test_before_the_start_of_a_day_it_was_another_day(zone, day):
    calendar = WorkCalendar(zone)
    start = calendar.day_start(day)
    assert start.tzinfo is UTC
    assert calendar.local_day(start) >= day
    assert calendar.local_day(start - TICK) < day
    existing = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    if existing.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day:  # not so on a day that was left out
        assert calendar.local_day(start) == day


@given(st.sampled_from(["CN", "DE", "IN", "EG", "VN", "HU"]), st.dates(date(2007, 1, 1), date(2035, 12, 31)))
def test_it_agrees_with_the_librarys_own_answer(country, day):
    library = holidays.country_holidays(country, years=[day.year])
    assert WorkCalendar("UTC", country).is_working(day) == library.is_working_day(day)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 1)), st.integers(0, 90))
def test_working_days_between_counts_them_one_by_one(after, length):
    until = after + timedelta(days=length)
    expected = [after + timedelta(days=n) for n in range(1, length + 1)]
    assert BEIJING.working_days_between(after, until) == sum(BEIJING.is_working(day) for day in expected)
    assert BEIJING.working_days_between(until, after) == 0


def test_a_naive_instant_has_no_local_day():
    with pytest.raises(ValueError, match="aware"):
        BEIJING.local_day(datetime(2026, 1, 1))  # noqa: DTZ001
