"""Sentences next to each other: a space between them, but none after a full-width mark, which brings its own.

Chinese is written so: “已收到。请……”, never “已收到。 请……”. What stands before the seam decides, not the language of the
page: a Chinese sentence may stand on an English page, and the other way round. Code joins by `in_a_row`. Templates need
nothing: the spaces between their parts are found when they are loaded (`folding.Loader`), and it is decided on each when a
page is made (`engine.Templates`). Spaces in what somebody typed are none of ours, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Stands for a space between two parts of a template. A control character: nothing that is typed holds it.
SEAM = "\x1f"
_WIDE = frozenset("。！？；：，、）》」』】")
_CLOSED = frozenset(f"</{name}>" for name in ("a", "b", "em", "i", "small", "span", "strong"))
#: Between two tags, of the template or of HTML: a dot or a bracket of the template's own keeps its spaces.
_SPACES = re.compile(r"(?:\A|(?<=>)) +(?=<|\Z)")


def in_a_row(sentences: Iterable[object]) -> str:
    """Sentences as one text; empty ones are left out."""
    return flowed(SEAM.join(filter(None, map(str, sentences))))


def with_seams(text: str) -> str:
    """A template's own text between two of its tags, with the seams marked. A break of the line is none."""
    return _SPACES.sub(SEAM, text)


def flowed(text: str) -> str:
    """The text with each seam as a space, or as nothing."""
    if SEAM not in text:
        return text
    parts = text.split(SEAM)
    found, before = [parts[0]], parts[0]
    for part in parts[1:]:
        found.append(part if _ends_wide(before) else " " + part)
        before = part or before  # where nothing stands between two seams, the earlier end counts
    return "".join(found)


def _ends_wide(text: str) -> bool:
    end = len(text)
    while end and text[end - 1] == ">":
        begin = text.rfind("<", 0, end)
        if text[begin:end] not in _CLOSED:
            return False
        end = begin
    return text[end - 1 : end] in _WIDE
