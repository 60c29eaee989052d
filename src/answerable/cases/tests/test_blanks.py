"""Blanks of canned texts."""

from __future__ import annotations

import pytest

from answerable.cases.blanks import blanks_in, filled


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("由〔单位〕在〔日期〕前答复，也可打〔电话〕。", ["〔电话〕"]),
        ("[office] answers by [date], or ring [telephone] or [telephone].", ["[telephone]"]),
        ("见信处〔2026〕3号，第[2]页。", []),
    ],
)
def test_what_is_known_is_filled_in_and_the_rest_is_named(text, left):
    known = {"单位": "水利站", "日期": "3月9日", "电话": "", "office": "Water", "date": "9 March"}
    assert blanks_in(filled(text, known)) == left
