"""Marks on a picture, as the page that checks it sends them: boxes in numbers, brush strokes as drawn. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from answerable.core.pixels import Box, Stroke
from answerable.core.sentences import N_, Said

MOST_BOXES = 60
MOST_STROKES = 60
MOST_POINTS = 4000
#: Of the picture. Whoever covers more of it destroys it, and says so with a reason instead.
MOST_COVERED = 0.75


class CannotMark(Said):
    """Marks that are not taken; nothing was changed."""

    sentences = {
        "no_boxes": N_(
            "Nothing is marked. Mark what must not be seen, or say that there is nothing to hide."
        ),
        "bad_boxes": N_(
            "The marks could not be read. Write each as four numbers from 0 to 100, in hundredths of the picture: "
            "from the left, from the top, width, height."
        ),
        "too_much": N_(
            "The marks cover %(percent)s %% of the picture, so that hardly anything would be left of it. Mark only what "
            "must not be seen; if that is nearly all, say that it is not to be shown, and why."
        ),
    }


@dataclass(frozen=True)
class Marks:
    """What is to be made unreadable. Empty: nothing is marked."""

    boxes: tuple[Box, ...] = ()
    strokes: tuple[Stroke, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.boxes or self.strokes)

    def __len__(self) -> int:
        return len(self.boxes) + len(self.strokes)


def typed(
    left: Sequence[str], top: Sequence[str], width: Sequence[str], height: Sequence[str], strokes: str = ""
) -> Marks:
    """The rows of the form, in hundredths of the picture, and what was drawn. Raises CannotMark("bad_boxes").

    A row that is empty says nothing; one that is half filled is a slip, and is not guessed at.
    """
    rows = [left, top, width, height]
    if len({len(row) for row in rows}) != 1 or len(left) > 2 * MOST_BOXES:
        raise CannotMark("bad_boxes")
    told = []
    for row in zip(*rows, strict=True):
        if any(number.strip() for number in row):
            told.append([_hundredths(number) for number in row])
    return Marks(tuple(boxes_of(told)), strokes_of(_json(strokes)))


def boxes_of(told: Any) -> list[Box]:
    """[[x, y, width, height], …] in fractions of the picture, cut to it. Raises CannotMark("bad_boxes")."""
    if not isinstance(told, list) or len(told) > MOST_BOXES:
        raise CannotMark("bad_boxes")
    found = []
    for one in told:
        if not _are_numbers(one, 4):
            raise CannotMark("bad_boxes")
        x, y = max(0.0, one[0]), max(0.0, one[1])
        width, height = min(1.0, one[0] + one[2]) - x, min(1.0, one[1] + one[3]) - y
        if width > 0 and height > 0:
            found.append(Box(x, y, width, height))
    return found


def strokes_of(told: Any) -> tuple[Stroke, ...]:
    """[[radius, [[x, y], …]], …] in fractions: the radius of the longer side. Raises CannotMark("bad_boxes")."""
    if not isinstance(told, list) or len(told) > MOST_STROKES:
        raise CannotMark("bad_boxes")
    found, points_left = [], MOST_POINTS
    for one in told:
        if not (isinstance(one, list) and len(one) == 2 and isinstance(one[1], list)):
            raise CannotMark("bad_boxes")
        radius, points = one
        points_left -= len(points)
        if points_left < 0 or not _are_numbers([radius], 1) or not all(_are_numbers(p, 2) for p in points):
            raise CannotMark("bad_boxes")
        if points and 0 < radius <= 0.5:
            found.append(Stroke(tuple((p[0], p[1]) for p in points), radius))
    return tuple(found)


def require_some_left(covered: float) -> None:
    """Raise CannotMark("too_much") where marks cover nearly all: that would destroy it under another name."""
    if covered > MOST_COVERED:
        raise CannotMark("too_much", percent=round(100 * covered))


def _are_numbers(told: Any, many: int) -> bool:
    return (
        isinstance(told, list)
        and len(told) == many
        # Nothing that is no number lies between these; of four hundred digits there is no float to ask.
        and all(type(n) in (int, float) and -1 <= n <= 2 for n in told)
    )


def _hundredths(typed: str) -> float:
    try:
        number = float(typed.strip().replace(",", ".").removesuffix("%"))
    except ValueError:
        raise CannotMark("bad_boxes") from None
    if not -100 <= number <= 200:
        raise CannotMark("bad_boxes")
    return number / 100


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        raise CannotMark("bad_boxes") from None
