"""From the first call to the stand-down: what services do, refuse and write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from answerable.alerts.models import Alert, Asked
from answerable.duty.models import Absence, Assignment
from answerable.duty.tests.rooms import at, make_room
from answerable.incidents import queries
from answerable.incidents.models import Entry, Incident, IncidentRole, LevelChange, Strand, Task
from answerable.incidents.nearness import Where, distance_km, may_be_same
from answerable.incidents.rules import CannotAct, NotTheirs
from answerable.incidents.services import calls, entries, levels, roles, sent_out, tasks
from answerable.incidents.services.activation import activate
from answerable.incidents.services.standing_down import stand_down
from answerable.incidents.tests.responses import call, decision, make_plan, plan_data, respond, role
from answerable.record import reactions
from answerable.record.queries import acts_of
from tests.cast import MONDAY, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(minutes=5)


def acts(incident: Incident) -> list[str]:
    return [act.kind.removeprefix("incident.") for act in acts_of(incident.pk)]


# ---------------------------------------------------------------- calls


def test_a_call_asks_whoever_is_on_duty_and_tells_the_leader(cast: Cast) -> None:
    room = make_room(cast)
    incident = call(cast, now=at(0, 1))
    alert = Alert.objects.get(about=incident.pk)
    asked = set(Asked.objects.filter(alert=alert, step=0, is_told_only=False).values_list("staff", flat=True))
    assert asked == set(Assignment.objects.filter(shift=room.shift(0)).values_list("staff", flat=True))
    told = Asked.objects.filter(alert=alert, is_told_only=True).values_list("staff", flat=True)
    assert cast.mayor.pk in told
    assert incident.code == "2026-001"


def test_whoever_takes_it_down_on_duty_has_it(cast: Cast) -> None:
    room = make_room(cast)
    incident = call(cast, by=room.leaders[0], now=at(0, 1))
    assert Alert.objects.get(about=incident.pk).state == Alert.State.ACKNOWLEDGED


def test_what_becomes_of_a_call_is_said_once_and_ends_its_alarm(cast: Cast) -> None:
    one, other = call(cast), call(cast)
    by = cast.actor(cast.mayor)
    with pytest.raises(CannotAct, match="Say why"):
        calls.dismiss(incident_id=one.pk, why=" ", by=by, now=LATER)
    calls.say_same(incident_id=one.pk, other_id=other.pk, by=by, now=LATER)
    other.refresh_from_db()
    assert other.calls == 2
    assert acts(one) == ["reported", "same_as"]
    assert acts(other) == ["reported", "called_again"]
    calls.dismiss(incident_id=other.pk, why="a false alarm: steam", by=by, now=LATER)
    assert set(Alert.objects.values_list("state", flat=True)) == {Alert.State.RESOLVED}
    with pytest.raises(CannotAct) as refused:
        calls.dismiss(incident_id=other.pk, why="again", by=by, now=LATER)
    assert refused.value.code == "not_reported"
    with pytest.raises(CannotAct):
        calls.say_same(incident_id=one.pk, other_id=one.pk, by=by, now=LATER)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"what": " "}, "what_missing"),
        ({"place": None}, "place_missing"),
        ({"happened_at": MONDAY + timedelta(hours=1)}, "in_the_future"),
        ({"latitude": 30}, "point_wrong"),
        ({"what": "x" * 5000}, "too_long"),
    ],
)
def test_a_call_says_what_and_where(cast: Cast, change: dict[str, object], code: str) -> None:
    with pytest.raises(CannotAct) as refused:
        call(cast, **change)
    assert refused.value.code == code
    assert not Incident.objects.exists()


def test_near_is_the_same_place_its_parts_and_three_kilometres() -> None:
    town, village, other = Where((1,)), Where((1, 2)), Where((1, 3))
    assert may_be_same(town, village, MONDAY, LATER)
    assert not may_be_same(village, other, MONDAY, LATER)
    assert may_be_same(Where(), other, MONDAY, LATER), "not known to be far"
    assert not may_be_same(village, village, MONDAY, MONDAY + timedelta(days=1))
    here, near, far = (30.0, 114.0), (30.02, 114.0), (30.1, 114.0)
    assert 2 < distance_km(here, near) < 2.5
    assert may_be_same(Where((), here), Where((), near), MONDAY, LATER)
    assert not may_be_same(Where((1, 2), here), Where((1, 2), far), MONDAY, LATER)


# ---------------------------------------------------------------- roles


def test_whoever_is_away_does_not_get_a_role_and_the_next_does(cast: Cast) -> None:
    version = make_plan(cast)
    Absence.objects.create(
        staff=cast.water_leader, from_at=MONDAY, until_at=MONDAY + timedelta(days=3), told_at=MONDAY
    )
    incident = respond(cast, version)
    engineer = IncidentRole.objects.get(incident=incident, code="engineer")
    assert (engineer.staff, engineer.stands_in) == (cast.handler, True)


def test_who_is_on_duty_goes_first(cast: Cast) -> None:
    room = make_room(cast)
    named = [role("commander", "town/mayor", group="leading", is_commander=True, duty="room/lead")]
    version = make_plan(cast, plan_data(named, [dict(one, role=None) for one in plan_data()["actions"]]))
    incident = call(cast, now=at(0, 1))
    begun = activate(
        incident_id=incident.pk, decision=decision(version, at(0, 2)), by=cast.actor(cast.mayor), now=at(0, 2)
    )
    assert begun.commander == room.leaders[0]


def test_a_role_is_handed_over_and_its_new_holder_is_asked(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast))
    old = IncidentRole.objects.get(incident=incident, code="writer")
    with pytest.raises(NotTheirs):
        roles.give_role(
            incident_id=incident.pk, code="writer", to=cast.leader.pk, by=cast.actor(cast.handler), now=LATER
        )
    new = roles.give_role(
        incident_id=incident.pk, code="writer", to=cast.leader.pk, by=cast.actor(cast.clerk), now=LATER
    )
    assert Alert.objects.get(pk=old.alert).state == Alert.State.RESOLVED
    assert Asked.objects.filter(alert=new.alert, step=0).get().staff == cast.leader
    roles.acknowledge_role(incident_id=incident.pk, code="writer", by=cast.actor(cast.leader), now=LATER)
    assert Alert.objects.get(pk=new.alert).state == Alert.State.ACKNOWLEDGED
    for who in (cast.administrator, cast.auditor):
        with pytest.raises(CannotAct, match="no post"):
            roles.give_role(
                incident_id=incident.pk, code="writer", to=who.pk, by=cast.actor(cast.mayor), now=LATER
            )


def test_the_alarms_of_roles_end_with_the_response(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast))
    by = cast.actor(cast.mayor)
    for task in Task.objects.filter(incident=incident):
        tasks.leave_out_task(incident_id=incident.pk, task_id=task.pk, why="dry", by=by, now=LATER)
    for strand in Strand.objects.filter(incident=incident):
        tasks.close_track(incident_id=incident.pk, code=strand.code, said="", by=by, now=LATER)
    stand_down(incident_id=incident.pk, grounds="the water is gone", measures="", by=by, now=LATER)
    reactions.dispatch(LATER, limit=500)
    open_ = Alert.objects.filter(code__in=["incident_role", "incident_reported"]).exclude(
        state=Alert.State.RESOLVED
    )
    assert not open_.exists()
    incident.refresh_from_db()
    assert incident.personal_data_until == (LATER + timedelta(days=30)).date(), "as the plan says"
    assert not queries.roles_in_force(incident).exists()
    with pytest.raises(CannotAct, match="No response is under way"):
        sent_out.send_out(incident_id=incident.pk, kind="people", what="x", by=by, now=LATER)
    # A telephone that was without a network may still send what it wrote; no longer once it is closed.
    entries.write_entry(incident_id=incident.pk, text="late", by=by, now=LATER)


# ---------------------------------------------------------------- levels


def _change(cast: Cast, incident: Incident, to: int, **more: object) -> Incident:
    before = Incident.objects.get(pk=incident.pk).response_level or 0
    change = levels.raise_level if to < before else levels.lower_level
    base = {
        "incident_id": incident.pk,
        "level": to,
        "grounds": "the gauge says 4 m",
        "measures": "boats",
        "expected_until": LATER + timedelta(hours=6),
        "by": cast.actor(cast.mayor),
        "now": LATER,
    }
    return change(**(base | more))


def test_raising_adds_the_tasks_of_the_level_and_opens_closed_tracks(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), level=4)
    for task in Task.objects.filter(incident=incident, strand__code="safety"):
        tasks.leave_out_task(
            incident_id=incident.pk, task_id=task.pk, why="dry", by=cast.actor(cast.mayor), now=LATER
        )
    tasks.close_track(incident_id=incident.pk, code="safety", said="", by=cast.actor(cast.mayor), now=LATER)
    _change(cast, incident, 2)
    shelter = Task.objects.get(incident=incident, code="shelter")
    assert shelter.due_at == LATER + timedelta(minutes=60)
    assert Strand.objects.get(incident=incident, code="safety").closed_at is None
    assert Task.objects.get(incident=incident, code="look").state == "left_out", "what was decided stays"
    told = Asked.objects.filter(alert=Alert.objects.get(code="incident_level"), is_told_only=True)
    assert {cast.county_leader.pk, cast.water_leader.pk, cast.clerk.pk} <= set(
        told.values_list("staff", flat=True)
    )


def test_lowering_leaves_what_is_begun(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), level=2)
    shelter = Task.objects.get(incident=incident, code="shelter")
    tasks.begin_task(incident_id=incident.pk, task_id=shelter.pk, by=cast.actor(cast.mayor), now=LATER)
    _change(cast, incident, 4)
    shelter.refresh_from_db()
    assert shelter.state == "begun"
    assert list(LevelChange.objects.order_by("pk").values_list("before", "after")) == [(None, 2), (2, 4)]


def test_a_level_is_one_of_four_and_another(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), level=3)
    for level, code in ((3, "not_milder"), (5, "level_unknown")):
        with pytest.raises(CannotAct) as refused:
            _change(cast, incident, level)
        assert refused.value.code == code
    with pytest.raises(NotTheirs):
        _change(cast, incident, 2, by=cast.actor(cast.handler))


# ---------------------------------------------------------------- the log


def test_the_same_id_twice_is_the_same_line_and_with_other_words_is_refused(cast: Cast) -> None:
    incident = respond(cast, None)
    by = cast.actor(cast.mayor)
    one = entries.write_entry(incident_id=incident.pk, text="3 m", by=by, now=LATER)
    again = entries.write_entry(incident_id=incident.pk, text="3 m ", by=by, now=LATER, entry_id=one.pk)
    assert again.pk == one.pk
    with pytest.raises(CannotAct) as refused:
        entries.write_entry(incident_id=incident.pk, text="4 m", by=by, now=LATER, entry_id=one.pk)
    assert refused.value.code == "id_taken"
    act = acts_of(incident.pk, kinds=("incident.entry_written",))[0]
    assert act.seq == one.seq
    assert "3 m" not in str(act.body)
    assert Entry.objects.count() == 1


def test_what_is_not_ones_own_is_not_written_in(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast))
    for staff in (cast.handler, cast.administrator, cast.auditor, cast.county_leader):
        with pytest.raises(NotTheirs):
            entries.write_entry(incident_id=incident.pk, text="x", by=cast.actor(staff), now=LATER)


def test_an_item_on_standby_goes_out_once(cast: Cast) -> None:
    from answerable.duty.services.standby import ItemSpec, make_item

    by = cast.actor(cast.mayor)
    item = make_item(
        ItemSpec("皮卡", "Pick-up", "car", cast.town_root.pk, is_vehicle=True), by=by, now=MONDAY
    )
    incident, other = respond(cast, None), respond(cast, None)
    sent_out.send_out(incident_id=incident.pk, kind="vehicle", what="", item_id=item.pk, by=by, now=LATER)
    with pytest.raises(CannotAct) as refused:
        sent_out.send_out(incident_id=other.pk, kind="vehicle", what="", item_id=item.pk, by=by, now=LATER)
    assert refused.value.code == "out_already"


def test_time_runs_faster_in_a_table_top(cast: Cast) -> None:
    version = make_plan(cast)
    incident = call(cast, is_drill=True, pace=10)
    assert incident.code.startswith("D2026-")
    begun = activate(
        incident_id=incident.pk,
        decision=replace(decision(version), level=4),
        by=cast.actor(cast.mayor),
        now=LATER,
    )
    warn = Task.objects.get(incident=begun, code="warn")
    assert warn.due_at == LATER + timedelta(minutes=1)
    assert set(Alert.objects.filter(code="incident_role").values_list("is_drill", flat=True)) == {True}


@pytest.fixture
def cast() -> Cast:
    return make_cast()
