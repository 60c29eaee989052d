"""The demo town's duty: covered for its whole horizon, with nothing that `check` would find."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from answerable.core import clock
from answerable.duty import checks, queries
from answerable.duty.models import Assignment, Line, LogEntry, StandbyItem
from answerable.ops.demo import duty
from answerable.ops.demo.content import load_town
from answerable.ops.demo.settle import settle


@pytest.mark.django_db(transaction=True)
def test_every_line_is_covered_and_the_check_finds_nothing():
    now = clock.now().replace(hour=2)  # ten in the morning: the change of shift is over
    with transaction.atomic():
        settled = settle(load_town(), now)
    duty.set_up(settled, now)
    assert Line.objects.count() == 5
    for line in Line.objects.all():
        assert queries.gaps(line.pk, now - timedelta(days=7), now + timedelta(days=34)) == [], line.code
    faults = [
        fault for name in vars(checks) if name.startswith("check_") for fault in getattr(checks, name)()
    ]
    assert faults == []
    assert queries.unsigned_hand_overs(now) == []
    room = Line.objects.get(code="duty-room")
    on = queries.on_duty(room.pk, now)
    assert len(on) == 5
    assert not any(one.stays for one in on)
    assert LogEntry.objects.filter(kind="nil").exists()
    assert len(queries.open_items(room.pk)) == 1
    assert Assignment.objects.count() > 300
    assert StandbyItem.objects.count() == 4
