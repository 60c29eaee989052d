"""What the tests of alerts share."""

from __future__ import annotations

import pytest

from answerable.alerts.tests import gateway as gateways


@pytest.fixture
def gateway():
    """A gateway on this machine; `gateway.answers(503)`, `gateway.behave = "hang"`."""
    made = gateways.start()
    yield made
    made.end()
