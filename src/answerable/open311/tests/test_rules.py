"""GeoReport's dates, pages and points, and how an answer is written: no database."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.open311 import rules, wire
from answerable.open311.rules import Refused

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def window(**asked: str) -> rules.Window:
    return rules.window(asked, now=NOW, zone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ({}, NOW - rules.SPAN, NOW),
        ({"start_date": "2026-02-01T00:00:00Z"}, datetime(2026, 2, 1, tzinfo=UTC), NOW),
        (
            {"start_date": "2025-01-01T00:00:00Z"},
            datetime(2025, 1, 1, tzinfo=UTC),
            datetime(2025, 4, 1, tzinfo=UTC),
        ),
        (
            {"end_date": "2025-04-01T00:00:00Z"},
            datetime(2025, 1, 1, tzinfo=UTC),
            datetime(2025, 4, 1, tzinfo=UTC),
        ),
        # An unescaped plus sign; no zone: the office's; a day alone.
        ({"start_date": "2026-03-01T08:00:00 08:00"}, datetime(2026, 3, 1, tzinfo=UTC), NOW),
        ({"start_date": "2026-03-01T08:00:00"}, datetime(2026, 3, 1, tzinfo=UTC), NOW),
        ({"start_date": "2026-03-01"}, datetime(2026, 2, 28, 16, tzinfo=UTC), NOW),
        ({"start_date": "2030-01-01T00:00:00Z"}, *[datetime(2030, 1, 1, tzinfo=UTC)] * 2),
    ],
)
def test_a_span_of_dates(asked, start, end):
    assert window(**asked) == rules.Window(start, end)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-03T00:00:00Z"}, "span_wrong"),
        ({"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-31T00:00:00Z"}, "span_wrong"),
        ({"start_date": "yesterday"}, "date_wrong"),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, "date_wrong"),
        ({"end_date": "9999-12-31"}, "date_wrong"),
    ],
)
def test_a_span_that_is_none(asked, code):
    with pytest.raises(Refused) as refused:
        window(**asked)
    assert (refused.value.code, refused.value.status) == (code, 400)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_a_date_a_page_or_a_point(one, other):
    for ask in (
        lambda: window(start_date=one, end_date=other),
        lambda: rules.page({"page": one, "page_size": other}),
        lambda: rules.point({"lat": one, "long": other}),
        lambda: rules.statuses({"status": one}),
    ):
        with suppress(Refused):
            ask()


def test_a_page_is_a_window_of_rows():
    assert rules.page({}) == rules.Page(1000, 0)
    assert rules.page({"page": "3", "page_size": "50"}) == rules.Page(50, 100)


@pytest.mark.parametrize(
    "said", [("91", "0"), ("0", "181"), ("nan", "0"), ("1e999", "0"), ("1", ""), ("1_0", "2")]
)
def test_a_point_that_is_none(said):
    with pytest.raises(Refused):
        rules.point({"lat": said[0], "long": said[1]})


@given(st.dictionaries(st.sampled_from(["description", "address", "values"]), st.text()))
def test_whatever_was_written_is_well_formed_in_both_forms(row):
    row.pop("values", None)
    xml = wire.rendered("service_requests", [row], "xml")
    found = ElementTree.fromstring(xml.decode())
    assert [one.tag for one in found] == ["request"]
    for name, value in row.items():
        read = (found[0].findtext(name) or "").replace("\r\n", "\n").replace("\r", "\n")
        wanted = wire._UNWRITABLE.sub("\ufffd", value).replace("\r\n", "\n").replace("\r", "\n")
        assert read == wanted
    assert json.loads(wire.rendered("service_requests", [row], "json")) == [
        {
            name: value.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
            for name, value in row.items()
        }
    ]


def test_an_instant_says_its_zone():
    at = NOW + timedelta(microseconds=7)
    assert b'"2026-03-02T02:00:00Z"' in wire.rendered("r", {"at": at}, "json")
    assert b"<at>2026-03-02T02:00:00Z</at>" in wire.rendered("r", {"at": at}, "xml")
