"""The demo town's alarms: rules for every body, everyone to be reached, nothing that `check` would find."""

from __future__ import annotations

import pytest

from answerable.alerts import checks, engine
from answerable.alerts.models import Alert, EscalationRule, RollCall
from answerable.core import clock
from answerable.incidents.models import Incident, Report
from answerable.ops.demo import seed


@pytest.mark.django_db(transaction=True)
def test_the_town_has_alarms_to_look_at_and_the_check_finds_nothing():
    seed.seed(most=4)
    now = clock.now()
    assert EscalationRule.objects.filter(retired_at=None).count() >= 6
    states = set(Alert.objects.values_list("state", flat=True))
    assert "resolved" in states
    assert Alert.objects.filter(state="open").count() <= 2
    assert {call.result["missing"] for call in RollCall.objects.all()} == {0}
    faults = [
        fault for name in vars(checks) if name.startswith("check_") for fault in getattr(checks, name)()
    ]
    assert faults == []
    assert not engine.is_stalled(now)
    flood, water = Incident.objects.order_by("reported_at")
    assert (flood.state, water.state) == ("stood_down", "active")
    assert flood.entries.count() >= 5
    assert not Report.objects.exclude(late_at=None).exists(), "the town reports in time"
