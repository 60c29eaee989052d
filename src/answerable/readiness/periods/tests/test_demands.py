"""What the leader's page reckons: each demand met, missing or ahead, in words, and where it is mended."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import translation

from answerable.alerts.models import ContactPoint
from answerable.duty.models import StandbyItem
from answerable.duty.tests.rooms import at, make_room, put
from answerable.incidents.models import Drill, Incident
from answerable.incidents.tests.responses import make_plan
from answerable.orgs.models import Place
from answerable.readiness.periods import checks, looking, services, sources
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.looking import How, Looked
from answerable.readiness.periods.models import Demand, Period, SurpriseCall
from answerable.readiness.periods.rhythms import Of
from answerable.readiness.periods.sources import Came
from answerable.readiness.periods.tests.scenes import DAILY, announced, planned

pytestmark = pytest.mark.django_db(transaction=True)


def only(period: Period, now) -> Looked:
    """The one demand of a period as it stands."""
    with translation.override("en"):
        (found,) = looking.look_at(Period.objects.get(pk=period.pk), now=now)
    return found


def duty_of(room, count: int = 1) -> Ask:
    return Ask(Demand.Kind.DUTY, line_id=room.line.pk, role_id=room.staff.pk, count=count)


def test_more_on_duty_is_missing_until_somebody_stands_there_already_before_it_is_announced(cast):
    room = make_room(cast, days=10)
    period = planned(cast, duty_of(room))
    found = only(period, at(-1))
    assert found.how is How.MISSING
    assert found.said.startswith("240 h of duty are missing.")
    assert found.url == f"/desk/duty/lines/{room.line.pk}/coverage"
    for day in range(10):
        put(room.shift(day), room.staff, room.watch[6 + day % 2])
    assert only(period, at(-1)).how is How.MET


def test_what_lies_beyond_the_rosters_is_ahead_and_not_missing(cast):
    room = make_room(cast)
    period = planned(cast, duty_of(room), from_at=at(40), until_at=at(50))
    assert only(period, at(-1)).how is How.AHEAD
    assert only(period, at(30)).how is How.MISSING


def test_another_period_that_asks_for_more_is_named(cast):
    room = make_room(cast)
    flood = announced(cast, duty_of(room))
    announced(cast, duty_of(room, 3), kind="typhoon", from_at=at(2), until_at=at(4))
    assert only(flood, at(1)).note == "“Typhoon or storm” asks for more at the same time, and that counts."


@pytest.mark.parametrize(
    ("fields", "how", "said"),
    [
        ({"checked_at": at(-2)}, How.MET, "Ready"),
        ({"checked_at": at(-9)}, How.MISSING, "Nobody has looked at it since"),
        ({}, How.MISSING, "Nobody has looked at it yet"),
        ({"checked_at": at(-2), "state": "repair"}, How.MISSING, "out of order"),
        ({"checked_at": at(-2), "state": "out"}, How.MET, "Ready"),
        (
            {"checked_at": at(-2), "reserved_for": "展会", "reserved_until": at(3)},
            How.MISSING,
            "reserved for 展会",
        ),
        ({"checked_at": at(-2), "closed_on": at(-1).date()}, How.MISSING, "not on standby any more"),
    ],
)
def test_what_stands_by_is_ready_looked_at_and_not_reserved(cast, fields, how, said):
    item = StandbyItem.objects.create(unit=cast.town_root, code="pump", name_zh="水泵", name_en="Pump")
    period = planned(cast, Ask(Demand.Kind.STANDBY, item_id=item.pk))
    StandbyItem.objects.filter(pk=item.pk).update(**fields)
    found = only(period, at(-1))
    assert (found.how, said in found.said) == (how, True), found.said


def test_a_drill_counts_that_was_done_in_time_and_one_that_is_planned_is_ahead(cast):
    version = make_plan(cast)
    period = planned(cast, Ask(Demand.Kind.DRILL, plan_id=version.plan_id, within_days=30))
    found = only(period, at(-1))
    assert (found.how, found.said) == (How.MISSING, "It was never drilled.")
    assert "of 100 ready" in found.note
    drill = Drill.objects.create(
        authority=cast.town, plan=version.plan, planned_on=at(5).date(), planned_by=cast.mayor
    )
    assert "after the beginning" in only(period, at(-1)).said
    Drill.objects.filter(pk=drill.pk).update(planned_on=at(-1).date())
    assert only(period, at(-1)).how is How.AHEAD
    practised = Incident.objects.create(
        authority=cast.town, unit=cast.town_root, code="2026-009", hazard="flood", title="演练", what="演练",
        is_drill=True, plan_version=version, reported_at=at(-1), stood_down_at=at(-1), state="stood_down",
        reported_by=cast.clerk,
    )  # fmt: skip
    assert only(period, at(0)).how is How.MET
    Incident.objects.filter(pk=practised.pk).update(stood_down_at=at(-40))
    assert only(period, at(0)).said.startswith("A drill is planned") or only(period, at(0)).how is How.AHEAD


def test_a_rhythm_is_counted_by_whoever_reports_and_not_by_the_period(cast, monkeypatch):
    period = announced(cast)
    assert only(period, at(-1)).how is How.AHEAD
    assert only(period, at(1)).said == "It holds by itself until the period ends."
    monkeypatch.setitem(
        sources._SOURCES, Of.REPORTS, lambda period, topic, now: Came(6, 4, 2, "/desk/reports/")
    )
    found = only(period, at(1))
    assert (found.how, found.said, found.url) == (
        How.MISSING,
        "Late: 2. Of 6 due since the beginning, 4 came.",
        "/desk/reports/",
    )


def test_roll_calls_are_shown_with_what_came_of_them_and_never_with_what_comes(cast):
    room = make_room(cast)
    ask = Ask(
        Demand.Kind.ROLL_CALLS, line_id=room.line.pk, count=2, between_from=time(8), between_until=time(22),
        answer_within_min=10,
    )  # fmt: skip
    period = announced(cast, ask)
    assert only(period, at(-1)).how is How.AHEAD
    row = Demand.objects.get(period=period)
    SurpriseCall.objects.create(demand=row, on=at(1).date(), at=at(1, 3), asked=3, in_time=3)
    assert only(period, at(2)).how is How.MET
    SurpriseCall.objects.create(demand=row, on=at(2).date(), at=at(2, 3), asked=3, in_time=1)
    found = only(period, at(3))
    assert (found.how, "2 did not answer in time" in found.said) == (How.MISSING, True)
    # Everything on the page lies before now.
    assert all(call.at <= at(3) for call in found.calls)


def test_whether_people_can_be_reached_is_a_number_and_no_name(cast):
    room = make_room(cast)
    period = planned(cast, Ask(Demand.Kind.CONTACTS))
    found = only(period, at(-1))
    assert found.how is How.MISSING
    for one in [*room.leaders, *room.watch]:
        assert one.name_en not in found.said
    assert "no way" in found.said
    assert not ContactPoint.objects.exists()


def test_a_place_that_was_closed_is_named_first_until_a_leader_says_where(cast):
    period = announced(cast, DAILY, place_ids=(cast.village.pk,))
    Place.objects.filter(pk=cast.village.pk).update(closed_on=at(1).date())
    with translation.override("en"):
        first, *_rest = looking.look_at(Period.objects.get(pk=period.pk), now=at(1))
    assert (first.kind, first.how) == ("place", How.MISSING)
    assert first.url == f"/desk/periods/{period.pk}/places"


def test_check_names_a_period_that_runs_without_what_it_demands(cast, monkeypatch):
    item = StandbyItem.objects.create(unit=cast.town_root, code="pump", name_zh="水泵", name_en="Pump")
    announced(cast, Ask(Demand.Kind.STANDBY, item_id=item.pk))
    with translation.override("en"):
        monkeypatch.setattr(checks.clock, "now", lambda: at(-1))
        assert list(checks.check_periods()) == []
        monkeypatch.setattr(checks.clock, "now", lambda: at(1))
        (fault,) = checks.check_periods()
    assert fault.code == "period_missing"
    assert "“Flood season” (Town) runs. Not met of its demands: 1." in fault.sentence
    assert "Pump stands by: Nobody has looked at it yet." in fault.sentence
    StandbyItem.objects.update(checked_at=at(1))
    assert list(checks.check_periods()) == []


def test_what_is_taken_out_is_looked_at_no_more(cast):
    period = announced(cast)
    (row,) = period.demands.all()
    services.remove_demand(
        period_id=period.pk, demand_id=row.pk, why="不再需要。", by=cast.actor(cast.mayor),
        seen_version=period.version, now=at(-1) + timedelta(hours=1),
    )  # fmt: skip
    assert looking.look_at(Period.objects.get(pk=period.pk), now=at(1)) == []
