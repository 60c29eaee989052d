"""A plan edited in a form is written back without loss: what did not change stays to the letter."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from answerable.incidents.plans.catalogue import CODES, shipped_plan, shipped_text
from answerable.incidents.plans.faults import PlanFaults
from answerable.incidents.plans.reading import faults_of, read_plan
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.writing import new_text, write_plan


def changed(plan: PlanFile, **parts) -> PlanFile:
    return PlanFile.model_validate(plan.model_dump() | parts)


def role(plan: PlanFile, code: str, **parts) -> PlanFile:
    roles = [one.model_dump() | (parts if one.code == code else {}) for one in plan.roles]
    return changed(plan, roles=roles)


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]


def diff(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that are only in the one, and only in the other."""
    a, b = before.splitlines(), after.splitlines()
    return [line for line in a if line not in b], [line for line in b if line not in a]


@pytest.mark.parametrize("code", CODES)
def test_an_unchanged_plan_gives_the_identical_text(code):
    text = shipped_text(code)
    assert write_plan(read_plan(text), text) == text


@pytest.mark.parametrize("code", CODES)
def test_a_plan_without_a_file_gets_one(code):
    assert read_plan(new_text(shipped_plan(code))) == shipped_plan(code)


def test_one_changed_value_changes_one_line():
    text = shipped_text("flood")
    plan = role(shipped_plan("flood"), "commander", post="town-office/mayor")
    gone, come = diff(text, write_plan(plan, text))
    assert (gone, come) == ([], ["    post: town-office/mayor"])


def test_a_field_that_was_not_there_is_written_beside_its_neighbours():
    text = shipped_text("flood")
    plan = role(shipped_plan("flood"), "commander", deputies=("town-office/deputy", "works/head"))
    written = write_plan(plan, text)
    assert "    post: null\n    deputies: [town-office/deputy, works/head]\n    ask: 10\n" in written
    assert diff(text, written) == ([], ["    deputies: [town-office/deputy, works/head]"])


def test_in_a_line_of_braces_too():
    text = shipped_text("crowd-safety")
    written = write_plan(role(shipped_plan("crowd-safety"), "office", duty="room/lead", post="a/b"), text)
    assert "track: coordination, post: a/b, duty: room/lead, ask: 3}" in written


def test_removing_an_action_keeps_the_comment_above_it_and_every_other_line():
    text = shipped_text("flood").replace(
        "  - code: read_gauges", "  # The gauge at the bridge is the one that counts.\n  - code: read_gauges"
    )
    plan = read_plan(text)
    written = write_plan(changed(plan, actions=[a for a in plan.actions if a.code != "read_gauges"]), text)
    assert comments(written) == comments(text)
    gone, come = diff(text, written)
    assert come == []
    assert "  - code: read_gauges" in gone
    assert len(gone) <= 7


def test_a_new_action_stands_where_it_was_put_and_looks_like_its_neighbours():
    text = shipped_text("flood")
    plan = read_plan(text)
    new = plan.actions[0].model_copy(update={"code": "new_one"})
    written = write_plan(changed(plan, actions=[*plan.actions[:2], new, *plan.actions[2:]]), text)
    at = written.index("  - code: new_one\n    names: {")
    assert written.index("call_watch_points") < at < written.index("  - code: read_gauges")
    assert diff(text, written)[0] == []


def test_actions_put_in_another_order_take_their_comments_along():
    text = shipped_text("flood").replace(
        "  - code: read_gauges", "  # Gauges first.\n  - code: read_gauges  # of the river"
    )
    plan = read_plan(text)
    written = write_plan(changed(plan, actions=plan.actions[::-1]), text)
    assert [a.code for a in read_plan(written).actions] == [a.code for a in plan.actions[::-1]]
    assert "  # Gauges first.\n  - code: read_gauges  # of the river\n" in written
    assert sorted(written.splitlines()) == sorted(text.splitlines())


def test_an_action_that_is_renamed_is_the_same_action():
    text = shipped_text("flood").replace(
        "  - code: feed_and_relieve", "  # Hot food.\n  - code: feed_and_relieve"
    )
    plan = read_plan(text)
    actions = [
        a.model_copy(update={"code": "relief"}) if a.code == "feed_and_relieve" else a for a in plan.actions
    ]
    written = write_plan(changed(plan, actions=actions), text)
    assert diff(text, written) == (["  - code: feed_and_relieve"], ["  - code: relief"])


def test_a_list_may_become_empty_and_full_again():
    text = shipped_text("fire").replace("\ncontacts:\n", "\ncontacts:\n  # Who answers at night?\n")
    plan = read_plan(text)
    bare = changed(plan, contacts=[])
    without = write_plan(bare, text)
    assert "contacts: []\n" in without
    assert "# Who answers at night?" in without
    assert read_plan(write_plan(plan, without)) == plan


def test_texts_of_several_lines_stay_readable():
    text = shipped_text("flood")
    plan = read_plan(text)
    announce = plan.announce.model_dump()
    announce["activated"] = {"zh": "第一行\n第二行", "en": "one\ntwo: {place}"}
    written = write_plan(changed(plan, announce=announce), text)
    assert (
        "  activated:\n    zh: |-\n      第一行\n      第二行\n    en: |-\n      one\n      two: {place}\n"
        in written
    )


def test_a_warning_loses_and_gets_its_measures():
    text = shipped_text("school")
    plan = read_plan(text)
    scales = plan.scales.model_dump()
    scales["warning"][0]["measures"] = None
    without = write_plan(changed(plan, scales=scales), text)
    assert "measures: null" in without
    assert read_plan(write_plan(plan, without)) == plan


def test_files_with_dos_line_ends_keep_them():
    text = shipped_text("flood").replace("\n", "\r\n")
    plan = role(read_plan(text), "office", deputies=("a/b",))
    written = write_plan(plan, text)
    assert written.count("\n") == written.count("\r\n") == text.count("\n") + 1


def test_a_plan_that_is_none_is_not_written():
    plan = shipped_plan("flood")
    with pytest.raises(PlanFaults):
        write_plan(role(plan, "commander", is_commander=False), shipped_text("flood"))


# ---------------------------------------------------------------- whatever is edited

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"], exclude_characters="\ufeff{}"),
    min_size=1,
    max_size=30,
).filter(str.strip)
texts = st.one_of(words, st.lists(words, min_size=2, max_size=3).map("\n".join))
both = st.fixed_dictionaries({"zh": words, "en": words})
posts = st.from_regex(r"[a-z]{1,8}/[a-z0-9-]{1,8}", fullmatch=True)
contacts = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
            "names": both,
            "phone": st.sampled_from(
                ["", "119", "0539 - 1", "#1", "true", "null", "1e3", "2026-01-01", ": a"]
            ),
            "verified_on": st.none() | st.dates(date(2000, 1, 1), date(2099, 1, 1)),
        }
    ),
    max_size=4,
    unique_by=lambda one: one["code"],
)


@st.composite
def edits(draw):
    """A plan that ships, as somebody may have edited it in a form."""
    code = draw(st.sampled_from(["flood", "crowd-safety"]))
    plan = shipped_plan(code)
    data = plan.model_dump()
    roles = draw(st.permutations(data["roles"]))
    for one in draw(st.lists(st.sampled_from(roles), max_size=3, unique_by=lambda role: role["code"])):
        one.update(
            post=draw(st.none() | posts), deputies=tuple(draw(st.lists(posts, unique=True, max_size=2)))
        )
        one.update(task=draw(both))
    data["roles"] = roles
    actions = [one for one in data["actions"] if draw(st.booleans()) or not one["needs"]]
    there = {one["code"] for one in actions}
    for one in actions:
        one["needs"] = tuple(need for need in one["needs"] if need in there)
    data["actions"] = actions
    data["contacts"] = [*data["contacts"], *draw(contacts)] if draw(st.booleans()) else draw(contacts)
    data["contacts"] = list({one["code"]: one for one in data["contacts"]}.values())
    for report in data["reports"]:
        report["recipient"] = "authority:above"
    data["announce"]["advice"] = {"zh": draw(texts), "en": draw(texts)}
    data["places"] = draw(st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), unique=True, max_size=3))
    data["drill"]["every_months"] = draw(st.integers(1, 60))
    return code, data


# Without shrinking: one example costs a tenth of a second, and the first that fails says enough.
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(edits())
def test_whatever_is_edited_is_read_again_and_no_comment_is_lost(edited):
    code, data = edited
    text = shipped_text(code)
    plan = PlanFile.model_validate(data)
    assume(not faults_of(plan))  # by chance a word that sorts people
    written = write_plan(plan, text)
    assert read_plan(written) == plan
    kept = iter(written.splitlines())
    assert all(
        any(line == one.rstrip() for one in kept) for line in re.findall(r"^ *#.*$", text, re.MULTILINE)
    )
    assert write_plan(plan, written) == written
    assert read_plan(write_plan(shipped_plan(code), written)) == shipped_plan(code)
