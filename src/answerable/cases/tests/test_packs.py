"""The shipped packs say what the rules say; a faulty pack is named fault by fault."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from answerable.cases.pack_checks import cross_faults, is_backbone
from answerable.cases.pack_types import EMPTY, Outcome
from answerable.cases.packs import FOLDER, Condition, PackError, all_packs, check_pack, load_pack, parse_pack

SHIPPED = {
    "generic", "cn-xinfang-2022", "cn-beijing-12345", "cn-jinan-2018", "cn-weifang-2021", "cn-guangdong",
    "in-cpgrams-2024", "eu-whistleblower-2019-1937", "eib-2018", "wb-project-example",
}  # fmt: skip
GENERIC = (FOLDER / "generic.toml").read_text(encoding="utf-8")


def faults(text: str) -> dict[str, str]:
    return {fault.field: fault.sentence for fault in check_pack(text)}


def changed(before: str, after: str) -> dict[str, str]:
    assert before in GENERIC
    return faults(GENERIC.replace(before, after, 1))


def test_all_packs_are_there_and_the_default_comes_first():
    assert set(all_packs()) == SHIPPED
    assert next(iter(all_packs())) == "generic"


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_every_shipped_pack_is_without_fault_and_speaks_both_languages(code):
    text = (FOLDER / f"{code}.toml").read_text(encoding="utf-8")
    assert check_pack(text) == []
    pack = load_pack(code)
    assert re.search(r"[\u4e00-\u9fff]", pack.title.zh)
    assert not re.search(r"[\u4e00-\u9fff]", pack.title.en)
    assert {notice.code for notice in pack.told} == {"higher_level", "ladder_ended"}
    assert any(notice.code == "no_retaliation" for notice in pack.rights_notice)
    assert any(kind.about_conduct for kind in pack.kinds), "rule 5 needs a kind to hang on"
    for notice in pack.told:
        for said in (notice.text.zh, notice.text.en):
            assert set(re.findall(r"{(\w+)}", said)) == (
                {"unit", "date"} if notice.code == "higher_level" else set()
            )


@pytest.mark.parametrize(
    ("pack", "step", "number", "span", "day_kind", "verified"),
    [
        ("cn-xinfang-2022", "route", 15, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "notice", 15, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "notice_transferred", 15, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "object", 5, "days", "working", "primary"),
        ("cn-xinfang-2022", "handle", 60, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "ask_review", 30, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "review", 30, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "ask_rereview", 30, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "rereview", 30, "days", "calendar", "primary"),
        ("cn-xinfang-2022", "settle", 90, "days", "calendar", "ours"),
        ("cn-jinan-2018", "answer", 5, "days", "working", "primary"),
        ("cn-weifang-2021", "answer", 5, "days", "working", "primary"),
        ("cn-guangdong", "answer_enquiry", 2, "days", "working", "secondary"),
        ("cn-guangdong", "answer_help", 10, "days", "working", "secondary"),
        ("cn-guangdong", "answer_complaint", 15, "days", "working", "secondary"),
        ("in-cpgrams-2024", "resolve", 21, "days", "calendar", "secondary"),
        ("in-cpgrams-2024", "review", 30, "days", "calendar", "secondary"),
        ("eu-whistleblower-2019-1937", "acknowledge", 7, "days", "calendar", "secondary"),
        ("eu-whistleblower-2019-1937", "feedback", 3, "months", "calendar", "secondary"),
        ("eib-2018", "acknowledge", 10, "days", "working", "secondary"),
        ("eib-2018", "answer", 40, "days", "working", "secondary"),
        ("wb-project-example", "log", 12, "hours", "calendar", "secondary"),
        ("wb-project-example", "attempt", 12, "hours", "calendar", "secondary"),
        ("wb-project-example", "resolve", 2, "weeks", "calendar", "secondary"),
        ("generic", "acknowledge", 2, "days", "working", "ours"),
        ("generic", "answer", 20, "days", "working", "ours"),
        ("generic", "review", 20, "days", "working", "ours"),
    ],
)
def test_the_numbers(pack, step, number, span, day_kind, verified):
    found = load_pack(pack).step(step)
    assert (found.number, found.span, found.day_kind, found.verified) == (number, span, day_kind, verified)


@pytest.mark.parametrize(
    ("pack", "step", "most"),
    [
        ("cn-xinfang-2022", "handle", 30),
        ("generic", "answer", 10),
        ("eib-2018", "answer", 100),
        ("eu-whistleblower-2019-1937", "feedback", 3),
    ],
)
def test_the_extensions(pack, step, most):
    rule = load_pack(pack).step(step).extension
    assert rule is not None
    assert (rule.max_number, rule.max_times, rule.approver_role, rule.notice) == (most, 1, "head", True)


def test_only_the_hearing_of_a_rereview_pauses_anything():
    pausing = {
        (pack.code, step.code): step.pauses
        for pack in all_packs().values()
        for step in pack.steps
        if step.pauses
    }
    assert pausing == {("cn-xinfang-2022", "rereview"): ("hearing",)}


#: What the office itself never does: the person's own acts, and a word that no page of the desk says.
NOT_ITS_OWN = {
    "case.told",
    "case.answered",
    "case.added_to",
    "case.solved_said",
    "case.unsolved_said",
    "case.rated",
}


def test_every_clock_of_an_office_is_met_by_something_that_an_office_does():
    """The call back of the hotline was met by the person's word alone: an office that called was late all the same."""
    for pack in all_packs().values():
        for step in pack.steps:
            assert step.whose == "person" or set(step.met_by) - NOT_ITS_OWN, (pack.code, step.code)


def test_the_first_receiver_in_beijing_stays_responsible():
    step = load_pack("cn-beijing-12345").step("respond")
    assert "case.passed_on" not in step.voided_by
    assert step.by_order


def test_the_days_to_object_end_where_the_matter_goes_on_whatever_the_pack_says():
    ends = {"case.transferred", "case.passed_on"}
    assert ends <= set(load_pack("cn-xinfang-2022").step("object").voided_by)
    assert not ends & set(load_pack("cn-xinfang-2022").step("settle").always_voided_by)


def test_the_ladder_of_the_petition_rules():
    pack = load_pack("cn-xinfang-2022")
    assert [rung.code for rung in pack.ladder] == ["handle", "review", "rereview"]
    above = pack.rung_above("handle")
    assert above is not None
    assert above.code == "review"
    assert pack.rung_above("rereview") is None
    assert pack.kind("accusation").about_conduct
    assert not pack.is_secondary
    assert load_pack("eib-2018").is_secondary


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_every_pack_has_a_clock_from_registration_to_decision(code):
    assert any(is_backbone(step) for step in load_pack(code).steps)


# ---- faults ----


@pytest.mark.parametrize(
    ("before", "after", "field", "word"),
    [
        ('code = "generic"', 'code = "Generic Pack"', "code", "no code"),
        ("version = 1", "version = 0", "version", "out of range"),
        ("version = 1", 'version = "1"', "version", "whole number"),
        ("version = 1", "version = true", "version", "whole number"),
        ("version = 1\n", "version = 1\nverison = 2\n", "verison", "misspelt"),
        ('verified = "ours"', 'verified = "surely"', "verified", "unknown"),
        ('verified = "ours"', 'verified = "primary"', "source", "where the rule can be read"),
        ('title = { zh = "通用程序", en = "General procedure" }', 'title = "General"', "title", "table"),
        ('title = { zh = "通用程序", en = "General procedure" }', 'title = { en = "General" }', "title", "both languages"),
        ('title = { zh = "通用程序", en = "General procedure" }', 'title = { zh = " ", en = "x" }', "title", "empty"),
        ('code = "complaint"', 'code = "request"', "kinds", "twice"),
        ("final = true", "final = false", "ladder[2] (review)", "final = true"),
        ('who = "handler"\n', 'who = "handler"\nfinal = true\n', "ladder[1] (handle)", "nobody can reach"),
        ('who = "level_above"', 'who = "handler"', "ladder[2] (review).who", "level above"),
        ('opened_by = ["case.review_asked"]', 'opened_by = ["case.asked"]', "ladder[2] (review)", "No step is opened"),
        ('opened_by = ["case.review_asked"]', "opened_by = []", "steps (review).opened_by", "never run"),
        ('met_by = ["case.review_decided"]', "met_by = []", "steps (review).met_by", "only run late"),
        ('met_by = ["case.review_decided"]', 'met_by = ["case.reveiw"]', "steps (review).met_by", "is no act"),
        ('met_by = ["case.review_decided"]', 'met_by = ["case.review_decided", "case.review_asked"]',
         "steps (review).met_by", "both opens and meets"),
        ('number = 2\nspan = "days"', 'number = 2\nspan = "hours"', "steps (acknowledge).day_kind", "Working days"),
        ('number = 2\nspan = "days"', 'number = 4000\nspan = "days"', "steps (acknowledge).number", "ten years"),
        ("number = 2\n", "number = -2\n", "steps[1] (acknowledge).number", "out of range"),
        ("number = 2\n", 'number = 2\ncondition = "sunny"\n', "steps (acknowledge).condition", "sunny"),
        ("number = 2\n", 'number = 2\ncondition = "kind:nope"\n', "steps (acknowledge).condition", "nope"),
        ("number = 2\n", 'number = 2\npauses = ["lunch"]\n', "steps (acknowledge).pauses", "lunch"),
        ("number = 2\n", 'number = 2\nverified = "primary"\n', "steps[1] (acknowledge).article", "which article"),
        ('voided_by = ["case.passed_on"]\nnumber = 20', 'voided_by = ["case.closed"]\nnumber = 20',
         "steps (answer).voided_by", "end its own clock"),
        ('opened_by = ["case.registered", "case.reopened", "case.withdrawal_undone"]', 'opened_by = ["case.accepted"]',
         "steps", "without any date"),
        ("number = 20\n", 'number = 20\ncondition = "reachable"\n', "steps", "without any date"),
        ("[lift]", "[lifted]", "lift", "missing"),
        ("met_by = [\"case.told\"", "met_by = [\"case.scolded\"", "lift.met_by", "is no act"),
        ("review = { zh", "rewiev = { zh", "remedies.review", "still do"),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_place(before, after, field, word):
    found = changed(before, after)
    assert field in found, found
    assert word in found[field]


PERSON = """
[[steps]]
code = "ask"
title = { zh = "请求", en = "Ask" }
whose = "person"
opened_by = ["case.decision_delivered"]
met_by = ["case.review_asked"]
number = 30
span = "days"
"""


@pytest.mark.parametrize(
    ("more", "field", "word"),
    [
        ("", "on_delivery", "proven delivery"),
        ('on_delivery = true\npauses = ["hearing"]', "pauses", "does not pause"),
        (
            'on_delivery = true\nextension = { max_number = 3, approver_role = "head" }',
            "extension",
            "office's limit",
        ),
    ],
)
def test_a_persons_window_is_the_persons(more, field, word):
    found = faults(GENERIC.replace("[lift]", f"{PERSON}{more}\n[lift]"))
    assert word in found[f"steps (ask).{field}"]


def test_a_persons_window_on_delivery_is_well():
    assert faults(GENERIC.replace("[lift]", f"{PERSON}on_delivery = true\n[lift]")) == {}


@pytest.mark.parametrize(
    "text", ["", "[[[", "code = ", "\x00", "a = 1\na = 2", "﻿", "x" * 600_000, "a=" + "[" * 5000]
)
def test_what_is_no_pack_at_all_gets_a_sentence(text):
    found = check_pack(text)
    assert found
    assert all(fault.sentence.endswith((".", "?")) for fault in found)


@pytest.mark.parametrize(
    "name", ["kinds", "steps", "ladder", "told", "rules", "lift", "remedies", "title", "note"]
)
@pytest.mark.parametrize("value", ["3", "[]", "[1]", '"x"', "{}", "true", "[[]]", "2020-01-01"])
def test_a_value_of_the_wrong_shape_never_breaks_the_check(name, value):
    kept = re.sub(rf"(?ms)^\[+{name}\]+.*?(?=^\[|\Z)", "", GENERIC)
    kept = re.sub(rf"(?m)^{name} = .*\n", "", kept)
    found = check_pack(f"{name} = {value}\n{kept}")
    assert all(fault.sentence for fault in found)


def test_an_unknown_or_faulty_pack_is_refused_with_a_sentence():
    with pytest.raises(PackError, match="no procedure pack “nope”.*generic"):
        load_pack("nope")
    with pytest.raises(PackError, match="“mine” cannot be used: version"):
        parse_pack(GENERIC.replace("version = 1", "version = 0"), "mine")


@pytest.mark.parametrize(
    ("text", "known", "holds"),
    [
        (None, {}, True),
        ("reachable", {"reachable": True}, True),
        ("not reachable", {"reachable": True}, False),
        ("reachable and not urgent", {"reachable": True, "urgent": False}, True),
        ("kind:help", {"kind": "help"}, True),
        ("not kind:help", {"kind": None}, True),
        ("kind:none", {"kind": None}, True),
        ("rung:review", {"rung": "handle"}, False),
    ],
)
def test_conditions(text, known, holds):
    assert Condition.parse(text).holds(known) is holds


@pytest.mark.parametrize(
    "text", ["sunny", "kind", "reachable:yes", "not", "reachable or urgent", "and", "kind:"]
)
def test_a_condition_outside_the_vocabulary_is_no_condition(text):
    with pytest.raises(ValueError, match=".*"):
        Condition.parse(text)


def test_a_review_has_outcomes_of_its_own_and_a_pack_without_them_works():
    xinfang = load_pack("cn-xinfang-2022")
    for rung in ("review", "rereview"):
        assert [o.code for o in xinfang.outcomes_at(rung)] == ["upheld", "changed", "revoked"]
    assert "supported" in {o.code for o in xinfang.outcomes_at("handle")}
    assert "upheld" not in {o.code for o in xinfang.outcomes_at("handle")}
    assert xinfang.paper("rereview").zh == "复核意见"
    assert load_pack("in-cpgrams-2024").paper("review").en == "appeal decision"
    plain = replace(xinfang, outcomes=tuple(o for o in xinfang.outcomes if not o.rungs))
    assert plain.outcomes_at("review") == plain.outcomes


def test_an_outcome_for_no_rung_and_a_rung_without_outcome_are_faults():
    xinfang = load_pack("cn-xinfang-2022")
    wrong = replace(xinfang, outcomes=(Outcome("upheld", EMPTY, ("review", "appeal")),))
    fields = [fault.field for fault in cross_faults(wrong)]
    assert "outcomes (upheld).rungs" in fields
    assert fields.count("outcomes") == 2
