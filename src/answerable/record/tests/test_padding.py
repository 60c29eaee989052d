"""Padding and growth, without a database: the arithmetic of ADR 0040, and trees that grow in any steps."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record.dummies import dummy_entry, dummy_opening
from answerable.record.growing import edge_of, grow
from answerable.record.merkle import entry, root_of
from answerable.record.padding import AGAIN, LEAST, noise, rounded
from answerable.record.tiles import HASH, tiles_for

ADR = Path(__file__).resolve().parents[4] / "docs" / "adr" / "0040-padding-of-publications.md"


@given(st.integers(0, 10**6))
def test_a_publication_adds_a_power_of_two_of_leaves(leaves):
    added = rounded(leaves)
    assert added >= max(LEAST, leaves)
    assert added.bit_count() == 1
    assert added < 2 * max(LEAST, leaves)


def test_a_coin_decides_how_many_dummies_stand_for_nobody():
    flips = iter([0.1, 0.69, 0.7])
    assert noise(lambda: next(flips)) == 2
    assert noise(lambda: 0.99) == 0


def chances(acts: int) -> dict[int, float]:
    found: dict[int, float] = {}
    for dummies in range(300):
        size = rounded(acts + dummies)
        found[size] = found.get(size, 0.0) + (1 - AGAIN) * AGAIN**dummies
    return found


@pytest.mark.parametrize("row", re.findall(r"^\| (\d+) \| (.*) \|$", ADR.read_text(encoding="utf-8"), re.M))
def test_the_decisions_table_is_what_the_rule_gives(row):
    acts, told = int(row[0]), [float(cell) for cell in row[1].split("|")]
    found = chances(acts)
    shares = [found.get(4, 0), found.get(8, 0), found.get(16, 0), sum(c for n, c in found.items() if n > 16)]
    assert shares == pytest.approx(told[:4], abs=0.0051)
    assert sum(size * chance for size, chance in found.items()) == pytest.approx(told[4], abs=0.051)


def test_a_dummy_opens_like_an_act_and_only_at_its_place():
    seed = b"s" * 32
    assert dummy_entry(seed, 1, 7) == entry(*dummy_opening(seed, 1, 7))
    assert len({dummy_entry(seed, epoch, n) for epoch in (1, 2) for n in range(50)}) == 100


@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_a_tree_that_grows_in_any_steps_has_the_tiles_and_the_root_of_one_made_at_once(steps):
    leaves = [hashlib.sha256(bytes([n % 256, n >> 8])).digest() for n in range(sum(steps))]
    size, stored, root = 0, {}, b""
    for step in steps:
        edge = {place: stored[place] for place in edge_of(size)}
        grown = grow(size, edge, leaves[size : size + step])
        stored |= grown.tiles
        size, root = size + step, grown.root
    assert root == root_of(leaves)
    assert {place: len(tile) for place, tile in stored.items()} == {
        (ref.level, ref.index): ref.width * HASH for ref in tiles_for(size)
    }
    assert b"".join(tile for (level, _index), tile in sorted(stored.items()) if level == 0) == b"".join(
        leaves
    )
