"""Which question comes next: tables and properties, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.cases.portal.flow import (
    DEPENDS,
    STEPS,
    Setting,
    answered,
    before,
    is_conduct,
    may_visit,
    next_step,
    path,
    place_of,
)

ONE = Setting(bodies=1, kinds=1)
MANY = Setting(bodies=2, kinds=3)

SHORTEST = {
    "who": {"who": "self"},
    "story": {"story": "x", "wants": ""},
    "danger": {"danger": "no"},
    "conduct": {"conduct": "no"},
    "subject": {"subject": 1, "more": False},
    "place": {"place": None, "more": False, "in_words": ""},
    "privacy": {"privacy": "anonymous"},
    "channel": {"channel": "none"},
    "files": {},
}


def told(*steps: str, **changed: dict) -> dict:
    answers: dict = {}
    for step in steps or SHORTEST:
        answers = answered(answers, step, changed.get(step, SHORTEST.get(step, {})))
    return answers


def test_the_shortest_way_asks_ten_things():
    assert path(told(), ONE) == [*SHORTEST, "check"]
    assert next_step(told(), ONE) == "check"


def test_bodies_and_kinds_are_asked_only_where_there_is_a_choice():
    assert path({}, ONE)[0] == "who"
    assert path({}, MANY)[0] == "body"
    assert "kind" in path({}, MANY)
    assert "kind" not in path(told(conduct={"conduct": "yes"}), MANY)


@pytest.mark.parametrize("said", ["yes", "unsure"])
def test_rule_05_not_sure_counts_as_yes(said):
    answers = told(conduct={"conduct": said})
    assert is_conduct(answers)
    assert next_step(answers, ONE) == "about"


@pytest.mark.parametrize(
    ("step", "value", "opens"),
    [
        ("danger", {"danger": "yes"}, "help"),
        ("subject", {"subject": 1, "more": True}, "topic"),
        ("place", {"place": 2, "more": True, "in_words": ""}, "spot"),
        ("privacy", {"privacy": "confidential"}, "name"),
        ("privacy", {"privacy": "open"}, "name"),
        ("channel", {"channel": "email"}, "reach"),
    ],
)
def test_an_answer_opens_the_question_behind_it(step, value, opens):
    assert next_step(told(**{step: value}), ONE) == opens


def test_similar_matters_are_shown_only_where_there_are_some_and_never_for_an_accusation():
    assert "similar" not in path(told() | {"similar": {"found": 0}}, ONE)
    assert next_step(told() | {"similar": {"found": 2}}, ONE) == "similar"
    accused = told(conduct={"conduct": "yes"}) | {"similar": {"found": 2}}
    assert "similar" not in path(accused, ONE)


def test_what_hung_on_another_answer_is_asked_again():
    answers = answered(told(channel={"channel": "email"}), "reach", {"reach": "a@example.org"})
    same = answered(answers, "channel", {"channel": "email"})
    assert "reach" in same
    changed = answered(answers, "channel", {"channel": "sms"})
    assert "reach" not in changed
    assert next_step(changed, ONE) == "reach"


def test_one_goes_back_freely_but_never_ahead():
    answers = told("who", "story")
    assert may_visit("who", answers, ONE)
    assert may_visit("danger", answers, ONE)
    assert not may_visit("privacy", answers, ONE)
    assert not may_visit("body", answers, ONE)
    assert before("danger", answers, ONE) == "story"
    assert before("who", answers, ONE) is None
    assert place_of("story", answers, ONE)[0] == 2


VALUES = {
    "conduct": st.fixed_dictionaries({"conduct": st.sampled_from(["yes", "no", "unsure"])}),
    "danger": st.fixed_dictionaries({"danger": st.sampled_from(["yes", "no"])}),
    "subject": st.fixed_dictionaries({"subject": st.integers(1, 3), "more": st.booleans()}),
    "place": st.fixed_dictionaries({"place": st.integers(1, 3), "more": st.booleans()}),
    "privacy": st.fixed_dictionaries({"privacy": st.sampled_from(["anonymous", "open", "confidential"])}),
    "channel": st.fixed_dictionaries({"channel": st.sampled_from(["none", "email", "post"])}),
}
GIVEN = st.lists(
    st.sampled_from(STEPS[:-1]).flatmap(
        lambda step: st.tuples(st.just(step), VALUES.get(step, st.just({step: "x"})))
    ),
    max_size=40,
)


@given(GIVEN, st.sampled_from([ONE, MANY]))
def test_whatever_is_answered_and_changed_the_form_comes_to_its_end(given_answers, setting):
    answers: dict = {}
    for step, value in given_answers:
        if may_visit(step, answers, setting):
            answers = answered(answers, step, value)
    for _ in range(len(STEPS) + 1):
        step = next_step(answers, setting)
        assert may_visit(step, answers, setting)
        if step == "check":
            return
        answers = answered(answers, step, SHORTEST.get(step, {step: "x"}))
    raise AssertionError("never came to the end")


def test_what_depends_comes_later():
    for step, others in DEPENDS.items():
        assert all(STEPS.index(other) > STEPS.index(step) for other in others)
