"""What a period may be and ask for, where it holds, and when rolls are called: no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.hazards import HAZARDS
from answerable.readiness.periods import surprise
from answerable.readiness.periods.cover import PlaceFacts, covered, heirs_of, touches
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.rhythms import TOPICS, USUAL, Of, Rhythm, is_stricter, strictest
from answerable.readiness.periods.rules import (
    CannotPeriod,
    Standing,
    overlapped,
    require_about_hazard,
    require_hours,
    require_rhythm,
    require_span,
    state_at,
)
from answerable.readiness.periods.surprise import Wish

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# ---------------------------------------------------------------- kinds and rhythms


def test_every_kind_demands_more_than_usual_of_real_hazards_and_real_topics():
    for code, kind in KINDS.items():
        assert set(kind.hazards) <= set(HAZARDS), code
        for of, topic, rhythm in kind.rhythms():
            require_rhythm(of, topic, rhythm, [])
            assert is_stricter(rhythm, USUAL[of]), (code, topic)
            assert topic == "" or topic in TOPICS


def test_rhythms_stand_strictest_first():
    assert strictest([Rhythm.WEEKLY, Rhythm.DAILY, Rhythm.MONTHLY]) is Rhythm.DAILY
    assert strictest([]) is None
    assert is_stricter(Rhythm.TWICE_DAILY, Rhythm.DAILY)
    assert not is_stricter(Rhythm.DAILY, Rhythm.DAILY)


@pytest.mark.parametrize(
    ("of", "topic", "rhythm", "known", "code"),
    [
        ("reports", "", "monthly", [], "rhythm_longer"),
        ("reports", "", "weekly", [], "rhythm_longer"),
        ("rounds", "dams", "yearly", [], "rhythm_longer"),
        ("rounds", "dams", "hourly", [], "rhythm_unknown"),
        ("cases", "", "daily", [], "rhythm_unknown"),
        ("rounds", "open_cases", "daily", [], "rhythm_of_matters"),
        ("reports", "dams", "daily", [], "rhythm_of_matters"),
        ("rounds", "dams", "weekly", [("rounds", "", "daily")], "rhythm_contradicts"),
        ("rounds", "", "daily", [("rounds", "dams", "weekly")], "rhythm_contradicts"),
    ],
)
def test_rhythms_that_contradict_are_refused(of, topic, rhythm, known, code):
    with pytest.raises(CannotPeriod) as refused:
        require_rhythm(of, topic, rhythm, known)
    assert refused.value.code == code


def test_one_kind_of_round_may_come_oftener_than_all_and_reports_have_their_own():
    require_rhythm("rounds", "dams", "twice_daily", [("rounds", "", "daily"), ("reports", "", "daily")])
    require_rhythm("rounds", "", "weekly", [("rounds", "dams", "daily")])


# ---------------------------------------------------------------- what it is about


@pytest.mark.parametrize(
    "words",
    [
        "四中全会期间",
        "全会议题保障",
        "迎接安全全会",
        "两会期间",
        "高峰会议",
        "峰会期间防汛",
        "大型活动",
        "重大活动保障",
        "集会期间",
        "重要会议",
        "国庆",
        "the two sessions",
    ],
)
def test_rule_11_no_period_is_for_a_date_in_the_calendar_of_politics(words):
    with pytest.raises(CannotPeriod) as refused:
        require_about_hazard(words)
    assert refused.value.code == "about_calendar"


@pytest.mark.parametrize(
    "words",
    [
        "汛前召开安全会议",
        "安全会商每日一次",
        "健全会商机制",
        "洪峰会在夜间到达",
        "用电高峰会超过负荷",
        "防指召集会商",
        "大型活动板房可能被吹倒",
        "附近有重要活动断层",
        "水利、气象两会商室值守",
        "a safety meeting before the flood season",
    ],
)
def test_words_that_run_into_each_other_are_no_such_date(words):
    require_about_hazard(words)


# ---------------------------------------------------------------- from, until


@pytest.mark.parametrize(
    ("from_at", "until_at", "code"),
    [
        (NOW + DAY, NOW, "ends_first"),
        (NOW + DAY, NOW + DAY, "ends_first"),
        (NOW, NOW + timedelta(minutes=59), "too_short"),
        (NOW, NOW + timedelta(days=367), "lasts_too_long"),
        (NOW - 2 * DAY, NOW + DAY, "in_the_past"),
        (NOW - 3 * HOUR, NOW - HOUR, "in_the_past"),
        (NOW, datetime(2201, 1, 5, tzinfo=UTC), "far_day"),
    ],
)
def test_ends_that_no_period_has(from_at, until_at, code):
    with pytest.raises(CannotPeriod) as refused:
        require_span(from_at, until_at, now=NOW)
    assert refused.value.code == code


def test_a_storm_that_was_quicker_than_the_desk_is_entered_late():
    require_span(NOW - 20 * HOUR, NOW + DAY, now=NOW)


def test_where_it_stands_follows_from_the_hour():
    assert [state_at("announced", NOW, NOW + DAY, NOW + step) for step in (-HOUR, 0 * HOUR, DAY)] == [
        "announced",
        "begun",
        "ended",
    ]
    assert state_at("planned", NOW, NOW + DAY, NOW + HOUR) == "planned"
    assert state_at("called_off", NOW, NOW + DAY, NOW + HOUR) == "called_off"


# ---------------------------------------------------------------- where


def tree(*rows: tuple[int, tuple[int, ...], bool]) -> dict[int, PlaceFacts]:
    return {pk: PlaceFacts(pk, path, closed) for pk, path, closed in rows}


#: A town (1) with a district (2), two villages in it (3, 4), and one outside it (5).
TOWN = tree(
    (1, (1,), False), (2, (1, 2), False), (3, (1, 2, 3), False), (4, (1, 2, 4), False), (5, (1, 5), False)
)


def test_a_place_covers_those_below_it_and_none_is_the_whole_body():
    assert covered([2], TOWN, known_up_to=5) == {2, 3, 4}
    assert covered([3, 5], TOWN, known_up_to=5) == {3, 5}
    assert covered([], TOWN, known_up_to=5) is None


def test_a_place_that_is_moved_is_covered_where_it_is_now():
    moved = TOWN | tree((5, (1, 2, 5), False))
    assert covered([2], moved, known_up_to=5) == {2, 3, 4, 5}


def test_a_village_that_is_split_is_covered_by_what_was_made_in_its_stead():
    split = TOWN | tree(
        (3, (1, 2, 3), True), (6, (1, 2, 6), False), (7, (1, 2, 7), False), (8, (1, 2, 6, 8), False)
    )
    assert covered([3], split, known_up_to=5) == {3, 6, 7, 8}
    assert heirs_of([3], split, known_up_to=5) == [(3, (6, 7))]


def test_what_was_there_already_or_lies_elsewhere_takes_over_nothing_by_itself():
    merged = TOWN | tree((3, (1, 2, 3), True), (6, (1, 6), False), (7, (1, 2, 7), True))
    assert covered([3], merged, known_up_to=5) == {3}
    assert heirs_of([3], merged, known_up_to=5) == [(3, ())]
    assert heirs_of([4], merged, known_up_to=5) == []


def test_covers_touch_where_they_share_a_place():
    assert touches({1, 2}, {2, 3})
    assert not touches({1}, {2})
    assert touches(None, {2})
    assert touches(None, None)


# ---------------------------------------------------------------- overlaps


def a_period(kind: str = "typhoon", start: int = 0, end: int = 4, cover: set[int] | None = None) -> Standing:
    return Standing(uuid4(), kind, NOW + start * DAY, NOW + end * DAY, cover)


@pytest.mark.parametrize(
    ("other", "hits"),
    [
        (a_period(start=2, end=6), True),
        (a_period(start=4, end=6), False),
        (a_period(start=-2, end=0), False),
        (a_period("flood_season"), False),
        (a_period(cover={9}), True),
    ],
)
def test_two_of_one_kind_are_never_over_one_place_at_one_time(other, hits):
    assert (overlapped(a_period(), [other]) is other) is hits


def test_two_of_one_kind_may_be_over_different_places():
    assert overlapped(a_period(cover={1, 2}), [a_period(cover={3})]) is None
    one = a_period()
    assert overlapped(one, [one]) is None


# ---------------------------------------------------------------- roll calls by surprise


def calls(wish: Wish, days: int, key: bytes = b"k" * 32) -> list[datetime]:
    first = date(2026, 3, 1)
    found = (surprise.instant_on(wish, first + timedelta(days=n), key) for n in range(days))
    return [one for one in found if one is not None]


@given(
    a_week=st.integers(1, 7),
    hour=st.integers(0, 22),
    length=st.integers(60, 600),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Santiago"]),
)
def test_calls_come_so_often_within_their_hours_and_once_a_day(a_week, hour, length, zone):
    start = time(hour)
    end_minutes = min(hour * 60 + length, 23 * 60 + 59)
    wish = Wish("one", a_week, start, time(end_minutes // 60, end_minutes % 60), zone)
    found = calls(wish, 70)
    # Ten weeks: whole blocks and the two that the ends cut.
    assert 9 * a_week <= len(found) <= 11 * a_week
    assert len({one.date() for one in found}) == len(found)
    for one in found:
        assert one.tzinfo == ZoneInfo(zone)
        assert wish.between_from <= one.time() <= wish.between_until


def test_nobody_can_reckon_when_the_last_call_of_a_week_must_come():
    """Weeks begin on a day that only the key knows: over calendar weeks the number differs."""
    wish = Wish("one", 2, time(8), time(22), "Asia/Shanghai")
    per_week: dict[tuple[int, int], int] = {}
    for one in calls(wish, 140):
        week = one.isocalendar()[:2]
        per_week[week] = per_week.get(week, 0) + 1
    assert len(set(per_week.values())) > 1
    assert len({one.weekday() for one in calls(wish, 140)}) == 7
    assert len({one.hour for one in calls(wish, 140)}) > 8


def test_another_key_or_another_demand_is_called_at_other_times():
    wish = Wish("one", 3, time(8), time(22), "Asia/Shanghai")
    other = Wish("two", 3, time(8), time(22), "Asia/Shanghai")
    assert calls(wish, 30) != calls(wish, 30, b"x" * 32)
    assert calls(wish, 30) != calls(other, 30)
    assert calls(wish, 30) == calls(wish, 30)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (time(9), time(8), "hours_first"),
        (time(9), time(9), "hours_first"),
        (time(9), time(9, 30), "hours_short"),
    ],
)
def test_hours_in_which_no_surprise_is_possible(start, end, code):
    with pytest.raises(CannotPeriod) as refused:
        require_hours(start, end)
    assert refused.value.code == code


def test_usual_rhythms_are_told_for_everything_that_has_one():
    assert set(USUAL) == set(Of)
