"""The files that ship, what a file may say, and what a form writes (pure)."""

from __future__ import annotations

import pytest

from answerable.incidents.hazards import HAZARDS
from answerable.incidents.plans.faults import PlanFaults
from answerable.readiness.periods.rhythms import TOPICS
from answerable.readiness.rounds.template import wording
from answerable.readiness.rounds.template.catalogue import (
    CODES,
    NoSuchTemplate,
    shipped_templates,
    shipped_text,
)
from answerable.readiness.rounds.template.reading import faults_in, read_template
from answerable.readiness.rounds.template.writing import text_of_values, values_of

GOOD = """\
format: answerable-round/1
code: pumps
names: {zh: 泵站, en: Pumps}
purpose: {zh: 看泵, en: Look at the pump}
looks_at: place
questions:
  - code: runs
    ask: {zh: 转不转, en: Does it run?}
    kind: yes_no
    wrong: "no"
    finds: {names: {zh: 不转, en: Does not run}}
"""


def codes(text: str) -> list[str]:
    return sorted({fault.code for fault in faults_in(text)})


def test_ten_ship_in_both_languages_and_cover_every_topic_of_a_period():
    found = shipped_templates()
    assert len(found) == len(CODES) == 10
    assert {one.code for one in found.values()} == set(CODES)
    assert {one.topic for one in found.values()} - {None} == set(TOPICS)
    kinds = {question.kind for one in found.values() for question in one.questions}
    assert kinds == {"yes_no", "measure", "choice", "photograph", "note"}
    for one in found.values():
        hazards = {question.finds.hazard for question in one.questions if question.finds} - {None}
        assert hazards <= set(HAZARDS)
    with pytest.raises(NoSuchTemplate):
        shipped_text("../settings")


@pytest.mark.parametrize("code", ["dams", "building-sites", "open-matters"])
def test_written_out_of_its_values_a_template_is_the_same(code):
    file = shipped_templates()[code]
    assert read_template(text_of_values(values_of(file))) == file


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('    wrong: "no"\n', ""), "finds_never"),
        (("    finds: {names: {zh: 不转, en: Does not run}}\n", ""), "finds_missing"),
        (("kind: yes_no", "kind: measure"), "not_of_kind"),
        (("kind: yes_no", "kind: guess"), "unknown_choice"),
        (("looks_at: place", "looks_at: people"), "unknown_choice"),
        (("code: runs", "code: Runs!"), "bad_code"),
        (("format: answerable-round/1", "format: answerable-round/2"), "unknown_format"),
        (("questions:", "faces: 1\nquestions:"), "forbidden_field"),
        (("questions:", "hint: x\nquestions:"), "unknown_field"),
        (("en: Does not run}}", "en: Does not run}, becomes: incident}"), "missing"),
        (("en: Does not run}}", "en: Does not run}, within_days: 999}"), "too_great"),
        (("en: Does not run}}", "en: Does not run}, check_days: 0}"), "too_small"),
        (("en: Does it run?", 'en: ""'), "empty"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_a_sentence(change, code):
    assert faults_in(GOOD) == []
    text = GOOD.replace(*change)
    assert code in codes(text)
    assert all(wording.located(fault) for fault in faults_in(text))


MEASURE = GOOD.replace(
    'kind: yes_no\n    wrong: "no"', "kind: measure\n    unit: {zh: 米, en: m}\n    least: 1\n    most: 3"
)
CHOICE = GOOD.replace(
    'kind: yes_no\n    wrong: "no"',
    "kind: choice\n    choices:\n      - {code: a, names: {zh: 好, en: Good}}\n"
    "      - {code: b, names: {zh: 坏, en: Bad}, wrong: true}",
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MEASURE.replace("least: 1", "least: 4"), "limits_cross"),
        (MEASURE.replace("least: 1", "least: one"), "should_be_decimal"),
        (MEASURE.replace("    unit: {zh: 米, en: m}\n", ""), "missing"),
        (CHOICE.replace("code: b", "code: a"), "duplicate_code"),
        (CHOICE.replace("en: Good}}", "en: Good}, wrong: true}"), "all_wrong"),
        (CHOICE.replace("      - {code: a, names: {zh: 好, en: Good}}\n", ""), "too_few"),
        (GOOD + GOOD[GOOD.index("  - code") :], "duplicate_code"),
        (GOOD.replace("looks_at: place", "looks_at: matters\ntopic: dams"), "matters_have_no_topic"),
        (
            GOOD.replace("looks_at: place", "looks_at: matters").replace("run}}", "run}, becomes: case}"),
            "desk_mends",
        ),
        (
            GOOD.replace("looks_at: place", "looks_at: matters")
            + "  - {code: n, ask: {zh: 备注, en: Remarks}, kind: note}\n",
            "desk_keeps_no_words",
        ),
    ],
)
def test_parts_that_contradict_are_named(text, code):
    assert faults_in(MEASURE) == faults_in(CHOICE) == []
    assert code in codes(text)


def test_a_file_with_tricks_is_refused_as_plans_are():
    for text in ("a: &x [1]\nb: *x", "!!python/object:os.system x", "[" * 50, "\x00", "a: 1\na: 2", ""):
        with pytest.raises(PlanFaults):
            read_template(text)
