"""What somebody found who set out to break a response: orders about people, odd addresses, a commander whose post ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.incidents.drills.rules import Event
from answerable.incidents.drills.services import Wish, plan_drill
from answerable.incidents.models import Incident, IncidentRole, Report, Task
from answerable.incidents.reports.services import open_reports
from answerable.incidents.rules import CannotAct
from answerable.incidents.services import levels, roles, sent_out, tasks
from answerable.incidents.services.standing_down import stand_down
from answerable.incidents.tests.responses import call, make_plan, respond
from answerable.orgs.models import Appointment
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.DEMO = True


# --- rule 11: what no plan may hold, nobody orders by hand

ORDERS: dict[str, Callable[..., Any]] = {
    "task": lambda words, base: tasks.set_task(title=words, strand_code="safety", **base),
    "check": lambda words, base: tasks.set_task(title="look", check=words, strand_code="safety", **base),
    "track": lambda words, base: tasks.open_track(code="more", name_zh=words, name_en="", **base),
    "sent": lambda words, base: sent_out.send_out(kind="people", what=words, **base),
    "where": lambda words, base: sent_out.send_out(kind="people", what="team", where=words, **base),
    "taken": lambda words, base: sent_out.requisition(what=words, paper="1", **base),
    "measures": lambda words, base: levels.raise_level(
        level=1, grounds="water", measures=words, expected_until=LATER + timedelta(days=1), **base
    ),
    "grounds": lambda words, base: levels.raise_level(
        level=1, grounds=words, measures="boats", expected_until=LATER + timedelta(days=1), **base
    ),
}


def test_rule_11_nobody_is_watched_by_an_order_given_by_hand(cast: Cast) -> None:
    incident = respond(cast, None)
    base = {"incident_id": incident.pk, "by": cast.actor(cast.mayor), "now": LATER}
    for words, code in (
        ("对参与人员拍照取证", "watches_people"),
        ("list the participants", "watches_people"),
        ("防止群众上访", "about_people"),
    ):
        for kind, order in ORDERS.items():
            with pytest.raises(CannotAct) as refused:
                order(words, base)
            assert refused.value.code == code, kind
    assert not Task.objects.exists()


def test_rule_11_the_end_of_a_response_lists_nobody(cast: Cast) -> None:
    incident, by = respond(cast, None), cast.actor(cast.mayor)
    for strand in ("safety", "information", "coordination"):
        tasks.close_track(incident_id=incident.pk, code=strand, said="", by=by, now=LATER)
    with pytest.raises(CannotAct) as refused:
        stand_down(incident_id=incident.pk, grounds="dry", measures="登记参与人员名单", by=by, now=LATER)
    assert refused.value.code == "watches_people"


def test_rule_11_nobody_in_danger_is_a_petitioner(cast: Cast) -> None:
    with pytest.raises(CannotAct, match="no emergency"):
        call(cast, in_danger="上访群众三十人")
    assert call(cast, in_danger="屋顶上约二十人").in_danger == "屋顶上约二十人"


def test_rule_11_no_drill_practises_watching_people(cast: Cast) -> None:
    version = make_plan(cast)
    wish = Wish(
        version.plan_id,
        "table_top",
        date(2100, 1, 1),
        place_text="gate",
        call_en="water",
        events=(Event(5, text_en="Photograph the participants"),),
    )
    with pytest.raises(CannotAct) as refused:
        plan_drill(wish, by=cast.actor(cast.mayor), now=MONDAY)
    assert refused.value.code == "watches_people"


# --- addresses that somebody typed


def test_an_unknown_track_role_or_incident_is_no_fault_of_the_server(cast: Cast) -> None:
    now = clock.now()
    incident = respond(cast, make_plan(cast), now=now)
    waiting = call(cast, now=now, hazard="fire")
    client = Client(raise_request_exception=False)
    client.force_login(cast.mayor)
    for verb in ("close-track", "reopen-track", "have-it", "give-role"):
        for on in ("nothing", "%00"):
            address = reverse("incidents:act", args=[incident.pk, verb]) + f"?on={on}"
            for answer in (client.get(address), client.post(address, {"why": "x", "said": "x"})):
                assert answer.status_code == 404, (verb, on)
    same = reverse("incidents:act", args=[waiting.pk, "same"])
    assert client.post(same, {"other": str(uuid4())}).status_code == 422
    assert Incident.objects.get(pk=waiting.pk).state == Incident.State.REPORTED


def test_a_version_of_five_thousand_digits_is_no_fault_of_the_server(cast: Cast) -> None:
    now = clock.now()
    incident = respond(cast, make_plan(cast), now=now)
    open_reports(incident_id=incident.pk, now=now)
    report = Report.objects.filter(incident=incident).first()
    client = Client(raise_request_exception=False)
    client.force_login(cast.mayor)
    answer = client.post(f"/desk/incidents/reports/report/{report.pk}/change", {"version": "9" * 5000})
    assert answer.status_code == 422


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00+00:00"])
def test_a_danger_that_began_before_every_calendar_is_refused(cast: Cast, at: str) -> None:
    """Another system's clock may say so; it was a fault of the server, or stood on the board."""
    with pytest.raises(CannotAct) as refused:
        call(cast, happened_at=datetime.fromisoformat(at))
    assert refused.value.code == "far_day"
    assert not Incident.objects.exists()


# --- a commander who vanishes


def test_whose_post_ended_commands_no_more_and_the_next_one_takes_it(cast: Cast) -> None:
    """They had acknowledged, are not away and may sign in: the deputy of the plan need not wait for a leader."""
    incident = respond(cast, make_plan(cast))
    roles.acknowledge_role(incident_id=incident.pk, code="commander", by=cast.actor(cast.mayor), now=LATER)
    deputy = cast.leader
    with pytest.raises(CannotAct) as refused:
        roles.take_command(incident_id=incident.pk, by=cast.actor(deputy), now=LATER)
    assert refused.value.code == "commander_there"
    Appointment.objects.filter(staff=cast.mayor).update(until_at=LATER)
    roles.take_command(incident_id=incident.pk, by=cast.actor(deputy), now=LATER + timedelta(minutes=1))
    assert IncidentRole.objects.get(incident=incident, is_commander=True, until_at=None).staff == deputy


# --- from the field


def test_a_number_of_another_incident_is_refused_and_nothing_is_lost(cast: Cast) -> None:
    version = make_plan(cast)
    first, second = respond(cast, version), respond(cast, version)
    number, by = uuid4(), cast.actor(cast.mayor)
    for incident in (first, second):
        task = Task.objects.get(incident=incident, code="tell_county")
        base = {"incident_id": incident.pk, "task_id": task.pk, "by": by, "now": LATER}
        if incident == first:
            tasks.begin_task(**base, sending_id=number)
            continue
        with pytest.raises(CannotAct) as refused:
            tasks.finish_task(**base, result="told", sending_id=number)
        assert refused.value.code == "id_taken"
        tasks.finish_task(**base, result="told", sending_id=uuid4())
