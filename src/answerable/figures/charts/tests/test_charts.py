"""What is drawn says the numbers it was given: to the eye, to a screen reader, in the table, on paper."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from answerable.figures.charts import Label, Series, Spot, Tone, columns, dots, rows, spark, stacked, value
from answerable.figures.charts.parts import full_scale

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [Label(f"2026年{month}月", f"{month}月") for month in range(1, 13)]


def drawn(chart, width=400):
    return ET.fromstring(chart.paper(width))


def bars(root):
    return [one for one in root.iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]


def month_chart(numbers, **more):
    series = Series("Received", [value(one, none="<5") for one in numbers])
    return columns(
        name="received",
        title="Received & registered",
        says="Rising.",
        head="Month",
        labels=MONTHS[: len(numbers)],
        series=series,
        **more,
    )


@given(st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=12))
def test_columns_start_at_zero_and_are_as_high_as_their_numbers(numbers):
    root = drawn(month_chart(numbers))
    found = bars(root)
    there = [one for one in numbers if one]
    assert len(found) == len(there)
    top = full_scale(max(there, default=0))
    for bar, number in zip(found, there, strict=True):
        assert float(bar.get("height")) == pytest.approx(number / top * 140, abs=0.06)
        assert float(bar.get("y")) + float(bar.get("height")) == pytest.approx(162, abs=0.11)
    assert len(list(root.iter(f"{SVG}circle"))) == numbers.count(None)


def test_a_number_that_is_not_there_is_no_zero_bar_and_says_why():
    chart = month_chart([7, None])
    root = drawn(chart)
    assert [ring.find(f"{SVG}title").text for ring in root.iter(f"{SVG}circle")] == ["2026年2月: <5"]
    assert chart.lines()[1][1][0][1].text == "<5"


def test_it_has_a_role_a_title_and_a_sentence():
    root = ET.fromstring(month_chart([3, 4, 9]).svg())
    ids = {one.get("id"): one.text for one in root.iter() if one.get("id")}
    assert root.get("role") == "img"
    assert [ids[name] for name in root.get("aria-labelledby").split()] == ["Received & registered", "Rising."]


def test_on_a_page_nothing_is_styled_inline_and_no_colour_is_written_down():
    chart = stacked(
        name="s",
        title="t",
        says="d",
        head="h",
        labels=MONTHS[:2],
        series=[Series("a", [value(1), value(2)]), Series("b", [value(3), value(4)], Tone.LATE)],
    )
    page = chart.svg()
    assert "style" not in page
    assert not re.search(r"#[0-9a-f]{3,6}\b", page)
    assert 'width="100%"' in page


def test_parts_of_a_stack_stand_on_one_another():
    chart = stacked(
        name="s",
        title="t",
        says="d",
        head="h",
        labels=MONTHS[:1],
        series=[Series("in time", [value(30)]), Series("late", [value(10)], Tone.SECOND)],
    )
    low, high = bars(drawn(chart))
    assert float(high.get("y")) < float(low.get("y"))
    assert low.get("class") == "chart-main"
    assert high.get("fill") == "url(#s-second)"  # told apart without colour


def test_a_long_name_is_cut_on_the_bar_and_whole_in_the_table():
    long = "农村公路、桥梁和涵洞的养护以及其他很长很长的名称都要能够放得下才行"
    chart = rows(
        name="r",
        title="t",
        says="d",
        head="Subject",
        labels=[Label(long, href="/there")],
        series=Series("Received", [value(5, href="/list")]),
    )
    assert any((one.text or "").endswith("…") for one in drawn(chart, 300).iter(f"{SVG}text"))
    page = Template("{% load charts %}{% chart one %}").render(Context({"one": chart}))
    assert f'<a href="/there">{long}</a>' in page
    assert '<a href="/list">5</a>' in page


def test_on_the_map_areas_follow_the_numbers():
    spots = [
        Spot(Label(name), north, 110.0, value(n)) for name, north, n in (("甲", 30.0, 100), ("乙", 30.2, 25))
    ]
    chart = dots(name="m", title="t", says="d", head="Place", what="Received", spots=spots, north="北")
    radii = sorted(float(one.get("r")) for one in drawn(chart).iter(f"{SVG}circle"))
    assert radii == [11.0, 22.0]
    alone = dots(name="m", title="t", says="d", head="Place", what="Received", spots=spots[:1], north="北")
    assert alone.svg() == ""  # no map of one point: the table says it


def test_a_sparkline_breaks_where_a_number_is_missing():
    line = ET.fromstring(spark([3, 4, None, 8, 9], "Received <each> month"))
    assert line.get("aria-label") == "Received <each> month"
    assert line.find(f"{SVG}path").get("d").count("M") == 2
    assert spark([None, 3], "x") == ""


def test_series_of_the_wrong_length_and_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="not as long"):
        columns(name="c", title="t", says="d", head="h", labels=MONTHS, series=Series("a", [value(1)]))
    with pytest.raises(ValueError, match="starts at zero"):
        month_chart([-1])


@given(st.floats(1, 1e9))
def test_the_scale_is_round_and_never_more_than_two_and_a_half_times_the_highest(most):
    assert most <= full_scale(most) <= 2.5 * most + 1
