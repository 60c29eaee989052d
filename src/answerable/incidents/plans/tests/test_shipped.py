"""The plans that ship: they can be read, are published as a schema, and hold what a duty officer needs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from answerable.incidents.hazards import HAZARDS
from answerable.incidents.plans.catalogue import CODES, FOLDER, shipped_plan, shipped_text
from answerable.incidents.plans.json_schema import json_schema
from answerable.incidents.plans.parts import TRACKS
from answerable.incidents.plans.rights import texts_of
from answerable.incidents.plans.yaml_tree import tree_of

DOCS = Path(__file__).resolve().parents[5] / "docs" / "reference"


def plain(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def test_every_file_in_the_folder_is_offered_under_its_own_code():
    assert sorted(entry.name for entry in FOLDER.iterdir()) == sorted(f"{code}.yaml" for code in CODES)
    assert [shipped_plan(code).code for code in CODES] == list(CODES)


def test_the_published_schema_is_the_one_in_use():
    published = (DOCS / "plan.schema.json").read_text(encoding="utf-8")
    assert published == json_schema(), "answerable plans schema > docs/reference/plan.schema.json"


@pytest.mark.parametrize("code", CODES)
def test_a_shipped_plan_is_valid_by_the_published_schema(code):
    schema = json.loads(json_schema())
    validator = jsonschema.Draft202012Validator(schema)
    data = plain(tree_of(shipped_text(code)).data)
    assert list(validator.iter_errors(data)) == []
    data["scales"]["response"][0]["level"] = 5
    assert list(validator.iter_errors(data))


@pytest.mark.parametrize("code", CODES)
def test_a_shipped_plan_is_one_to_work_from(code):
    plan = shipped_plan(code)
    assert plan.hazard in HAZARDS
    assert 15 <= len(plan.actions) <= 30
    assert len(plan.scales.event) == 4
    for step in plan.scales.response:
        tracks = {action.track for action in plan.actions_at(step.level)}
        assert tracks >= set(TRACKS), f"level {step.level}"
    assert all(action.check and action.role for action in plan.actions)
    assert {role.group for role in plan.roles} == {"leading", "office", "member"}
    assert any(role.backs == plan.commander.code for role in plan.roles)
    assert {role.track for role in plan.roles} >= set(TRACKS)
    assert {report.kind for report in plan.reports} == {"first_phone", "first_written", "follow_up", "final"}
    used = {action.role for action in plan.actions} | {step.role for step in plan.recovery}
    used |= {report.role for report in plan.reports}
    idle = {role.code for role in plan.roles if role.backs is None} - used
    assert not idle, "a role that does nothing"
    # It belongs to no body yet.
    assert all(role.post is None and role.duty is None and not role.deputies for role in plan.roles)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_are_written_as_themselves(code):
    for path, text in texts_of(shipped_plan(code)):
        han = any("\u4e00" <= sign <= "\u9fff" for sign in text)
        assert han is (path[-1] == "zh"), (path, text)


@pytest.mark.parametrize("code", CODES)
def test_what_an_action_needs_is_due_before_it(code):
    plan = shipped_plan(code)
    for action in plan.actions:
        assert all(plan.action(need).target_min <= action.target_min for need in action.needs), action.code


def test_rule_11_the_crowd_plan_is_about_room_and_listening():
    plan = shipped_plan("crowd-safety")
    words = " ".join(text for _path, text in texts_of(plan)).lower()
    for wanted in ("room", "exit", "water", "first aid", "receipt", "空间", "出口", "饮水", "救护", "回执"):
        assert wanted in words
    assert any("registered as a case" in action.names.en for action in plan.actions)
    for refused in ("photograph", "identif", "list of", "police presence", "人脸", "名单", "身份"):
        assert refused not in words
