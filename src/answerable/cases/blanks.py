"""Blanks in a canned text, 〔日期〕 or [date]: those that the matter knows are filled in, none is sent as it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Signs of a paper such as 〔2026〕 are none: a blank names what belongs there.
_BLANK = re.compile(r"〔[^〕\d]{1,20}〕|\[[a-z][a-z ,/]{1,30}\]")


def blanks_in(text: str) -> list[str]:
    """The blanks that are still in a text, each once, in their order."""
    return list(dict.fromkeys(_BLANK.findall(text)))


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with the blanks filled in that are known by their names; the others stay, to be written by hand."""
    return _BLANK.sub(lambda blank: known.get(blank[0][1:-1]) or blank[0], text)
