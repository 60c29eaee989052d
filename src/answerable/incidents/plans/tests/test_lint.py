"""Readiness: every missing point stands beside a sentence, and no area hides another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.plans import lint, lint_wording
from answerable.incidents.plans.catalogue import CODES, shipped_plan
from answerable.incidents.plans.lint import POINTS, Area, Facts, Held, Item, Reach, readiness
from answerable.incidents.plans.schema import PlanFile

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def adapted(code: str = "flood", **parts) -> PlanFile:
    """A shipped plan as a body has made it its own: every role with a post, a deputy and a verified contact."""
    data = shipped_plan(code).model_dump()
    for role in data["roles"]:
        role.update(post=f"town/{role['code']}", deputies=(f"town/{role['code']}-2",))
    for contact in data["contacts"]:
        contact.update(phone=contact["phone"] or "0539-1234567", verified_on=date(2026, 2, 1))
    return PlanFile.model_validate(data | parts)


def true_of(plan: PlanFile) -> Facts:
    """Everything is as the plan wants it."""
    refs = [ref for role in plan.roles for ref in (role.post, *role.deputies) if ref]
    return Facts(
        now=NOW,
        posts={ref: Held(ref, 1, Reach.PROVEN) for ref in refs},
        authorities=frozenset({"above"}),
        drilled_on=date(2026, 1, 5),
    )


def codes(plan: PlanFile, facts: Facts) -> dict[str, int]:
    return {one.code: one.points for one in readiness(plan, facts).findings}


def test_the_areas_make_a_hundred():
    assert sum(POINTS.values()) == 100
    assert set(lint_wording.AREAS) == set(Area)
    assert set(lint_wording.SENTENCES) == {*lint.BY_ROLE, *lint.WEIGHTS}


def test_a_plan_that_was_made_ones_own_is_ready():
    found = readiness(adapted(), true_of(adapted()))
    assert (found.score, found.findings) == (100, ())


@pytest.mark.parametrize("code", CODES)
def test_a_plan_that_was_only_copied_says_first_that_nobody_commands(code):
    plan = shipped_plan(code)
    found = readiness(plan, Facts(now=NOW))
    assert found.findings[0].code == "role_unfilled"
    assert found.findings[0].points == 20
    assert found.left(Area.PEOPLE) == 0
    assert found.left(Area.REACH) == 0
    assert found.score <= 25


def test_who_commands_weighs_most():
    plan, facts = adapted(), true_of(adapted())
    empty = {"town/commander", "town/commander-2"}
    posts = {k: replace(v, people=0) if k in empty else v for k, v in facts.posts.items()}
    assert codes(plan, replace(facts, posts=posts)) == {"role_unfilled": 20, "unreachable": 10}
    closed = {k: v for k, v in facts.posts.items() if k not in empty}
    found = readiness(plan, replace(facts, posts=closed)).findings
    assert [(one.code, one.points) for one in found] == [
        ("role_gone", 20),
        ("role_gone", 20),
        ("unreachable", 10),
    ]


def test_one_person_alone_is_no_safety_unless_somebody_backs_them():
    data = adapted().model_dump()
    for role in data["roles"]:
        role["deputies"] = ()
    plan = PlanFile.model_validate(data)
    found = readiness(plan, true_of(plan))
    lonely = {one.where for one in found.findings if one.code == "no_deputy"}
    assert not any("(commander)" in where or "(office)" in where for where in lonely)  # these are backed
    assert any("(evacuation)" in where for where in lonely)
    facts = true_of(plan)
    two = replace(facts, posts={k: replace(v, people=2) for k, v in facts.posts.items()})
    assert codes(plan, two) == {}


@pytest.mark.parametrize(
    ("reach", "code", "points"), [(Reach.NONE, "unreachable", 10), (Reach.STALE, "unverified", 4)]
)
def test_a_commander_of_whom_nothing_was_heard_for_90_days(reach, code, points):
    plan, facts = adapted(), true_of(adapted())
    silent = {"town/commander", "town/commander-2"}
    posts = {k: replace(v, reach=reach) if k in silent else v for k, v in facts.posts.items()}
    assert codes(plan, replace(facts, posts=posts)) == {code: points}


def test_whoever_is_on_duty_fills_a_role_at_night():
    data = adapted().model_dump()
    for role in data["roles"]:
        if role["code"] == "duty_officer":
            role.update(post=None, deputies=(), duty="room/lead")
    plan = PlanFile.model_validate(data)
    facts = true_of(plan)
    assert "role_gone" in codes(plan, facts)
    nobody = replace(facts, duties={"room/lead": Held("lead", 0)})
    assert codes(plan, nobody) == {"role_unfilled": 8, "unreachable": 5}
    there = replace(facts, duties={"room/lead": Held("lead", 2, Reach.PROVEN)})
    assert codes(plan, there) == {}


def test_steps_that_would_not_be_carried_out():
    data = adapted().model_dump()
    data["actions"] = [one for one in data["actions"] if 4 not in one["levels"]]
    data["actions"][0].update(check=None, role=None, target_min=43_200)
    for one in data["actions"]:
        one["needs"] = ()
    data["actions"][1]["needs"] = (data["actions"][0]["code"],)
    data["actions"][1]["levels"] = data["actions"][0]["levels"]
    plan = PlanFile.model_validate(data)
    assert codes(plan, true_of(plan)) == {
        "action_without_post": 2,
        "level_without_actions": 8,
        "empty_step": 2,
        "due_before_need": 1,
    }


def test_other_bodies_vehicles_and_practice():
    data = adapted().model_dump()
    data["contacts"][0].update(phone="")
    data["contacts"][1].update(silent_since=date(2026, 2, 20))
    data["contacts"][3].update(verified_on=date(2025, 11, 1))
    data["contacts"][2].update(phone="120", verified_on=None)  # answered at every hour
    data["resources"][0].update(standby="town/boat")
    data["resources"][1].update(standby="town/pump")
    data["resources"][2].update(standby="town/gone")
    plan = PlanFile.model_validate(data)
    facts = replace(
        true_of(plan),
        standby={
            "town/boat": Item("Boat", is_out_of_order=True),
            "town/pump": Item("Pump", is_unchecked=True),
        },
        drilled_on=date(2024, 12, 1),
        authorities=frozenset(),
    )
    found = codes(plan, facts)
    assert {"contact_without_number", "contact_silent", "recipient_gone", "contact_unverified"} <= set(found)
    assert {"resource_out", "resource_unchecked", "resource_gone"} <= set(found)
    assert found["drill_overdue"] == 6
    assert codes(plan, replace(facts, drilled_on=None))["drill_never"] == 10


@given(
    st.sampled_from(CODES),
    st.lists(st.sampled_from([Reach.PROVEN, Reach.STALE, Reach.NONE]), min_size=1, max_size=5),
    st.lists(st.integers(0, 2), min_size=1, max_size=5),
    st.none() | st.dates(date(2020, 1, 1), date(2026, 3, 1)),
)
def test_every_missing_point_is_explained(code, reaches, people, drilled_on):
    plan = adapted(code)
    facts = true_of(plan)
    posts = {
        ref: Held(ref, people[at % len(people)], reaches[at % len(reaches)])
        for at, ref in enumerate(facts.posts)
        if at % 7
    }
    found = readiness(plan, replace(facts, posts=posts, drilled_on=drilled_on))
    assert 0 <= found.score <= 100
    assert found.score == 100 - sum(one.points for one in found.findings)
    assert found.score == sum(found.left(area) for area in Area)
    assert all(found.left(area) >= 0 for area in Area)
    for one in found.findings:
        for language in ("zh-hans", "en"):
            assert "%(" not in lint_wording.what(one, language)
        assert lint_wording.remedy(one)
