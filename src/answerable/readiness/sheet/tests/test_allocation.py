"""Who answers for what, in as few lines as it takes: rules alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from answerable.readiness.sheet.allocation import Rule, best, groups

ROADS, WATER, VILLAGE = (10, 1), (11, 2), (12, 3)
#: Roads with lamps below it; pipes. A village with a hamlet in it; another village.
SUBJECTS = {1: (1,), 2: (1, 2), 3: (3,)}
PLACES = {7: (7,), 8: (7, 8), 9: (9,)}


def test_one_rule_for_everything_is_one_line():
    (everywhere,) = groups(SUBJECTS, PLACES, [Rule(None, None, ROADS)])
    assert (everywhere.places, [line.answer for line in everywhere.lines]) == ((), [ROADS])
    assert everywhere.lines[0].subjects == (1, 3)


def test_a_subject_below_stands_by_itself_only_where_somebody_else_answers():
    (everywhere,) = groups(SUBJECTS, PLACES, [Rule(None, None, ROADS), Rule(2, None, WATER)])
    assert [(line.subjects, line.answer) for line in everywhere.lines] == [((1, 3), ROADS), ((2,), WATER)]


def test_a_place_stands_with_what_is_different_there_and_nothing_else():
    found = groups(SUBJECTS, PLACES, [Rule(None, None, ROADS), Rule(3, 7, VILLAGE)])
    assert [group.places for group in found] == [(), (7,)]
    assert [(line.subjects, line.answer) for line in found[1].lines] == [((3,), VILLAGE)]


def test_what_lies_in_a_place_and_is_as_everywhere_is_named_too():
    found = groups(SUBJECTS, PLACES, [Rule(None, None, ROADS), Rule(3, 7, VILLAGE), Rule(3, 8, ROADS)])
    assert [group.places for group in found] == [(), (7,), (8,)]


def test_what_nobody_answers_for_is_said():
    (everywhere,) = groups(SUBJECTS, PLACES, [Rule(1, None, ROADS)])
    assert [(line.subjects, line.answer) for line in everywhere.lines] == [((1,), ROADS), ((3,), None)]


@given(
    st.lists(
        st.builds(
            Rule,
            st.sampled_from([None, *SUBJECTS]),
            st.sampled_from([None, *PLACES]),
            st.sampled_from([ROADS, WATER, VILLAGE]),
        ),
        max_size=8,
        unique_by=lambda rule: (rule.subject, rule.place),
    )
)
def test_every_pair_finds_on_the_sheet_whom_the_map_names(rules):
    """Read as a person reads it: from the nearest place outwards, in each the nearest subject that is named."""
    found = groups(SUBJECTS, PLACES, rules)
    for place, way in PLACES.items():
        read = [one for step in reversed(way) for one in found if step in one.places]
        for subject, path in SUBJECTS.items():
            rule = best(rules, path, way)
            assert _read([*read, found[0]], path) == (rule.answer if rule else None), (place, subject)


def _read(sheets, path):
    for group in sheets:
        answers = {pk: line.answer for line in group.lines for pk in line.subjects}
        named = next((step for step in reversed(path) if step in answers), None)
        if named is not None:
            return answers[named]
    raise AssertionError("nothing is said of it")
