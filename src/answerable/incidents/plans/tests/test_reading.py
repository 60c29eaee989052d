"""A bad plan file is refused with line and field, in both languages, and nothing of it is used."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.incidents.plans.catalogue import shipped_text
from answerable.incidents.plans.faults import Fault, PlanFaults
from answerable.incidents.plans.reading import faults_in, read_plan
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.wording import SENTENCES, located, sentence

TEXT = shipped_text("crowd-safety")
FLOOD = shipped_text("flood")


def only(text: str | bytes) -> Fault:
    found = faults_in(text)
    assert len(found) == 1, [located(one) for one in found]
    return found[0]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def replaced(old: str, new: str, text: str = FLOOD) -> str:
    assert old in text
    return text.replace(old, new, 1)


# old text, new text, code, field
BROKEN = [
    ("retention_days: 180", "retention_dayz: 180", "unknown_field_near", "retention_dayz"),
    ("retention_days: 180", "retention_days: 180\nmood: fine", "unknown_field", "mood"),
    ("retention_days: 180", "retention_days: 180\nparticipants: []", "forbidden_field", "participants"),
    ("retention_days: 180", "retention_days: '180'", "should_be_number", "retention_days"),
    ("retention_days: 180", "retention_days: 18.5", "should_be_number", "retention_days"),
    ("retention_days: 180", "retention_days: 0", "too_small", "retention_days"),
    ("retention_days: 180", "retention_days: 5000", "too_great", "retention_days"),
    ("retention_days: 180", "retention_days:", "empty", "retention_days"),
    ("retention_days: 180", "retention_days: 1\nretention_days: 180", "duplicate_key", "retention_days"),
    ("retention_days: 180", "retention_days: &a 180", "anchor", "retention_days"),
    ("retention_days: 180", "retention_days: !!int 180", "tag", "retention_days"),
    ("retention_days: 180", "retention_days: 180\n---\na: b", "several_documents", ""),
    ("hazard: flood", "hazard: meteor", "unknown_choice", "hazard"),
    ("hazard: flood", "hazard: protest", "unknown_choice", "hazard"),
    ("answerable-plan/1", "answerable-plan/9", "unknown_format", "format"),
    ("is_commander: true", "is_commander: yes", "should_be_bool", "roles[1] (commander).is_commander"),
    ("is_commander: true", "is_commander: false", "no_commander", "roles"),
    ("places: []", "places: all", "should_be_list", "places"),
    ("places: []", "places: ['\\x00']", "bad_code", "places[1]"),
    ("    ask: 10", "    ask: 10\n    post: Mayor", "duplicate_key", "roles[1] (commander).post"),
    ("    post: null", "    post: the mayor", "bad_reference", "roles[1] (commander).post"),
    ("    backs: commander", "    backs: nobody", "no_such_role", "roles[2] (deputy_commander).backs"),
    ("    track: coordination", "    track: rumours", "no_such_track", "roles[3] (office).track"),
    ("code: call_watch_points", "code: verify_first_report", "duplicate_code", None),
    (
        "needs: [verify_first_report]",
        "needs: [nothing]",
        "no_such_action",
        "actions[6] (decide_evacuation).needs[1]",
    ),
    (
        "levels: [1, 2, 3, 4]",
        "levels: [1, 2, 3, 5]",
        "too_great",
        "actions[1] (verify_first_report).levels[4]",
    ),
    (
        "- level: 1\n      colour: red",
        "- level: 1\n      colour: blue",
        "wrong_colour",
        "scales.warning[1].colour",
    ),
    ("      raise_when: {zh: 堤坝", "      x: {zh: 堤坝", None, None),
    ('phone: "119"', "phone: 119", "should_be_text", "contacts[2] (fire_rescue).phone"),
    ("verified: ours", "verified: maybe", "unknown_choice", "reports[1] (phone_above).verified"),
    ("    within_min: 30\n", "", "report_without_time", "reports[1] (phone_above)"),
    ('{phone}。"', '{hone}。"', "unknown_place", "announce.lifted.zh"),
    ("names: {zh: 总指挥, en: Commander}", "names: {zh: 总指挥}", "missing", "roles[1] (commander).names.en"),
    (
        "names: {zh: 总指挥, en: Commander}",
        'names: {zh: 总指挥, en: " "}',
        "empty",
        "roles[1] (commander).names.en",
    ),
    ("names: {zh: 总指挥, en: Commander}", "names: boss", "should_be_table", "roles[1] (commander).names"),
]


@pytest.mark.parametrize(("old", "new", "code", "where"), BROKEN)
def test_what_is_wrong_is_named_with_its_line_and_field(old, new, code, where):
    text = replaced(old, new)
    found = faults_in(text)
    assert found
    assert all(1 <= one.line <= text.count("\n") + 1 for one in found)
    if code is not None:
        one = next(one for one in found if one.code == code)
        assert where is None or one.field == where
    for one in found:
        with translation.override("en"):
            english = located(one)
        with translation.override("zh-hans"):
            chinese = located(one)
        assert f"{one.line}" in english
        assert english != chinese
        assert "%(" not in english + chinese


def test_actions_that_wait_for_each_other_are_named_as_a_ring():
    text = replaced(
        "levels: [1, 2, 3, 4]\n    track: safety\n    role: duty_officer\n    target_min: 5",
        "levels: [1, 2, 3, 4]\n    needs: [report_above]\n    track: safety\n    role: duty_officer\n    target_min: 5",
    )
    one = only(text)
    assert one.code == "cycle"
    assert one.facts["ring"] == "verify_first_report → report_above → verify_first_report"
    assert one.line == line_of(text, "needs: [report_above]")


def test_a_level_that_is_not_on_the_scale():
    start, end = FLOOD.index("    - level: 4\n      names: {zh: 四级响应"), FLOOD.index("\ntracks:")
    found = {one.code for one in faults_in(FLOOD[:start] + FLOOD[end:])}
    assert found == {"level_off_scale"}


def test_two_versions_put_together_wrongly_are_named_as_such():
    text = replaced(
        "    target_min: 15\n",
        "<<<<<<< ours\n    target_min: 15\n=======\n    target_min: 20\n>>>>>>> theirs\n",
    )
    found = faults_in(text)
    assert [one.code for one in found] == ["conflict"] * 3
    assert found[0].line == line_of(text, "<<<<<<<")
    assert found[0].field == "actions[2] (call_watch_points).role"
    assert found[1].field == "actions[2] (call_watch_points).target_min"


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        (b"code: \xff", "not_utf8", 1),
        (FLOOD.encode("utf-16"), "not_utf8", 1),
        ("a: b\n\tc: d", "tab", 2),
        ("a: b\nc: \x00", "control", 2),
        ("a: \ud800", "not_utf8", 1),
        ("a: [1, 2", "not_yaml", 1),
        ("a: 'b", "not_yaml", 1),
        ("x" * 600_000, "too_large", 0),
        (b"x" * 600_000, "too_large", 0),
        ("[" * 100_000, "too_deep", 1),
        ("- " * 5_000, "too_deep", 1),
        # Small as a file, and half a minute of a server's time.
        ("[" + "1," * 60_000 + "1]", "too_many_values", 1),
        ("a: &a [x]\nb: [*a, *a]", "anchor", 1),
        ("? [a]\n: b", "bad_key", 1),
        ("", "empty_file", 0),
        ("# nothing\n", "empty_file", 0),
        ("- a", "no_table", 1),
    ],
)
def test_what_is_no_plan_at_all(source, code, line):
    one = only(source)
    assert (one.code, one.line) == (code, line)


def test_all_faults_are_told_at_once_in_the_order_of_the_lines():
    text = replaced("retention_days: 180", "retention_days: x").replace("hazard: flood", "hazard: x", 1)
    found = faults_in(text)
    assert [one.code for one in found] == ["unknown_choice", "should_be_number"]
    with pytest.raises(PlanFaults) as caught:
        read_plan(text)
    assert caught.value.faults == found


def test_a_byte_order_mark_is_no_fault():
    assert read_plan(TEXT.encode("utf-8-sig")) == read_plan(TEXT)


@settings(max_examples=40)
@given(st.text(max_size=60), st.integers(0, len(TEXT) - 1), st.integers(0, 40))
def test_whatever_is_typed_into_a_file_is_a_plan_or_a_list_of_sentences(typed, at, gone):
    source = TEXT[:at] + typed + TEXT[at + gone :]
    found = faults_in(source)
    assert found or isinstance(read_plan(source), PlanFile)
    for one in found:
        assert one.code in SENTENCES
        assert sentence(one)


# ---------------------------------------------------------------- rights


REFUSED = [
    ('en: "Open first-aid points and mark them"', None),
    ("names: {zh: 引导, en: Photograph those taking part}", "watches_people"),
    ("names: {zh: 核实参与者身份, en: Guide}", "watches_people"),
    ("names: {zh: 人脸识别, en: Guide}", "watches_people"),
    ("names: {zh: 掌握组织者和参与人员名单, en: Guide}", "watches_people"),
    ("names: {zh: 引导, en: Identify organisers}", "watches_people"),
    ("names: {zh: 引导, en: List of those present}", "watches_people"),
    ("names: {zh: 劝返, en: Guide}", "watches_people"),
    ("names: {zh: 驱散, en: Guide}", "forces_people"),
    ("names: {zh: 引导, en: Detain whoever does not leave}", "forces_people"),
    ("names: {zh: 处置静坐, en: Guide}", "names_gathering"),
    ("names: {zh: 引导, en: Meet the protesters}", "names_gathering"),
    ("names: {zh: 引导信教群众, en: Guide}", "sorts_people"),
]


@pytest.mark.parametrize(("names", "code"), REFUSED)
def test_rule_11_a_plan_identifies_photographs_and_lists_nobody(names, code):
    found = {
        one.code
        for one in faults_in(
            replaced(
                "names: {zh: 开救护点，标出位置, en: Open first-aid points and mark them}",
                names if names.startswith("names") else "names: {zh: 开救护点, " + names + "}",
                TEXT,
            )
        )
    }
    assert code in found if code else not found


@pytest.mark.parametrize(
    "field",
    [
        "participants",
        "organisers",
        "faces",
        "plates",
        "id_number",
        "relatives",
        "photo",
        "people",
        "watch_list",
    ],
)
def test_rule_11_there_is_no_field_for_people(field):
    found = faults_in(replaced("retention_days: 30", f"retention_days: 30\n{field}: []", TEXT))
    assert [one.code for one in found] == ["forbidden_field"]


@pytest.mark.parametrize(
    "names", ["{zh: 王先生, en: Mr Wang}", "{zh: 伤者家属, en: Ambulance}", "{zh: 急救, en: His wife}"]
)
def test_a_contact_is_never_a_private_person(names):
    text = replaced("names: {zh: 急救中心, en: Ambulance}", f"names: {names}", TEXT)
    assert "private_person" in {one.code for one in faults_in(text)}
