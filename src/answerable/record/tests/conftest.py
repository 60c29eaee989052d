"""A log of one's own: its keys, its file outside, and no waiting for the next publication."""

from __future__ import annotations

import pytest


@pytest.fixture
def own_log(settings, tmp_path):
    settings.ANSWERABLE_RECORD_CADENCE = 0
    settings.ANSWERABLE_RECORD_KEY_FILE = tmp_path / "record-key"
    settings.ANSWERABLE_PROMISE_KEY_FILE = tmp_path / "promise-key"
    settings.ANSWERABLE_RECORD_GUARD = tmp_path / "record-guard"
