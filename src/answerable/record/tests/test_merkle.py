"""The tree: RFC 6962, and no proof of what is not so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record import merkle
from answerable.record.merkle import ProofInvalid
from answerable.record.tests.trees import leaves_of, reader, slow_root

# The tree of the first implementations of RFC 6962: eight entries, and the root after each.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_other_implementations(size):
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]
    assert merkle.root_of(leaves).hex() == ROOTS[size]
    assert merkle.root_at(size, reader(leaves)).hex() == ROOTS[size]


def test_every_leaf_of_every_small_tree_is_proved_and_no_other():
    for size in range(1, 34):
        leaves = leaves_of(size)
        read, root = reader(leaves), slow_root(leaves)
        assert merkle.root_of(leaves) == merkle.root_at(size, read) == root
        for index in range(size):
            path = merkle.inclusion_path(index, size, read)
            assert len(path) == merkle.path_length(index, size)
            merkle.verify_inclusion(leaves[index], index, size, path, root)
            for other in range(size):
                if other != index:
                    with pytest.raises(ProofInvalid):
                        merkle.verify_inclusion(leaves[index], other, size, path, root)


def test_every_small_tree_extends_every_smaller_one():
    leaves = leaves_of(33)
    read = reader(leaves)
    roots = [slow_root(leaves[:size]) for size in range(34)]
    for size in range(34):
        for old in range(size + 1):
            path = merkle.consistency_path(old, size, read)
            merkle.verify_consistency(old, roots[old], size, roots[size], path)
            if 0 < old < size:
                for wrong in (old - 1, old + 1, size):
                    with pytest.raises(ProofInvalid):
                        merkle.verify_consistency(wrong, roots[old], size, roots[size], path)


@given(st.data())
def test_no_changed_path_proves_anything(data):
    size = data.draw(st.integers(2, 200))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    leaves = leaves_of(size)
    read, root, old_root = reader(leaves), slow_root(leaves), slow_root(leaves[:old])
    inclusion = merkle.inclusion_path(index, size, read)
    consistency = merkle.consistency_path(old, size, read)
    for path, prove in (
        (inclusion, lambda path: merkle.verify_inclusion(leaves[index], index, size, path, root)),
        (consistency, lambda path: merkle.verify_consistency(old, old_root, size, root, path)),
    ):
        prove(path)
        place = data.draw(st.integers(0, len(path) - 1))
        bit = data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(path[place], "big") ^ 1 << bit).to_bytes(32, "big")
        for wrong in (
            path[:place] + [flipped] + path[place + 1 :],
            path[:place] + path[place + 1 :],
            path[:place] + [path[place]] + path[place:],
            path[:place] + [path[place][:31]] + path[place + 1 :],
        ):
            with pytest.raises(ProofInvalid):
                prove(wrong)
        if path[::-1] != path:
            with pytest.raises(ProofInvalid):
                prove(path[::-1])


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [(0, 3, 1), (3, 3, 1), (3, 2, 0), (-1, 2, 0), (1, 2**63, 63), (1, 2, 0), (1, 2, 2)],
)
def test_a_consistency_proof_of_another_form_is_refused(old, size, path):
    leaves = leaves_of(3)
    root = slow_root(leaves[: max(old, 0)])
    with pytest.raises(ProofInvalid):
        merkle.verify_consistency(old, root, size, slow_root(leaves[: min(size, 3)]), [bytes(32)] * path)


def test_an_unchanged_size_needs_an_unchanged_root():
    merkle.verify_consistency(3, bytes(32), 3, bytes(32), [])
    with pytest.raises(ProofInvalid, match="inconsistent"):
        merkle.verify_consistency(3, bytes(32), 3, b"\x01" * 32, [])
    with pytest.raises(ProofInvalid, match="inconsistent"):
        merkle.verify_consistency(0, bytes(32), 3, b"\x01" * 32, [])


def test_there_is_no_path_beyond_the_tree():
    read = reader(leaves_of(3))
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="no such leaf"):
            merkle.inclusion_path(index, size, read)
        with pytest.raises(ProofInvalid, match="index_outside"):
            merkle.root_from_inclusion(bytes(32), index, size, [])
    with pytest.raises(ValueError, match="shrink"):
        merkle.consistency_path(4, 3, read)
