"""What may be answered, and what it means (pure)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from answerable.readiness.rounds import rules
from answerable.readiness.rounds.rules import CannotRound, Chase, Given
from answerable.readiness.rounds.template.catalogue import shipped_template

DAMS, VEHICLES = shipped_template("dams"), shipped_template("vehicles")
GOOD = {
    "level": Given("1.2"),
    "seepage": Given("none"),
    "cracks": Given("no"),
    "gate": Given("yes"),
    "power": Given("yes"),
    "spillway": Given("yes"),
    "ditches": Given("yes"),
    "stock": Given("200"),
}


def refused(given, file=DAMS) -> str:
    with pytest.raises(CannotRound) as refusal:
        rules.judged(file, given)
    assert "%(" not in str(refusal.value)
    return refusal.value.code


def test_a_round_in_order_finds_nothing():
    found = rules.judged(DAMS, GOOD)
    assert [one.question for one in found] == list(GOOD)
    assert not any(one.is_finding for one in found)


@pytest.mark.parametrize(
    ("question", "value", "is_finding"),
    [
        ("level", "0.5", False),
        ("level", "0，49", True),
        ("level", "０．４", True),
        ("level", "-0,1", True),
        ("level", "1e1", False),
        ("seepage", "muddy", True),
        ("cracks", "yes", True),
        ("gate", "no", True),
        ("stock", "199.9999", True),
    ],
)
def test_what_is_a_finding(question, value, is_finding):
    found = {one.question: one for one in rules.judged(DAMS, GOOD | {question: Given(value)})}
    assert found[question].is_finding is is_finding


@pytest.mark.parametrize(
    ("question", "given", "code"),
    [
        ("level", Given(""), "missing"),
        ("level", Given("deep"), "not_a_number"),
        ("level", Given("NaN"), "not_a_number"),
        ("level", Given("1e99"), "number_range"),
        ("seepage", Given("blood"), "not_a_choice"),
        ("gate", Given("maybe"), "not_yes_no"),
        ("nonsense", Given("1"), "unknown_question"),
        ("gate", Given("no", note="x" * 501), "too_long"),
        ("gate", Given("no", note="工人情绪激动"), "about_persons"),
        ("gate", Given("no", note="went inside the house"), "about_dwelling"),
        ("gate", Given("no", note="村民聚集讨说法"), "names_gathering"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence(question, given, code):
    assert refused(GOOD | {question: given}) == code


def test_a_measure_is_kept_as_it_was_and_the_limits_are_in_order():
    (level, *_rest) = rules.judged(DAMS, GOOD | {"level": Given("3,50")})
    assert (level.value, level.number) == ("3.5", Decimal("3.5"))


def test_a_review_from_the_desk_keeps_no_words():
    matters = shipped_template("open-matters")
    good = {"nobody": Given("0"), "stuck": Given("0"), "drafts": Given("yes"), "told": Given("yes")}
    assert not any(one.is_finding for one in rules.judged(matters, good))
    assert refused(good | {"nobody": Given("2", note="A-17")}, matters) == "no_words"


def wish(question, given, has_place=True, file=DAMS):
    return rules.wish_of(file, file.question(question), given, has_place=has_place)


def test_what_becomes_of_a_finding_is_the_templates_unless_somebody_chose():
    assert wish("gate", Given("no")).becomes == "repair"
    assert (wish("seepage", Given("muddy")).becomes, wish("seepage", Given("muddy")).wanted) == (
        "incident",
        "flood",
    )
    assert wish("seepage", Given("muddy", becomes="repair")).becomes == "repair"
    assert wish("gate", Given("no", becomes="case", subject="pipes")).wanted == "pipes"
    assert wish("gate", Given("no", becomes="incident", hazard="flood")).wanted == "flood"
    assert wish("seepage", Given("muddy"), has_place=False).becomes == "repair"


@pytest.mark.parametrize(
    ("given", "has_place", "code"),
    [
        (Given("no", becomes="scandal"), True, "becomes_unknown"),
        (Given("no", becomes="incident", hazard="gathering"), True, "hazard_missing"),
        (Given("no", becomes="incident", hazard="fire"), False, "place_missing"),
    ],
)
def test_no_finding_becomes_what_is_no_hazard(given, has_place, code):
    with pytest.raises(CannotRound) as refusal:
        wish("gate", given, has_place)
    assert refusal.value.code == code


def test_a_finding_is_reminded_of_and_late_once():
    due = date(2026, 3, 10)

    def todo(day, **told):
        return rules.chase(
            due, due + timedelta(days=day), **{"is_reminded": False, "is_late_told": False} | told
        )

    assert todo(-3) is Chase.NOTHING
    assert todo(-2) is todo(0) is Chase.REMIND
    assert todo(0, is_reminded=True) is Chase.NOTHING, "the last day is in time"
    assert todo(1, is_reminded=True) is Chase.LATE
    assert todo(9, is_late_told=True) is Chase.NOTHING


def test_nonsense_from_outside_is_no_answer():
    assert rules.facts_of(None) == rules.facts_of([1]) == rules.facts_of({"a": "yes"}) == {}
    assert rules.facts_of({"a": {"value": 3, "note": None}}) == {"a": Given("3")}
