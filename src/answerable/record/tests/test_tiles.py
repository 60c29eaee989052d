"""Tiles: the paths and widths of the specification, and trees read back from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record import merkle, tiles
from answerable.record.tests.trees import leaves_of, reader, slow_root
from answerable.record.tiles import ENTRIES, TileInvalid, TileRef

PATHS = [
    (TileRef(0, 0), "tile/0/000"),
    (TileRef(0, 1234067), "tile/0/x001/x234/067"),
    (TileRef(0, 1234067, 5), "tile/0/x001/x234/067.p/5"),
    (TileRef(63, 999, 255), "tile/63/999.p/255"),
    (TileRef(1, 1000), "tile/1/x001/000"),
    (TileRef(ENTRIES, 7), "tile/entries/007"),
    (TileRef(ENTRIES, 1000000, 1), "tile/entries/x001/x000/000.p/1"),
]


@pytest.mark.parametrize(("ref", "path"), PATHS)
def test_paths_are_written_and_read_as_the_specification_says(ref, path):
    assert ref.path == path
    assert tiles.parse_path(path) == ref


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/00",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x001/x002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000.p",
        "tile/0/000/",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/entry/000",
        "tile/0/٠٠٠",
        "tile/0/../000",
        "tile/0/" + "x999/" * 7 + "999",
    ],
)
def test_a_path_written_otherwise_names_nothing(path):
    assert tiles.parse_path(path) is None


@given(st.integers(ENTRIES, 63), st.integers(0, merkle.MAX_SIZE), st.integers(1, 256))
def test_every_path_can_be_read_back(level, index, width):
    ref = TileRef(level, index, width)
    assert tiles.parse_path(ref.path) == ref


@pytest.mark.parametrize(
    ("level", "index", "width"), [(64, 0, 1), (-2, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_no_path_for_a_tile_that_no_tree_has(level, index, width):
    with pytest.raises(ValueError, match=r"tile|levels"):
        tiles.tile_path(level, index, width)


def test_the_tiles_of_a_tree_are_those_of_the_specifications_examples():
    of_70000 = list(tiles.tiles_for(70_000))
    assert [sum(ref.level == level and ref.width == 256 for ref in of_70000) for level in (0, 1, 2)] == [
        273,
        1,
        0,
    ]
    assert [ref for ref in of_70000 if ref.width < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tiles.tiles_for(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles.tiles_for(0)) == []
    assert tiles.partial_width(0, 70_000) == 112


@given(st.integers(0, 200_000), st.integers(0, 3000))
def test_new_tiles_are_those_that_were_not_there(old, more):
    before, after = set(tiles.tiles_for(old)), list(tiles.tiles_for(old + more))
    assert [ref for ref in after if ref not in before] == list(tiles.new_tiles(old, old + more))


def _stored(leaves: list[bytes]) -> dict[TileRef, bytes]:
    read, stored = reader(leaves), {}
    for ref in tiles.tiles_for(len(leaves)):
        first = ref.index * 256
        stored[ref] = b"".join(read(ref.level * 8, first + at) for at in range(ref.width))
    return stored


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700, 65_537])
def test_a_tree_is_read_from_exactly_its_tiles(size):
    leaves = leaves_of(size)
    stored = _stored(leaves)
    read = tiles.reader_of(lambda *ref: stored[TileRef(*ref)], size)
    direct = reader(leaves)
    assert merkle.root_at(size, read) == merkle.root_of(leaves)
    for index in {0, size // 3, size - 1}:
        assert merkle.inclusion_path(index, size, read) == merkle.inclusion_path(index, size, direct)
        assert merkle.consistency_path(index, size, read) == merkle.consistency_path(index, size, direct)
    with pytest.raises(ValueError, match="no such"):
        read(0, size)


def test_a_smaller_tree_can_be_read_from_a_larger_ones_tiles():
    leaves = leaves_of(700)
    stored = _stored(leaves)

    def cut(level: int, index: int, width: int) -> bytes:
        return next(data for ref, data in stored.items() if ref[:2] == (level, index))[: width * 32]

    assert merkle.root_at(300, tiles.reader_of(cut, 300)) == slow_root(leaves[:300])


@pytest.mark.parametrize("data", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_tile_of_another_length_is_refused(data):
    with pytest.raises(TileInvalid):
        tiles.decode_tile(data, 1)
    with pytest.raises(TileInvalid):
        tiles.reader_of(lambda *_: data, 1)(0, 0)


@given(st.lists(st.binary(max_size=40), max_size=256))
def test_a_bundle_gives_its_entries_back(entries):
    data = tiles.encode_bundle(entries)
    assert tiles.decode_bundle(data, len(entries)) == entries
    with pytest.raises(TileInvalid, match="truncated"):
        tiles.decode_bundle(data, len(entries) + 1)
    with pytest.raises(TileInvalid, match="too_long"):
        tiles.decode_bundle(data + b"\x00", len(entries))
    if entries:
        with pytest.raises(TileInvalid):
            tiles.decode_bundle(data[:-1], len(entries))


def test_an_entry_too_long_for_a_bundle_is_refused():
    assert tiles.decode_bundle(tiles.encode_bundle([bytes(65_535)]), 1) == [bytes(65_535)]
    with pytest.raises(TileInvalid, match="entry_too_long"):
        tiles.encode_bundle([bytes(65_536)])
