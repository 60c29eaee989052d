"""Where a list goes on: what an address says is read back, and what nobody was given is nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from answerable.figures.cursors import Cursor, number, parse

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("key", "read"), [(17, number), (UUID(int=5), UUID)])
def test_what_is_said_is_read_back(key, read):
    assert parse(str(Cursor(AT, key)), read) == Cursor(AT, key)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "_",
        "2026-03-02T09:30:00_17",
        "2026-03-02T09:30:00+00:00_",
        "2026-03-02T09:30:00+00:00_-1",
        "2026-03-02T09:30:00+00:00_99999999999999999999",
        "2026-03-02T09:30:00+00:00_١٧",
        "0001-01-01T00:00:00+14:00_17",
        "9999-12-31T23:59:59-14:00_17",
        "2026-03-02T09:30:00+00:00_17\x00",
    ],
)
def test_what_nobody_was_given_shows_the_first_page(said):
    assert parse(said, number) is None
