"""The demo town's plans: two in use with the town's own posts, a draft that waits, and lacks that are explained."""

from __future__ import annotations

import pytest
from django.db import transaction

from answerable.core import clock
from answerable.incidents.models import Incident, PlanVersion, Task
from answerable.incidents.planned import file_of, versions_in_use
from answerable.incidents.plans import linting
from answerable.ops.demo import duty, incidents, plans
from answerable.ops.demo.content import load_town
from answerable.ops.demo.settle import settle


@pytest.mark.django_db(transaction=True)
def test_the_town_has_made_two_plans_its_own():
    now = clock.now()
    with transaction.atomic():
        settled = settle(load_town(), now)
    duty.set_up(settled, now)
    plans.set_up(settled, now)
    town = settled.posts["mayor"].unit.authority
    (flood,) = versions_in_use(town.pk, "flood")
    assert versions_in_use(town.pk, "explosion")
    assert file_of(flood).commander.post == "town/mayor"
    assert "# Levels count from 1" in flood.text or "Levels count from 1" in flood.text
    found = linting.readiness_of(file_of(flood), town, now, drilled_on=None)
    codes = {one.code for one in found.findings}
    assert {"resource_out", "contact_without_number", "drill_never"} <= codes
    assert not codes & {
        "role_unfilled",
        "role_gone",
        "action_without_post",
        "level_without_actions",
        "place_gone",
    }
    assert PlanVersion.objects.filter(state=PlanVersion.State.DRAFT).count() == 1
    # The flood of last week ran on it: its actions became tasks, and nothing stayed open.
    incidents.live(settled, now)
    incident = Incident.objects.get(hazard="flood")
    assert (incident.state, incident.plan_version_id) == (Incident.State.STOOD_DOWN, flood.pk)
    tasks = Task.objects.filter(incident=incident)
    assert {task.code for task in tasks} == {one.code for one in file_of(flood).actions_at(4)}
