"""Incidents: two who activate, call in, write or end at the same instant.

Seen to fail with the lock taken out of `incidents.steps.lock_incident`: activation, and the end against sending out;
with the lock on the head of the acts taken out of `steps.write_entry` (and that of the incident): the entry sent twice;
with the advisory lock taken out of `calls._next_code`: two calls at once.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from answerable.alerts.models import Alert
from answerable.core.ids import uuid7
from answerable.incidents import queries
from answerable.incidents.models import Entry, Incident, IncidentRole, LevelChange, Strand, Task
from answerable.incidents.rules import CannotAct
from answerable.incidents.services import sent_out, tasks
from answerable.incidents.services.activation import activate
from answerable.incidents.services.calls import Told, report_incident
from answerable.incidents.services.entries import write_entry
from answerable.incidents.services.standing_down import StillOpen, stand_down
from answerable.incidents.tests.responses import call, decision, make_plan, respond
from tests.cast import MONDAY
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4
LATER = MONDAY + timedelta(minutes=2)


def test_two_activate_at_once_and_the_second_is_told(cast):
    version = make_plan(cast)
    for _round in range(ROUNDS):
        incident = call(cast)
        begin = partial(activate, incident_id=incident.pk, decision=decision(version), now=LATER)
        results = at_once(
            partial(begin, by=cast.actor(cast.mayor)), partial(begin, by=cast.actor(cast.mayor))
        )
        refused = [one for one in results if isinstance(one, CannotAct)]
        assert [one.code for one in refused] == ["is_active"], results
        assert LevelChange.objects.filter(incident=incident).count() == 1
        assert IncidentRole.objects.filter(incident=incident).count() == 3
        assert Task.objects.filter(incident=incident).count() == 4
        asking = Alert.objects.filter(code="incident_role", context__incident=str(incident.pk))
        assert asking.count() == 2, "the mayor is not asked"


def test_calls_at_once_each_have_a_code_of_their_own(cast):
    for n in range(ROUNDS):
        results = at_once(partial(call, cast), partial(call, cast, hazard="fire"))
        assert not any(isinstance(one, Exception) for one in results), results
        assert Incident.objects.values("code").distinct().count() == Incident.objects.count() == 2 * n + 2


def test_one_sending_twice_at_once_is_one_incident(cast):
    for n in range(ROUNDS):
        told = Told(
            authority=cast.town,
            hazard="flood",
            what="water",
            place=cast.village,
            submission=b"the same %d" % n,
        )
        send = partial(report_incident, told, by=cast.actor(cast.clerk), now=MONDAY)
        results = at_once(send, send)
        assert {one.incident.pk for one in results} == {
            Incident.objects.get(code=results[0].incident.code).pk
        }
        assert Incident.objects.count() == n + 1


def test_one_entry_sent_twice_at_once_is_one_line(cast):
    incident = respond(cast, None)
    for n in range(ROUNDS):
        send = partial(
            write_entry,
            incident_id=incident.pk,
            text="the gauge says 3 m",
            entry_id=uuid7(),
            by=cast.actor(cast.mayor),
            now=LATER,
        )
        results = at_once(send, send)
        assert not any(isinstance(one, Exception) for one in results), results
        assert Entry.objects.filter(incident=incident).count() == n + 1


def test_the_end_against_sending_out(cast):
    """Whoever comes first, no response is over with somebody out."""
    for _round in range(ROUNDS):
        incident = respond(cast, None)
        by = cast.actor(cast.mayor)
        for strand in Strand.objects.filter(incident=incident):
            tasks.close_track(incident_id=incident.pk, code=strand.code, said="", by=by, now=LATER)
        ends = partial(stand_down, incident_id=incident.pk, grounds="dry", measures="", by=by, now=LATER)
        sends = partial(
            sent_out.send_out, incident_id=incident.pk, kind="people", what="a team", by=by, now=LATER
        )
        results = at_once(ends, sends)
        assert sum(isinstance(one, Exception) for one in results) == 1, results
        assert any(isinstance(one, (StillOpen, CannotAct)) for one in results), results
        incident.refresh_from_db()
        is_over = incident.state == Incident.State.STOOD_DOWN
        assert is_over is not bool(queries.open_ends(incident, now=LATER))
