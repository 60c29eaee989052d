"""When a report is due, which comes next, what must be in it: arithmetic over what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.reports import rules
from answerable.incidents.reports.defaults import DEFAULT_DUTIES, house_duties
from answerable.incidents.reports.rules import CannotReport, Course, Duty, Kind, Known

CALL = datetime(2026, 3, 2, 18, 12, tzinfo=UTC)
COURSE = Course(CALL)
ABOVE, BUREAU = "authority:county", "contact:safety_bureau"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def duty(code: str, kind: Kind, **more: object) -> Duty:
    return Duty(code, kind, code, code, **({"recipient": ABOVE, "contents": ("time", "place")} | more))  # type: ignore[arg-type]


PHONE = duty("phone", Kind.FIRST_PHONE, within_min=30)
WRITTEN = duty("written", Kind.FIRST_WRITTEN, within_min=60)
FOLLOW = duty("follow", Kind.FOLLOW_UP, every_min=120)
CASUALTIES = duty("casualties", Kind.FOLLOW_UP, recipient=BUREAU, follow_days=30)
FINAL = duty("final", Kind.FINAL, within_min=1440)
DUTIES = (PHONE, WRITTEN, FOLLOW, CASUALTIES, FINAL)


def opened(known=(), course=COURSE, now=CALL, duties=DUTIES):
    """What opens, as {code#number: minutes from the first call, or None}."""
    return {
        f"{one.duty.code}#{one.number}": None if one.due_at is None else (one.due_at - CALL) / minutes(1)
        for one in rules.openings(duties, course, known, now)
    }


def known(one: Duty, number=1, due=None, over=None, until=None) -> Known:
    return Known(
        one.code,
        one.kind,
        one.recipient,
        number,
        CALL + minutes(due) if due is not None else None,
        CALL + minutes(over) if over is not None else None,
        until,
    )


def test_the_first_call_starts_every_clock_but_the_last():
    assert opened() == {"phone#1": 30, "written#1": 60, "follow#1": 180, "casualties#1": None}


@pytest.mark.parametrize("late_by", [0, 45, 600])
def test_a_plan_that_is_chosen_later_starts_no_clock_anew(late_by):
    assert opened(now=CALL + minutes(late_by))["phone#1"] == 30


@pytest.mark.parametrize(
    ("due", "over", "next_due"),
    [
        (180, 100, 300),  # early: the grid stays
        (180, 180, 300),
        (180, 181, 300),  # late: the grid stays
        (180, 299, 300),
        (180, 301, 420),  # what was missed meanwhile is not owed twice
        (180, 1000, 1020),
    ],
)
def test_a_follow_up_is_followed_on_the_same_grid(due, over, next_due):
    found = opened([known(PHONE, over=1), known(WRITTEN, over=1), known(FOLLOW, due=due, over=over)])
    assert found["follow#2"] == next_due


def test_an_open_follow_up_is_waited_for():
    assert "follow#2" not in opened([known(FOLLOW, due=180)], now=CALL + minutes(5000))


def test_follow_ups_end_with_the_response_and_the_final_one_begins():
    course = Course(CALL, ended_at=CALL + minutes(400))
    rows = [known(PHONE, over=9), known(WRITTEN, over=9), known(FOLLOW, 3, due=420)]
    assert opened(rows, course, CALL + minutes(401)) == {"casualties#1": None, "final#1": 400 + 1440}
    assert rules.endings(course, rows, CALL + minutes(401)) == [rows[2]], "it was not due yet"


def test_what_was_owed_when_the_response_ended_stays_owed():
    course = Course(CALL, ended_at=CALL + minutes(400))
    rows = [known(WRITTEN, due=60), known(FOLLOW, due=300)]
    assert rules.endings(course, rows, CALL + minutes(500)) == []


def test_casualties_are_reported_for_thirty_days_also_after_the_end():
    course = Course(CALL, happened_at=CALL - minutes(60), ended_at=CALL + minutes(400))
    (one,) = rules.openings([CASUALTIES], course, [], CALL + minutes(401))
    assert (one.due_at, one.until_at) == (None, CALL - minutes(60) + timedelta(days=30))
    row = known(CASUALTIES, until=one.until_at)
    assert rules.endings(course, [row], one.until_at - minutes(1)) == []
    assert rules.endings(course, [row], one.until_at) == [row], "nothing changed until its time was over"
    assert rules.openings([CASUALTIES], course, [known(CASUALTIES, over=9)], one.until_at) == []


def test_every_so_often_within_a_window_ends_with_the_window():
    daily = replace(CASUALTIES, every_min=1440, follow_days=2)
    course = Course(CALL, ended_at=CALL)
    first = rules.openings([daily], course, [], CALL)[0]
    assert first.due_at == CALL + timedelta(days=1)
    sent = known(daily, due=1440, over=1400)
    assert opened([sent], course, duties=[daily]) == {"casualties#2": 2880}
    assert opened([known(daily, 2, due=2880, over=2880)], course, duties=[daily]) == {}


@pytest.mark.parametrize(
    ("hazard", "days"), [("work_accident", 30), ("road_accident", 7), ("fire", 7), ("flood", None)]
)
def test_without_a_plan_casualties_are_followed_as_the_regulation_has_it(hazard, days):
    found = {one.duty.code: one for one in rules.openings(house_duties(hazard), COURSE, [], CALL)}
    if days is None:
        assert "casualties" not in found
    else:
        assert (found["casualties"].due_at, found["casualties"].until_at) == (
            None,
            CALL + timedelta(days=days),
        )
    assert len({duty.code for duty in house_duties(hazard)}) == len(house_duties(hazard))


def test_no_response_needed_ends_everything():
    course = Course(CALL, is_void=True)
    rows = [known(PHONE, due=30), known(FOLLOW, due=180), known(WRITTEN, over=3)]
    assert rules.endings(course, rows, CALL) == rows[:2]
    assert opened((), course) == {}


def test_a_plan_that_comes_after_the_first_call_owes_no_report_twice():
    house = [Known(one.code, one.kind, ABOVE, 1, CALL + minutes(30)) for one in DEFAULT_DUTIES[:3]]
    assert opened(house) == {"casualties#1": None}
    other = replace(PHONE, recipient="authority:ministry")
    assert opened(house, duties=[other]) == {"phone#1": 30}, "another recipient is another report"
    over = replace(house[2], over_at=CALL + minutes(35))
    assert opened([*house[:2], over])["follow#1"] == 180


def test_a_table_top_minute_is_shorter():
    course = Course(CALL, pace=10)
    assert opened((), course) == {"phone#1": 3, "written#1": 6, "follow#1": 18, "casualties#1": None}


@given(
    st.lists(st.tuples(st.sampled_from(["send", "look", "end"]), st.integers(0, 900)), max_size=25),
    st.sampled_from([1, 7, 60]),
)
def test_a_due_instant_never_moves_and_nothing_is_owed_twice(steps, pace):
    """Whatever is done in whatever order: what was opened keeps its instant, and numbers follow one another."""
    at, course, rows = CALL, Course(CALL, pace=pace), {}
    for what, wait in steps:
        at += minutes(wait)
        if what == "end" and course.ended_at is None:
            course = replace(course, ended_at=at)
        waiting = [name for name, row in rows.items() if row.over_at is None]
        if what == "send" and waiting:
            rows[waiting[0]] = replace(rows[waiting[0]], over_at=at)
        before = dict(rows)
        for one in rules.endings(course, rows.values(), at):
            rows[one.duty, one.number] = replace(one, over_at=at)
        for one in rules.openings(DUTIES, course, list(rows.values()), at):
            name = (one.duty.code, one.number)
            assert name not in rows
            assert one.number == 1 or (one.duty.code, one.number - 1) in rows
            rows[name] = Known(
                one.duty.code, one.duty.kind, one.duty.recipient, one.number, one.due_at, None, one.until_at
            )
        assert rules.openings(DUTIES, course, list(rows.values()), at) == [], "asked again, nothing opens"
        assert all(rows[name].due_at == row.due_at for name, row in before.items())
    for code in ("follow", "casualties"):
        assert sum(1 for row in rows.values() if row.duty == code and row.over_at is None) <= 1


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_reminder_comes_before_it_is_due_and_not_before_it_is_owed(start, span):
    from_at = CALL + minutes(start)
    due = from_at + minutes(span)
    remind = rules.remind_at(from_at, due)
    assert from_at <= remind < due
    assert due - remind <= rules.REMIND_AT_MOST


def test_the_due_instant_itself_is_in_time():
    assert not rules.is_late(CALL, CALL)
    assert rules.is_late(CALL, CALL + timedelta(microseconds=1))
    assert not rules.is_late(None, CALL)


# ---------------------------------------------------------------- what is in it


def test_what_is_missing_is_named_and_in_order():
    with pytest.raises(CannotReport) as refused:
        rules.complete(
            Kind.FIRST_WRITTEN, ("measures", "time", "place"), {"time": "18:00", "place": "  "}, {}
        )
    assert (refused.value.code, refused.value.facts["parts"]) == ("missing", ["place", "measures"])


def test_a_follow_up_says_only_what_has_changed():
    before = rules.told_before([{"casualties": "3 hurt", "place": "East"}, {"casualties": "4 hurt"}])
    said = rules.complete(
        Kind.FOLLOW_UP,
        ("casualties", "trend"),
        {"casualties": "4 hurt", "place": "East", "trend": "falls"},
        before,
    )
    assert said == {"trend": "falls"}
    back = rules.complete(Kind.FOLLOW_UP, (), {"casualties": "3 hurt"}, before)
    assert back == {"casualties": "3 hurt"}, "what goes back to an earlier figure has changed"
    with pytest.raises(CannotReport) as refused:
        rules.complete(Kind.FOLLOW_UP, (), {"casualties": "4 hurt"}, before)
    assert refused.value.code == "nothing_changed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("村民聚集讨说法，在镇政府门口静坐。", "gathering"),
        ("Protesters sit in front of the hall.", "gathering"),
        ("其中两名为重点人员。", "people"),
        ("已登记在场人员名单，查明身份。", "watching"),
        ("Officers photographed the participants", "watching"),
        ("Three of them are known petition blacklist cases", "people"),
        ("x" * 4001, "too_long"),
    ],
)
def test_a_report_is_about_a_danger_and_never_about_people(text, code):
    with pytest.raises(CannotReport) as refused:
        rules.complete(Kind.FINAL, ("trend",), {"trend": text}, {})
    assert refused.value.code == code
