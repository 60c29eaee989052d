"""A drill: two who begin it, tell its event or stop it at the same instant.

Seen to fail: telling an event without the locks on its incident and its row; beginning without those on the incident
and the drill (the database refuses then too, by the events' own constraint, but without a sentence).
"""

from __future__ import annotations

from functools import partial

import pytest

from answerable.incidents.drills import services, telling
from answerable.incidents.drills.rules import CannotDrill
from answerable.incidents.drills.tests.scenes import planned
from answerable.incidents.models import Drill, Entry, Incident, Inject
from answerable.record.queries import acts_of
from tests.cast import MONDAY
from tests.races.test_two_at_one_case import ROUNDS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def _codes(results) -> list[str]:
    return [one.code for one in results if isinstance(one, CannotDrill)]


def test_begun_told_and_stopped_by_two_at_once(cast):
    """One first call, one set of events; each event told once; one end."""
    mayor, roads = cast.actor(cast.mayor), cast.actor(cast.leader)
    for n in range(ROUNDS):
        drill = planned(cast)
        begin = partial(services.begin_drill, drill_id=drill.pk, now=MONDAY)
        results = at_once(partial(begin, by=mayor), partial(begin, by=roads))
        assert _codes(results) == ["begun_already"], results
        drill = Drill.objects.get(pk=drill.pk)
        assert Incident.objects.count() == n + 1
        injects = Inject.objects.filter(incident=drill.incident_id)
        assert injects.count() == 2
        due = injects.earliest("position")
        tell = partial(telling.tell, inject_id=due.pk, now=due.due_at)
        assert sorted(at_once(tell, tell)) == [False, True]
        assert Entry.objects.filter(incident=drill.incident_id, kind="inject").count() == 1
        stop = partial(services.stop_drill, drill_id=drill.pk, why="real", now=due.due_at)
        results = at_once(partial(stop, by=mayor), partial(stop, by=mayor))
        assert _codes(results) == ["over"], results
        kinds = [act.kind for act in acts_of(drill.matter)]
        assert kinds == ["drill.planned", "drill.begun", "drill.stopped"]
