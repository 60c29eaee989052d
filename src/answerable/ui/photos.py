"""What every page shares on which a photograph is checked: the marks it sends, and the rows that it is drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.core import marks
from answerable.core.marks import Marks
from answerable.core.pixels import Box

COLUMNS = ("left", "top", "width", "height")
#: Empty rows for whoever writes marks as numbers on a page without scripts.
SPARE_ROWS = 3


@dataclass(frozen=True)
class Checking:
    """The form: what stands in its rows, in hundredths of the picture, and what is said of the proposals."""

    rows: Sequence[dict[str, str]]
    strokes: str
    picture: str
    proposals: str
    said: str = ""


def marks_in(post: QueryDict) -> Marks:
    """What was marked. Raises CannotMark: bad_boxes."""
    left, top, width, height = (post.getlist(name) for name in COLUMNS)
    return marks.typed(left, top, width, height, post.get("strokes", ""))


def some_marks_in(post: QueryDict) -> Marks:
    """The same, for whoever wants something blurred. Raises CannotMark: bad_boxes, no_boxes."""
    found = marks_in(post)
    if not found:
        raise marks.CannotMark("no_boxes")
    return found


def checking(
    request: HttpRequest,
    *,
    picture: str,
    proposals: str,
    found: Sequence[Box] | None = None,
    asked: bool = False,
) -> Checking:
    """The form as it was sent, or with what the computer proposes where that was `asked` for, or empty."""
    rows: list[dict[str, str]] = []
    if request.method == "POST":
        columns = [request.POST.getlist(name)[: marks.MOST_BOXES] for name in COLUMNS]
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*columns, strict=False)]
    elif found:
        rows = [_row(box) for box in found]
    rows += [dict.fromkeys(COLUMNS, "")] * SPARE_ROWS
    said = proposal_words(found) if asked else ""
    return Checking(rows, request.POST.get("strokes", "")[:200_000], picture, proposals, said)


def proposals_answer(found: Sequence[Box] | None) -> JsonResponse:
    """What the page's script puts over the picture. Kept nowhere, and in no cache."""
    boxes = [[box.x, box.y, box.width, box.height] for box in found or ()]
    answer = JsonResponse({"boxes": boxes, "said": proposal_words(found)})
    answer["Cache-Control"] = "no-store"
    return answer


def proposal_words(found: Sequence[Box] | None) -> str:
    """How far the proposals can be trusted, as a sentence."""
    if found is None:
        return _("The computer can propose no marks here. Look at the whole picture yourself.")
    if not found:
        return _("The computer found nothing. It overlooks much: look at the whole picture yourself.")
    return ngettext(
        "The computer proposes %(n)s mark. It overlooks much and errs: look at the whole picture yourself, take away "
        "what is wrong, add what is missing.",
        "The computer proposes %(n)s marks. It overlooks much and errs: look at the whole picture yourself, take away "
        "what is wrong, add what is missing.",
        len(found),
    ) % {"n": len(found)}


def _row(box: Box) -> dict[str, str]:
    numbers: Any = (box.x, box.y, box.width, box.height)
    return {name: f"{100 * number:.1f}" for name, number in zip(COLUMNS, numbers, strict=True)}
