"""Activation: everything of the plan is there at once, for the people who are there now, and everybody is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts import services as alerts
from answerable.alerts.models import Alert, Asked
from answerable.incidents.models import Incident, IncidentRole, LevelChange, Strand, Task
from answerable.incidents.rules import CannotAct, NotTheirs
from answerable.incidents.services.activation import activate
from answerable.incidents.tests.responses import call, decision, make_plan, respond
from answerable.record import reactions
from answerable.record.queries import acts_of
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(minutes=2)


def test_roles_tasks_and_tracks_of_the_level_are_there_at_once() -> None:
    cast = make_cast()
    incident = respond(cast, make_plan(cast), level=3)
    assert incident.state == Incident.State.ACTIVE
    assert incident.commander == cast.mayor
    assert {s.code for s in Strand.objects.filter(incident=incident)} == {
        "safety",
        "information",
        "coordination",
    }
    tasks = {t.code: t for t in Task.objects.filter(incident=incident)}
    assert set(tasks) == {"warn", "look", "close_road", "tell_county"}, "shelter is for graver levels"
    assert tasks["warn"].due_at == incident.activated_at + timedelta(minutes=10)
    roles = {r.code: r.staff for r in IncidentRole.objects.filter(incident=incident)}
    assert roles == {"commander": cast.mayor, "engineer": cast.water_leader, "writer": cast.clerk}


def test_whoever_has_a_role_is_asked_and_the_leader_and_the_level_above_hear_it() -> None:
    cast = make_cast()
    incident = respond(cast, make_plan(cast), by=cast.mayor)
    asked = {
        (row.alert.facts["role_en"], row.staff_id)
        for row in Asked.objects.filter(alert__code="incident_role", step=0).select_related("alert")
    }
    # The mayor activated it: there is nothing to ask.
    assert asked == {("engineer", cast.water_leader.pk), ("writer", cast.clerk.pk)}
    mayor = IncidentRole.objects.get(incident=incident, code="commander")
    assert mayor.acknowledged_at is not None
    told = Alert.objects.get(code="incident_activated")
    assert told.state == Alert.State.ACKNOWLEDGED, "the leader decided it"
    assert set(Asked.objects.filter(alert=told).values_list("staff", flat=True)) == {
        cast.mayor.pk,
        cast.county_leader.pk,
    }


def test_i_have_it_in_the_alarm_is_the_roles_acknowledgement() -> None:
    cast = make_cast()
    incident = respond(cast, make_plan(cast))
    role = IncidentRole.objects.get(incident=incident, code="engineer")
    alerts.acknowledge(alert_id=role.alert, by=cast.actor(cast.water_leader), now=LATER)
    reactions.dispatch(LATER)
    role.refresh_from_db()
    assert role.acknowledged_at == LATER
    assert role.until_at is None


def test_a_role_falls_to_whoever_takes_its_alarm() -> None:
    cast = make_cast()
    incident = respond(cast, make_plan(cast))
    role = IncidentRole.objects.get(incident=incident, code="engineer")
    alerts.acknowledge(alert_id=role.alert, by=cast.actor(cast.handler), now=LATER)
    reactions.dispatch(LATER)
    now = IncidentRole.objects.get(incident=incident, code="engineer", until_at=None)
    assert (now.staff, now.stands_in) == (cast.handler, True)
    assert now.acknowledged_at is not None
    reactions.dispatch(LATER)
    assert IncidentRole.objects.filter(incident=incident, code="engineer").count() == 2


def test_who_only_looks_on_takes_no_role_by_an_alarm_and_its_holder_is_asked_anew() -> None:
    cast = make_cast()
    incident = respond(cast, make_plan(cast), by=cast.mayor)
    role = IncidentRole.objects.get(incident=incident, code="engineer")
    alerts.acknowledge(alert_id=role.alert, by=cast.actor(cast.administrator), now=LATER)
    reactions.dispatch(LATER)
    now = IncidentRole.objects.get(incident=incident, code="engineer", until_at=None)
    assert (now.staff, now.acknowledged_at) == (cast.water_leader, None)
    assert now.alert != role.alert
    assert Asked.objects.filter(alert=now.alert, step=0).get().staff == cast.water_leader


def test_the_second_of_two_is_told_who_was_first() -> None:
    cast = make_cast()
    version = make_plan(cast)
    incident = respond(cast, version)
    with pytest.raises(CannotAct) as refused:
        activate(
            incident_id=incident.pk, decision=decision(version), by=cast.actor(cast.county_leader), now=LATER
        )
    assert refused.value.code == "is_active"
    assert str(cast.mayor) in str(refused.value)
    assert LevelChange.objects.count() == 1


def test_without_a_plan_there_are_three_tracks_and_whoever_activates_commands() -> None:
    cast = make_cast()
    incident = respond(cast, None)
    assert incident.commander == cast.mayor
    assert [s.code for s in Strand.objects.filter(incident=incident)] == [
        "safety",
        "information",
        "coordination",
    ]
    assert not Task.objects.exists()


def test_nobody_but_duty_and_leaders_activates() -> None:
    cast = make_cast()
    incident = call(cast)
    for staff in (cast.clerk, cast.administrator, cast.auditor, cast.county_leader, cast.water_leader):
        with pytest.raises(NotTheirs):
            activate(incident_id=incident.pk, decision=decision(), by=cast.actor(staff), now=LATER)
    assert Incident.objects.get().state == Incident.State.REPORTED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hazard": "gathering"}, "hazard_unknown"),
        ({"grounds": "村民聚集讨说法"}, "about_people"),
        ({"measures": "防止群众上访"}, "about_people"),
        ({"grounds": " "}, "grounds_missing"),
        ({"measures": ""}, "measures_missing"),
        ({"level": 5}, "level_unknown"),
        ({"event_grade": 0}, "level_unknown"),
        ({"expected_until": MONDAY}, "in_the_past"),
    ],
)
def test_what_is_published_is_about_a_hazard(change: dict[str, object], code: str) -> None:
    cast = make_cast()
    incident = call(cast)
    with pytest.raises(CannotAct) as refused:
        activate(incident_id=incident.pk, decision=decision(**change), by=cast.actor(cast.mayor), now=LATER)
    assert refused.value.code == code
    assert Incident.objects.get().state == Incident.State.REPORTED


def test_the_record_holds_the_decision_and_no_words() -> None:
    cast = make_cast()
    incident = respond(cast, make_plan(cast))
    acts = {act.kind: act for act in acts_of(incident.pk)}
    body = acts["incident.activated"].body
    assert body is not None
    assert body["level"] == 3
    assert body["commander"] == cast.mayor.pk
    assert "水位" not in str(body)
