"""What may stand in a report, and what it sums up to: rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.readiness.reports import fields, rules
from answerable.readiness.reports.fields import Asked, Choice, Field, Words, answers, check, nil
from answerable.readiness.reports.rules import CannotReport, CannotSetUp
from answerable.readiness.reports.shipped import SHIPPED
from answerable.readiness.reports.sums import Told, shown, totals

RECEIVED = Field(
    code="received", label=Words(en="Received", zh="收到"), source="cases_received", required=True
)
OPEN = Field(code="open", label=Words(en="Open"), source="cases_open", adds="last")
NOTES = Field(code="notes", type="text", label=Words(en="Notes"), adds="no")
STATE = Field(
    code="state", type="choice", label=Words(en="State"), adds="no",
    choices=(Choice(code="c1", label=Words(en="in order")), Choice(code="c2", label=Words(en="not"))),
)  # fmt: skip
ALL = (RECEIVED, OPEN, NOTES, STATE)
COUNTED = {"received": 3, "open": 7}
TYPES = {
    "cases_received": "number", "cases_answered": "number", "cases_open": "number", "cases_late": "number",
    "incidents_called_in": "number", "responses_begun": "number", "alarms_raised": "number",
    "standby_out_of_order": "number", "rounds_done": "number", "findings_open": "number", "on_duty_posts": "text",
}  # fmt: skip


def told(**said):
    given = {"received": "3", "open": "7"} | {code: one for code, one in said.items() if code != "whys"}
    return answers(ALL, given, said.get("whys", {}), computed=COUNTED, shown=COUNTED)


def test_a_number_as_the_system_counts_it_needs_no_reason():
    assert told()["received"] == {"value": 3, "computed": 3}


def test_a_corrected_number_keeps_the_computed_one_and_its_reason_beside_it():
    found = told(received="4", whys={"received": "one came by letter"})
    assert found["received"] == {"value": 4, "computed": 3, "why": "one came by letter"}


@pytest.mark.parametrize(
    ("said", "code", "at"),
    [
        ({"received": "4"}, "no_reason", "received"),
        ({"received": ""}, "needed", "received"),
        ({"received": "-1"}, "no_number", "received"),
        ({"received": "NaN"}, "no_number", "received"),
        ({"received": "1e30"}, "no_number", "received"),
        ({"received": "一"}, "no_number", "received"),
        ({"received": "3,5"}, "no_number", "received"),
        ({"received": "1_000"}, "no_number", "received"),
        ({"open": "7.001"}, "no_number", "open"),
        ({"state": "c9"}, "no_choice", "state"),
        ({"notes": "x" * 4001}, "too_long", "notes"),
        ({"notes": "村民聚集讨说法"}, "names_gathering", "notes"),
        ({"received": "4", "whys": {"received": "老上访户又来"}}, "sorts_people", "received"),
    ],
)
def test_what_cannot_stand_is_said_at_its_line(said, code, at):
    with pytest.raises(CannotReport) as refused:
        told(**said)
    assert {field: fault.code for field, fault in refused.value.faults.items()} == {at: code}


def test_a_number_left_as_shown_is_not_sent_under_another_count():
    with pytest.raises(CannotReport) as refused:
        answers(ALL, {"received": "3"}, {}, computed={"received": 5}, shown={"received": 3})
    fault = refused.value.faults["received"]
    assert (fault.code, fault.facts) == ("counted_anew", {"now": 5, "before": 3})


def test_a_draft_may_have_holes():
    found = answers(ALL, {"received": "4"}, {}, computed=COUNTED, is_draft=True)
    assert found["received"]["value"] == 4


def test_nil_is_no_way_around_what_happened():
    with pytest.raises(CannotReport) as refused:
        nil(ALL, COUNTED)
    assert refused.value.facts["what"] == [("收到", "Received", 3)]
    assert nil(ALL, {"received": 0, "open": 7})["open"] == {"value": 7, "computed": 7}


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_numbers_keep_their_value(whole, cents):
    if whole < 10**9:
        assert fields.number(f"{whole}.{cents:02d}") == pytest.approx(whole + cents / 100)
    assert fields.number(str(whole)) == fields.number(f"{whole:,}") == whole


def test_full_width_digits_are_digits():
    assert fields.number("１２．５") == 12.5


def test_every_kind_that_ships_is_whole_in_both_languages_and_within_the_rules():
    for one in SHIPPED:
        check(Asked(name=one.name, purpose=one.purpose, fields=one.fields), TYPES)
        rules.check_times(
            one.rhythm, cut=one.cut, due=one.due, weekday=one.weekday, month_day=one.month_day,
            hours_after=one.hours_after, after=one.after, follows_periods=one.follows_periods,
        )  # fmt: skip
        labels = [field.label for field in one.fields] + [c.label for f in one.fields for c in f.choices]
        assert all(words.zh and words.en for words in (one.name, one.purpose, *labels)), one.code


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (Field(code="a", label=Words()), "no_label"),
        (Field(code="a", type="choice", label=Words(en="State")), "no_choices"),
        (Field(code="a", label=Words(en="Posts"), source="on_duty_posts"), "wrong_source"),
        (Field(code="a", label=Words(en="Rounds"), source="gone"), "unknown_source"),
        (Field(code="a", label=Words(en="x" * 121)), "too_long"),
    ],
)
def test_a_line_that_cannot_be_filled_in_is_refused(field, code):
    with pytest.raises(CannotSetUp) as refused:
        check(Asked(name=Words(en="Report"), fields=(field,)), TYPES)
    assert refused.value.code == code


AT = datetime(2026, 3, 2, tzinfo=UTC)


def one(unit: int, path: tuple[int, ...], day: int, received: int | None, open_: int | None = None) -> Told:
    values = None if received is None else {"received": received, "open": open_, "notes": "x"}
    return Told(unit, path, AT + timedelta(days=day), values)


def test_sums_count_each_report_once_in_every_unit_above_it():
    rows = [
        one(2, (1, 2), 0, 3, 9), one(2, (1, 2), 1, 4, 8), one(3, (1, 3), 0, 1, 5), one(3, (1, 3), 1, None),
    ]  # fmt: skip
    found = totals(rows, ALL)
    assert {pk: shown(total.numbers["received"]) for pk, total in found.items()} == {1: "8", 2: "7", 3: "1"}
    assert {pk: shown(total.numbers["open"]) for pk, total in found.items()} == {1: "13", 2: "8", 3: "5"}
    assert [(found[pk].came, found[pk].owed) for pk in (1, 2, 3)] == [(3, 4), (2, 2), (1, 2)]


def test_a_unit_that_was_moved_stays_in_the_sums_where_it_stood_then():
    found = totals([one(3, (1, 2, 3), 0, 2), one(3, (1, 4, 3), 1, 5)], ALL)
    assert {pk: shown(found[pk].numbers["received"]) for pk in (1, 2, 3, 4)} == {
        1: "7",
        2: "2",
        3: "7",
        4: "5",
    }


@given(st.lists(st.tuples(st.integers(2, 5), st.integers(0, 9), st.none() | st.integers(0, 50)), max_size=30))
def test_a_total_is_the_sum_of_what_was_told(rows):
    told_ = [one(unit, (1, unit), day, value) for unit, day, value in rows]
    found = totals(told_, (RECEIVED,))
    assert (
        found[1].numbers.get("received", 0) == sum(value or 0 for _u, _d, value in rows)
        if rows
        else not found
    )
