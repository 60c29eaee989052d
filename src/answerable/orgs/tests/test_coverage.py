"""Uncovered pairs, against asking for each pair by itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.orgs.coverage import Hole, holes

TREE = {1: [1], 2: [1, 2], 3: [1, 3], 4: [4]}


def test_a_rule_for_any_and_any_leaves_no_hole():
    assert list(holes(TREE, TREE, [(None, None)])) == []


def test_a_subject_open_everywhere_is_named_once_without_its_parts():
    assert list(holes(TREE, TREE, [(4, None)])) == [Hole(1)]


def test_every_place_left_out_is_named_the_upper_ones_first():
    places = {11: [10, 11], 10: [10], 20: [20]}
    assert list(holes({1: [1]}, places, [(1, 20)])) == [Hole(1, (10, 11), without_place=True)]


def test_all_places_covered_one_by_one_still_leaves_no_place():
    assert list(holes({1: [1]}, {10: [10]}, [(1, 10)])) == [Hole(1, (), without_place=True)]


@settings(max_examples=100, deadline=None)
@given(
    st.sets(
        st.tuples(
            st.one_of(st.none(), st.sampled_from([*TREE])), st.one_of(st.none(), st.sampled_from([*TREE]))
        )
    )
)
def test_a_pair_is_in_a_hole_exactly_when_no_rule_fits(rules):
    found = list(holes(TREE, TREE, rules))
    touched = {None, *TREE} if any(s is None for s, _ in rules) else {n for s, _ in rules for n in TREE[s]}

    def parts_open(whole, path):
        return whole in path and whole not in touched

    for subject, path in TREE.items():
        for place, steps in [*TREE.items(), (None, list[int]())]:
            covered = any((s is None or s in path) and (p is None or p in steps) for s, p in rules)
            named = any(
                (not h.without_place and (h.subject == subject or parts_open(h.subject, path)))
                or (h.subject == subject and h.without_place and (place is None or place in h.places))
                for h in found
            )
            assert named is not covered
