"""Marks on a picture: typed and drawn ones are read alike, cut to the picture, and never cover nearly all of it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from answerable.core import images, marks
from answerable.core.marks import CannotMark
from answerable.core.pixels import Box, Stroke, covered
from tests.portraits import portrait


@pytest.mark.parametrize(
    ("told", "boxes"),
    [
        ([[0.1, 0.2, 0.3, 0.4]], 1),
        ([[-0.5, 0, 0.6, 0.5], [0.9, 0.9, 0.9, 0.9]], 2),
        ([[0.5, 0.5, 0, 0.2], [1.2, 0, 0.3, 0.3]], 0),
    ],
)
def test_boxes_are_cut_to_the_picture(told, boxes):
    found = marks.boxes_of(told)
    assert len(found) == boxes
    assert all(0 <= b.x <= 1 and 0 <= b.y <= 1 and b.x + b.width <= 1.0001 for b in found)


@pytest.mark.parametrize(
    "told",
    [
        None,
        "x",
        [[0, 0, 1]],
        [[0, 0, float("nan"), 1]],
        [[True, 0, 1, 1]],
        [[0] * 4] * 61,
        [[10**400, 0, 1, 1]],
    ],
)
def test_what_is_no_box_is_refused(told):
    with pytest.raises(CannotMark):
        marks.boxes_of(told)


@pytest.mark.parametrize(
    "told",
    [
        "x",
        "{}",
        "[1]",
        "[[0.1]]",
        '[[0.1, [["a", 0]]]]',
        "[[0.1, [[0, 0, 0]]]]",
        "[" * 9000,
        "[[NaN, [[0, 0]]]]",
    ],
)
def test_what_is_no_stroke_is_refused(told):
    with pytest.raises(CannotMark):
        marks.typed([], [], [], [], told)


def test_rows_are_hundredths_and_an_empty_one_says_nothing():
    found = marks.typed(["10", "", "1,5"], ["20%", " ", "2"], ["30", "", "3"], ["40", "", "4"])
    assert found.boxes[0] == Box(0.1, 0.2, pytest.approx(0.3), pytest.approx(0.4))
    assert len(found) == 2
    assert not marks.typed([""], [""], [""], [""])
    with pytest.raises(CannotMark):
        marks.typed(["10"], [""], ["30"], ["40"])
    with pytest.raises(CannotMark):
        marks.typed(["10", "2"], ["3"], ["30"], ["40"])


def test_how_much_is_covered_counts_what_lies_over_each_other_once():
    half = Box(0, 0, 0.5, 1)
    assert covered((800, 600), [half, half], []) == pytest.approx(0.5, abs=0.01)
    dot = Stroke(((0.75, 0.5),), 0.1)
    assert 0.5 < covered((800, 600), [half], [dot]) < 0.6
    marks.require_some_left(0.5)
    with pytest.raises(CannotMark, match="80"):
        marks.require_some_left(0.8)


def test_the_detector_proposes_where_a_face_is_and_says_nothing_else():
    data = io.BytesIO()
    portrait().save(data, "JPEG")
    found = images.propose(data.getvalue())
    assert found
    box = found[0]
    assert box.x < 0.45 < box.x + box.width
    assert box.y < 0.45 < box.y + box.height
    assert set(vars(box)) == {"x", "y", "width", "height"}


def test_the_detector_never_takes_the_page_with_it():
    assert images.propose(b"no picture") is None
    data = io.BytesIO()
    Image.new("L", (300, 200), 128).save(data, "PNG")
    assert images.propose(data.getvalue()) == []
    starved = images.Bounds(memory=64 << 20, cpu_s=2, wall_s=5)
    assert images.propose(data.getvalue(), starved) is None
