"""What the lint is told of a body: posts, who is on duty, how they are reached, what stands by, drills."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from answerable.alerts.models import ContactPoint, Notice
from answerable.alerts.wording import notice
from answerable.duty.models import StandbyItem
from answerable.duty.tests.rooms import make_room
from answerable.incidents import checks
from answerable.incidents.models import Incident, PlanVersion
from answerable.incidents.plans import linting, nightly
from answerable.incidents.plans.catalogue import shipped_plan, shipped_text
from answerable.incidents.plans.lint import Reach
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.tests import scenes
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def plan(**commander) -> PlanFile:
    data = shipped_plan("flood").model_dump()
    data["roles"][0].update(commander)
    data["resources"][0].update(standby="roads/boat")
    return PlanFile.model_validate(data)


def test_a_post_is_as_reachable_as_the_best_of_those_who_hold_it(cast):
    one = plan(post="town/mayor", deputies=("roads/head", "nowhere/nobody"))
    facts = linting.facts_of(one, cast.town, MONDAY)
    assert set(facts.posts) == {"town/mayor", "roads/head"}
    assert (facts.posts["town/mayor"].people, facts.posts["town/mayor"].reach) == (1, Reach.NONE)
    way = ContactPoint.objects.create(
        staff=cast.mayor, way="sms", address="+8613900000000", made_at=MONDAY, verified_at=MONDAY
    )
    assert linting.facts_of(one, cast.town, MONDAY).posts["town/mayor"].reach is Reach.PROVEN
    later = MONDAY + timedelta(days=91)
    assert linting.facts_of(one, cast.town, later).posts["town/mayor"].reach is Reach.STALE
    way.failing_since = MONDAY
    way.save()
    assert linting.facts_of(one, cast.town, MONDAY).posts["town/mayor"].reach is Reach.NONE
    # Another body's post of the same name is none of this one's.
    assert linting.facts_of(one, cast.county, MONDAY).posts == {}


def test_a_role_on_duty_is_filled_by_whoever_stands_it_now(cast):
    room = make_room(cast)
    role = room.line.roles.order_by("position").first()
    one = plan(duty=f"{room.line.code}/{role.code}")
    at = room.line.shifts.order_by("from_at").first().from_at + timedelta(hours=1)
    held = linting.facts_of(one, cast.town, at).duties[f"room/{role.code}"]
    assert held.people >= 1
    assert linting.facts_of(one, cast.town, at + timedelta(days=400)).duties[f"room/{role.code}"].people == 0


def test_a_vehicle_out_of_order_and_one_not_looked_at(cast):
    item = StandbyItem.objects.create(unit=cast.roads, code="boat", name_en="Boat", checked_at=MONDAY)
    facts = linting.facts_of(plan(), cast.town, MONDAY)
    assert facts.standby["roads/boat"].is_out_of_order is facts.standby["roads/boat"].is_unchecked is False
    assert linting.facts_of(plan(), cast.town, MONDAY + timedelta(days=8)).standby["roads/boat"].is_unchecked
    item.state = StandbyItem.State.REPAIR
    item.save()
    assert linting.facts_of(plan(), cast.town, MONDAY).standby["roads/boat"].is_out_of_order


def test_check_names_the_plan_its_score_and_what_weighs_most(cast):
    version = scenes.plan_in_use(cast)
    with translation.override("en"):
        (fault,) = checks.check_plans()
    assert fault.code == "plan_not_ready"
    assert "“flood” is 23 of 100 ready. Nobody fills “Commander” now." in fault.sentence
    PlanVersion.objects.filter(pk=version.pk).update(state=PlanVersion.State.REPLACED)
    assert list(checks.check_plans()) == []


def test_the_last_drill_is_one_that_was_carried_out(cast):
    version = scenes.plan_in_use(cast)
    assert linting.drills_of([version.plan_id]) == {}
    scene = scenes.flood(cast, is_drill=True, plan_version=version)
    assert linting.drills_of([version.plan_id]) == {}
    Incident.objects.filter(pk=scene.incident.pk).update(
        activated_at=MONDAY, stood_down_at=MONDAY, state=Incident.State.STOOD_DOWN
    )
    assert linting.drills_of([version.plan_id]) == {version.plan_id: MONDAY.date()}
    assert shipped_text("flood") == version.text


def test_the_head_of_the_body_is_told_once_a_week_before_the_morning(cast):
    version = scenes.plan_in_use(cast)
    night = MONDAY + timedelta(hours=18)  # 04:00 in Shanghai
    assert nightly.tell_of_plans(MONDAY) == 0  # ten in the morning
    assert nightly.tell_of_plans(night) == 1
    (told,) = Notice.objects.filter(code="plan_not_ready")
    assert told.post_id == cast.post(cast.mayor).pk
    with translation.override("en"):
        assert notice(told.code, told.facts).startswith("The plan “flood” is 23 of 100 ready.")
    assert nightly.tell_of_plans(night + timedelta(days=1)) == 0
    assert nightly.tell_of_plans(night + timedelta(days=7)) == 1
    PlanVersion.objects.filter(pk=version.pk).update(state=PlanVersion.State.REPLACED)
    assert nightly.tell_of_plans(night + timedelta(days=14)) == 0
