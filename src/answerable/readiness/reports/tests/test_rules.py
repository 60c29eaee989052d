"""When a report is owed, what it covers, what became of it: rules alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.readiness.reports import rules
from answerable.readiness.reports.rules import CannotSetUp, Outcome, Rhythm, Timetable, slots

ZONE = "Asia/Shanghai"
MONDAY = date(2026, 3, 2)
DAILY = Timetable(Rhythm.DAILY, time(8), time(8, 30), ZONE)
WEEKLY = Timetable(Rhythm.WEEKLY, time(15), time(17), ZONE, weekday=4)
MONTHLY = Timetable(Rhythm.MONTHLY, time(0), time(12), ZONE, month_day=1)


def days(count: int, first: date = MONDAY) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def owed(table: Timetable, count: int, demanded=lambda _at: None) -> list[rules.Slot]:
    return [slot for day in days(count) for slot in slots(table, day, demanded)]


def test_a_daily_report_is_due_half_an_hour_after_what_it_covers():
    (slot,) = slots(DAILY, MONDAY)
    assert slot.until_at == datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    assert slot.due_at == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("table", "count"), [(DAILY, 28), (WEEKLY, 4), (MONTHLY, 0)])
def test_each_rhythm_asks_as_often_as_it_says(table, count):
    assert len(owed(table, 28)) == count


def test_a_monthly_report_comes_once_a_month_in_february_too():
    found = [slot for n in range(400) for slot in slots(MONTHLY, date(2026, 1, 1) + timedelta(days=n))]
    assert len(found) == 14


def test_a_period_makes_a_weekly_report_daily_while_it_runs_and_not_longer():
    begins, ends = datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
    found = owed(WEEKLY, 14, lambda at: Rhythm.DAILY if begins <= at < ends else None)
    assert [slot.until_at.day for slot in found] == [4, 5, 6, 7, 8, 13]
    assert [slot.rhythm for slot in found] == [Rhythm.DAILY] * 5 + [Rhythm.WEEKLY]


def test_a_period_never_makes_a_report_less_frequent():
    assert len(owed(DAILY, 7, lambda _at: Rhythm.MONTHLY)) == 7
    assert rules.strictest(Rhythm.AFTER_EVENT, Rhythm.DAILY) is Rhythm.AFTER_EVENT


def test_twice_a_day_is_two_reports_twelve_hours_apart():
    first, second = slots(DAILY, MONDAY, lambda _at: Rhythm.TWICE_DAILY)
    assert second.until_at - first.until_at == timedelta(hours=12)


@given(st.integers(0, 60), st.integers(1, 40))
def test_two_periods_that_overlap_leave_no_day_twice_and_none_out(start, length):
    """Weekly, daily in one stretch and twice a day in another that overlaps it: every cut is another instant."""
    one = MONDAY + timedelta(days=start)

    def demanded(at: datetime) -> Rhythm | None:
        day = at.date()
        inner = one <= day < one + timedelta(days=max(1, length // 2))
        outer = one <= day < one + timedelta(days=length)
        asked = [rhythm for rhythm, runs in ((Rhythm.TWICE_DAILY, inner), (Rhythm.DAILY, outer)) if runs]
        return asked[0] if asked else None

    cuts = [slot.until_at for slot in owed(WEEKLY, 110, demanded)]
    assert len(set(cuts)) == len(cuts)
    assert max(cuts) - min(cuts) <= timedelta(days=110)
    gaps = [two - one for one, two in zip(sorted(cuts), sorted(cuts)[1:], strict=False)]
    assert max(gaps) <= timedelta(days=7)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"cut": time(9)}, "cut_after_due"),
        ({"due": None}, "no_due"),
        ({"rhythm": Rhythm.WEEKLY, "weekday": None}, "no_weekday"),
        ({"rhythm": Rhythm.MONTHLY, "month_day": 31}, "no_month_day"),
        ({"rhythm": Rhythm.AFTER_EVENT, "after": ""}, "no_event"),
        ({"rhythm": Rhythm.AFTER_EVENT, "after": "end", "hours_after": 0}, "no_event"),
        (
            {"rhythm": Rhythm.AFTER_EVENT, "after": "end", "hours_after": 4, "follows_periods": True},
            "season_of_event",
        ),
    ],
)
def test_a_rhythm_that_contradicts_itself_is_refused_with_a_sentence(wrong, code):
    said = {
        "rhythm": Rhythm.DAILY, "cut": time(8), "due": time(8, 30), "weekday": None, "month_day": None,
        "hours_after": None, "after": "", "follows_periods": False,
    }  # fmt: skip
    with pytest.raises(CannotSetUp) as refused:
        rules.check_times(**(said | wrong))
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


DUE = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
BEFORE, AFTER = DUE - timedelta(minutes=1), DUE + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "first_at", "is_nil", "now", "expected"),
    [
        ("open", None, False, DUE, Outcome.WAITING),
        ("open", None, False, AFTER, Outcome.MISSING),
        ("sent", DUE, False, AFTER, Outcome.IN_TIME),
        ("sent", AFTER, False, AFTER, Outcome.LATE),
        ("taken", BEFORE, True, AFTER, Outcome.NIL),
        ("sent", AFTER, True, AFTER, Outcome.LATE),
        ("back", BEFORE, False, AFTER, Outcome.BACK),
        ("dropped", None, False, AFTER, Outcome.DROPPED),
    ],
)
def test_what_became_of_it(state, first_at, is_nil, now, expected):
    assert rules.outcome(state, first_at=first_at, is_nil=is_nil, due_at=DUE, now=now) is expected


def test_after_a_standstill_the_days_between_are_looked_at_and_no_year_of_them():
    today = date(2026, 3, 20)
    found = rules.days_to_plan(date(2026, 3, 15), MONDAY, today)
    assert (found[0], found[-1]) == (date(2026, 3, 16), date(2026, 3, 22))
    assert rules.days_to_plan(date(2025, 1, 1), date(2024, 1, 1), today)[0] == today - timedelta(days=62)
    assert rules.days_to_plan(date(2026, 3, 22), MONDAY, today)[0] == today


def test_two_kinds_that_ask_for_the_same_figures_are_known():
    assert rules.asks_the_same(["a", "b"], ["b", "a"])
    assert not rules.asks_the_same([], [])
    assert not rules.asks_the_same(["a"], ["a", "b"])
