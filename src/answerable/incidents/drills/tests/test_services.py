"""A drill goes the way of an incident, is told its events by the clock of the drill, and ends at once for what is real."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from answerable.alerts.models import Alert
from answerable.core.refusals import Changed
from answerable.incidents.drills import queries, services, telling
from answerable.incidents.drills.rules import CannotDrill, Event
from answerable.incidents.drills.tests.scenes import EVENTS, planned
from answerable.incidents.models import Drill, Entry, Incident, Inject, PlanVersion, Report, Task
from answerable.incidents.reports import watching
from answerable.incidents.reviews import services as reviews
from answerable.incidents.reviews.tests.scenes import lift
from answerable.incidents.rules import CannotAct, NotTheirs
from answerable.incidents.services.activation import activate
from answerable.incidents.tests.responses import decision, respond
from answerable.ops import worker
from answerable.orgs.queries import local_today
from answerable.record.queries import acts_of
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def at(minutes: float):
    """So many minutes on the wall after the drill was begun."""
    return MONDAY + timedelta(minutes=minutes)


def begun(cast, **more) -> Drill:
    drill = planned(cast, **more)
    services.begin_drill(drill_id=drill.pk, by=cast.actor(cast.mayor), now=MONDAY)
    return Drill.objects.select_related("incident").get(pk=drill.pk)


def activated(cast, **more) -> Drill:
    drill = begun(cast, **more)
    version = PlanVersion.objects.get()
    by = cast.actor(cast.mayor)
    activate(incident_id=drill.incident_id, decision=decision(version, at(1)), by=by, now=at(1))
    return Drill.objects.select_related("incident").get(pk=drill.pk)


def refused(do, *args, **kwargs) -> str:
    with pytest.raises((CannotDrill, NotTheirs, CannotAct)) as found:
        do(*args, **kwargs)
    return found.value.code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"pace": 61}, "pace"),
        ({"kind": "full", "pace": 2}, "pace_in_the_field"),
        ({"planned_on": date(2026, 3, 1)}, "in_the_past"),
        ({"place_text": " "}, "place_missing"),
        ({"call_zh": "", "call_en": ""}, "call_missing"),
        ({"events": (Event(0, ""),)}, "text_missing"),
        ({"call_zh": "有人聚集上访"}, "about_people"),
        ({"events": (Event(0, "有人聚集上访"),)}, "about_people"),
    ],
)
def test_a_drill_that_cannot_be_is_refused_and_nothing_is_kept(cast, more, code):
    assert refused(planned, cast, **more) == code
    assert not Drill.objects.exists()


def test_a_plan_that_is_not_in_use_is_not_practised(cast):
    drill = planned(cast)
    PlanVersion.objects.update(state="replaced")
    by = cast.actor(cast.mayor)
    assert refused(services.begin_drill, drill_id=drill.pk, by=by, now=MONDAY) == "no_plan_in_use"


def test_only_leaders_of_the_body_plan_and_begin(cast):
    drill = planned(cast)
    for staff in (cast.handler, cast.county_leader, cast.auditor):
        by = cast.actor(staff)
        assert refused(services.begin_drill, drill_id=drill.pk, by=by, now=MONDAY) == "leads_not"
    assert not Incident.objects.exists()


def test_the_script_changes_until_the_drill_is_begun_and_never_over_somebody_elses_change(cast):
    drill = planned(cast)
    facts = {"drill_id": drill.pk, "by": cast.actor(cast.mayor), "now": MONDAY}
    services.add_event(**facts, event=Event(60, "第一件"), seen_version=1)
    with pytest.raises(Changed):
        services.drop_event(**facts, position=0, seen_version=1)
    assert next(one.text_zh for one in services.events_of(Drill.objects.get())) == "第一件"
    services.drop_event(**facts, position=0, seen_version=2)
    assert refused(services.drop_event, **facts, position=9, seen_version=3) == "no_such_event"
    services.begin_drill(**facts)
    assert refused(services.add_event, **facts, event=EVENTS[0], seen_version=4) == "begun_already"
    kinds = [act.kind for act in acts_of(drill.matter)]
    assert kinds == ["drill.planned", "drill.changed", "drill.changed", "drill.begun"]


def test_a_drill_is_an_incident_marked_as_one_by_the_same_door(cast):
    drill = begun(cast)
    incident = drill.incident
    assert (incident.is_drill, incident.pace, incident.state, incident.hazard) == (
        True,
        10,
        "reported",
        "flood",
    )
    assert acts_of(incident.pk)[0].body["drill"] is True
    assert all(Alert.objects.filter(about=incident.pk).values_list("is_drill", flat=True))
    assert Alert.objects.filter(about=incident.pk).exists()
    by = cast.actor(cast.mayor)
    assert refused(services.begin_drill, drill_id=drill.pk, by=by, now=MONDAY) == "begun_already"
    assert Incident.objects.count() == 1


def test_a_begin_that_was_cut_short_goes_on_with_the_same_call(cast):
    """As after a crash between the call and the drill: the call is found again, nothing is doubled."""
    drill = planned(cast)
    by = cast.actor(cast.mayor)
    told = services._call_of(drill.pk, by, MONDAY)
    incident = services.report_incident(told, by=by, now=MONDAY).incident
    services.begin_drill(drill_id=drill.pk, by=by, now=at(3))
    assert Drill.objects.get().incident_id == incident.pk
    assert Incident.objects.count() == 1
    assert Inject.objects.count() == 2


def test_nothing_is_practised_while_something_real_is_under_way(cast):
    drill = planned(cast)
    real = respond(cast, PlanVersion.objects.get())
    with pytest.raises(CannotDrill) as found:
        services.begin_drill(drill_id=drill.pk, by=cast.actor(cast.mayor), now=MONDAY)
    assert (found.value.code, found.value.facts) == ("real_one", {"incident": real.code})


def test_two_drills_of_one_plan_do_not_run_at_once(cast):
    begun(cast)
    second = planned(cast)
    by = cast.actor(cast.mayor)
    assert refused(services.begin_drill, drill_id=second.pk, by=by, now=MONDAY) == "another_runs"


def test_targets_and_events_follow_the_drills_own_clock(cast):
    drill = activated(cast)
    task = Task.objects.get(incident=drill.incident, code="look")
    assert task.due_at - task.set_at == timedelta(minutes=2), "twenty minutes, ten times as fast"
    assert telling.tell_due(at(0.4)) == 0
    assert telling.tell_due(at(0.5)) == 1
    assert telling.tell_due(at(0.5)) == 0, "each is told once"
    entry = Entry.objects.get(incident=drill.incident, kind=Entry.Kind.INJECT)
    assert entry.text == "雨更大了\nMore rain"
    assert telling.tell_due(at(3)) == 1


def test_what_was_expected_is_noted_once_by_whoever_is_in_it(cast):
    drill = activated(cast)
    facts = {"drill_id": drill.pk, "position": 1, "now": at(1)}
    mayor = cast.actor(cast.mayor)
    assert refused(services.meet_event, **facts, by=mayor) == "not_told"
    telling.tell_due(at(1))
    assert refused(services.meet_event, **facts, by=cast.actor(cast.auditor)) == "writes_not"
    first = services.meet_event(**facts, by=mayor)
    again = services.meet_event(**(facts | {"now": at(2)}), by=mayor)
    assert first.met_at == again.met_at
    (result,) = queries.results(drill.plan_id, now=at(2))
    assert (result.met, result.told) == (1, 1)


def test_a_drill_is_stopped_at_once_whatever_is_open(cast):
    drill = activated(cast)
    worker.run_once()
    assert Report.objects.filter(incident=drill.incident, state="due").exists()
    asked = Alert.objects.filter(is_drill=True).exclude(state=Alert.State.RESOLVED)
    assert asked.count() > 2
    by = cast.actor(cast.clerk)
    services.stop_drill(drill_id=drill.pk, why="真的来水了", by=by, now=at(2))
    assert not asked.exists(), "nobody is called about it any more"
    assert not Report.objects.filter(incident=drill.incident, state="due").exists()
    assert watching.watch(at(900)) == 0
    assert telling.tell_due(at(900)) == 0
    incident = Incident.objects.get(pk=drill.incident_id)
    assert incident.state == Incident.State.STOOD_DOWN
    assert Task.objects.filter(incident=incident, state="open").count() == 4, "for the result, as it was"
    assert refused(services.stop_drill, drill_id=drill.pk, why="x", by=by, now=at(3)) == "over"
    assert acts_of(drill.matter)[-1].kind == "drill.stopped"
    assert queries.last_drill(drill.plan_id) is None, "what was stopped was not practised to the end"


def test_a_drill_that_was_never_activated_can_be_stopped_too(cast):
    drill = begun(cast)
    services.stop_drill(drill_id=drill.pk, why="real", by=cast.actor(cast.mayor), now=at(1))
    assert Incident.objects.get().state == Incident.State.DISMISSED
    assert not Alert.objects.exclude(state=Alert.State.RESOLVED).exists()


def test_results_stand_beside_those_of_earlier_drills(cast):
    first = activated(cast)
    lift(cast, Incident.objects.get(pk=first.incident_id))
    assert queries.last_drill(first.plan_id) == local_today(cast.town, MONDAY)
    second = planned(cast)
    later = at(600)
    services.begin_drill(drill_id=second.pk, by=cast.actor(cast.mayor), now=later)
    new, old = queries.results(first.plan_id, now=later)
    assert (new.drill.pk, old.drill.pk) == (second.pk, first.pk)
    assert old.figures.to_activation_min == 10, "one minute on the wall"
    assert (old.tasks.in_time, old.tasks.late, old.tasks.left_out) == (0, 3, 1)
    assert new.figures.to_activation_min is None


def test_a_drill_is_reviewed_and_closed_though_reports_were_not_made(cast):
    drill = activated(cast)
    incident = lift(cast, Incident.objects.get(pk=drill.incident_id))
    worker.run_once()
    Report.objects.filter(incident=incident).update(state="due", sent_at=None)
    by = {"incident_id": incident.pk, "by": cast.actor(cast.mayor), "now": at(200)}
    review = reviews.begin_review(**by)
    reviews.sign_review(**by, well="快", badly="慢", seen_version=review.version)
    assert reviews.close_incident(**by, seen_version=None).state == Incident.State.CLOSED
    assert not Report.objects.filter(incident=incident, state="due").exists()
