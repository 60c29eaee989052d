"""A drill's time and its script: faster than the wall where it is a table-top, every fault of a file by its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.drills import rules
from answerable.incidents.drills.rules import CannotDrill, Event
from answerable.incidents.drills.script import CODES, read_script, shipped_script
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.plans.faults import PlanFaults

T0 = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
GOOD = """format: answerable-drill/1
names: {zh: 推演, en: Drill}
hazard: flood
call: {what: {zh: 进水, en: Water}, place: {zh: 河边, en: the river}}
events:
  - {after_min: 5, text: {zh: 雨更大, en: More rain}}
"""


@pytest.mark.parametrize(("pace", "on_the_wall"), [(1, 30), (10, 3), (60, 0.5)])
def test_half_an_hour_of_the_drill_is_so_many_minutes_on_the_wall(pace, on_the_wall):
    at = rules.at_pace(T0, timedelta(minutes=30), pace)
    assert at - T0 == timedelta(minutes=on_the_wall)


@given(st.integers(1, 60), st.integers(0, 30 * 24 * 3600))
def test_what_passes_on_the_wall_is_counted_back_to_the_drills_own_time(pace, seconds):
    own = timedelta(seconds=seconds)
    back = rules.passed(T0, rules.at_pace(T0, own, pace), pace)
    assert abs(back - own) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("pace", "table_top", "code"),
    [
        (1, False, None),
        (60, True, None),
        (0, True, "pace"),
        (61, True, "pace"),
        (2, False, "pace_in_the_field"),
    ],
)
def test_only_a_table_top_runs_faster_and_none_faster_than_sixty_times(pace, table_top, code):
    if code is None:
        rules.require_pace(pace, is_table_top=table_top)
        return
    with pytest.raises(CannotDrill) as refused:
        rules.require_pace(pace, is_table_top=table_top)
    assert refused.value.code == code


@given(st.lists(st.integers(0, 4000), max_size=30))
def test_events_come_in_the_order_of_their_minutes(minutes):
    found = rules.in_order(Event(one * 60, text_zh="x") for one in minutes)
    assert [one.after_min for one in found] == sorted(minutes)
    times = rules.due_times(found, T0, 10)
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Event(-60, "x"), "after"),
        (Event((rules.LATEST_MIN + 1) * 60, "x"), "after"),
        (Event(0, "  ", ""), "text_missing"),
        (Event(0, "x" * 2001), "text_too_long"),
        (Event(0, "x", expect_en="y" * 301), "text_too_long"),
    ],
)
def test_an_event_that_cannot_be_told_is_refused(event, code):
    with pytest.raises(CannotDrill) as refused:
        rules.checked(event)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize("code", CODES)
def test_shipped_scripts_are_whole_in_both_languages_and_about_dangers(code):
    script = shipped_script(code)
    assert script.hazard in HAZARDS
    assert len(script.events) >= 6
    assert rules.in_order(one.event for one in script.events) == [one.event for one in script.events]
    for one in (script.names, script.call.what, script.call.place, *(event.text for event in script.events)):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in one.zh)
        assert one.en.isascii() or "–" in one.en or "’" in one.en


def test_a_good_script_is_read():
    script = read_script(GOOD)
    assert script.events[0].event == Event(300, "雨更大", "More rain")


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("hazard: flood", "hazard: gathering", 3, "unknown_choice"),
        ("after_min: 5", "after_min: soon", 6, "should_be_number"),
        ("after_min: 5", "after_min: -1", 6, "too_small"),
        ("after_min: 5", "afer_min: 5", 6, "unknown_field_near"),
        ("names: {zh: 推演, en: Drill}", "names: {zh: 推演}", 2, "missing"),
        ("events:", "events: [", 5, "not_yaml"),
        ("answerable-drill/1", "answerable-plan/1", 1, "unknown_format"),
    ],
)
def test_a_fault_in_a_script_is_named_by_its_line(old, new, line, code):
    with pytest.raises(PlanFaults) as refused:
        read_script(GOOD.replace(old, new))
    assert code in {one.code for one in refused.value.faults}
    if code != "not_yaml":
        assert line in {one.line for one in refused.value.faults if one.code == code}


def test_a_script_about_people_who_come_together_is_refused():
    with pytest.raises(PlanFaults) as refused:
        read_script(GOOD.replace("雨更大", "有人聚集上访"))
    assert {one.code for one in refused.value.faults} == {"names_gathering"}
