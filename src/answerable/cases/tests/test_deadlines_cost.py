"""Deriving a date stays cheap enough to do several times in an intake."""

from __future__ import annotations

from datetime import UTC, datetime
from timeit import repeat

from answerable.cases import deadlines as d
from answerable.cases.packs import load_pack
from answerable.orgs.calendars import WorkCalendar


def test_a_date_is_derived_in_well_under_a_millisecond():
    pack, calendar = load_pack("generic"), WorkCalendar("Asia/Shanghai", "CN")
    step, start = pack.step("answer"), datetime(2026, 9, 15, 2, tzinfo=UTC)
    best = min(
        repeat(lambda: d.derive(step, pack, start, calendar, trigger="case.registered"), number=200, repeat=5)
    )
    assert best / 200 < 0.0005  # some 10 µs on an idle machine; the margin is for a busy one
