"""What a person may type, however strange, is printed: literally where it can be drawn, named where not."""

from __future__ import annotations

import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.ui.print import engine, render, text, words
from answerable.ui.print.tests.samples import bare, case_file, decision, read, words_of, work_list

MARKUP = r'<b>快</b> <script>x</script> #let x = 1 #panic("x") $a_1$ @ref *星* _下_ \ \u{41} `raw` = [x] // no /* no */ {{x}} ~ --'


def printed(asked: str) -> str:
    return words_of(render.case_file(case_file(asked=asked), "zh-hans"))


def test_markup_of_any_kind_is_printed_as_it_was_typed():
    assert bare(MARKUP) in printed(MARKUP)
    everywhere = render.decision_letter(
        decision(claim=MARKUP, legal_basis=(MARKUP,), in_one_sentence=MARKUP), "en"
    )
    assert words_of(everywhere).count("#panic") == 3


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a😀b", "a[grinningface]b"),
        ("🎉🎉🎉", "[partypopper×3]"),
        ("a\x00b", "a[U+0000]b"),
        ("a\u202eb\u2066c", "a[U+202E]b[U+2066]c"),
        ("a\ud800b", "a[U+D800]b"),
        ("สวัสดีครับ", "[Thai×10]"),
        ("e\u0301", "é"),
        ("👨\u200d👩", "[man][woman]"),
        ("\ue000", "[U+E000]"),
        ("𰻝 㐀 𠮷", "𰻝㐀𠮷"),
    ],
)
def test_what_cannot_be_drawn_is_named_where_it_stood(typed, shown):
    assert shown in bare(text.printable(typed))
    assert shown in printed("前" + typed + "后")


def test_line_ends_of_every_kind_become_line_feeds():
    assert text.printable("a\r\nb\rc\u2028d\x0be\tf") == "a\nb\nc\nd\ne    f"


def test_long_words_stay_on_the_page():
    word = "x" * 5000
    pdf = render.case_file(case_file(asked=word), "en")
    assert words_of(pdf).count("x") >= 5000
    for page in read(pdf).pages:
        width = []
        page.extract_text(
            visitor_text=lambda t, cm, tm, font, size, width=width: width.append(len(t.strip("\n")))
        )
        assert max(width) < 120


def test_long_word_in_a_narrow_cell_breaks():
    pdf = render.list_print(work_list(rows=(("y" * 300, "路灯"),)), "en")
    assert words_of(pdf).count("y" * 10) >= 10


@pytest.mark.parametrize(
    "asked",
    ["路灯不亮，老人摸黑。" * 10_000, "路灯\n" * 33_333, "street lamps, " * 7_200, "#$@*_\\" * 16_666],
    ids=["one paragraph", "many lines", "English", "special characters"],
)
def test_hundred_thousand_characters(asked):
    pages = read(render.case_file(case_file(asked=asked), "zh-hans")).pages
    assert len(pages) > 20


@pytest.mark.parametrize("first_last", text.CARRIED, ids=lambda pair: f"{pair[0]:04X}")
def test_every_range_said_to_be_carried_is_drawn(first_last):
    first, last = first_last
    letters = " ".join(chr(c) for c in range(first, last + 1))
    inputs = {"title": "t", **_list_of(letters)}
    pdf = engine._set(engine.TEMPLATES / "list.typ", _inputs(inputs), 0)
    assert pdf is not None


def test_what_trips_the_typesetter_is_printed_by_name_at_the_second_try(monkeypatch):
    """Say that a script is carried which is not: the first setting fails, the paper comes out all the same."""
    text._unprintable.cache_clear()
    monkeypatch.setattr(text, "CARRIED", (*text.CARRIED, (0x0E00, 0x0E7F)))
    try:
        assert "[Thai×10]" in printed("สวัสดีครับ")
    finally:
        text._unprintable.cache_clear()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(), max_size=60))
def test_any_text_gives_a_page(asked):
    assert render.case_file(case_file(asked=asked, subject=asked), "zh-hans").startswith(b"%PDF-1.7")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(categories=["L", "M", "N", "S", "P", "Z", "C"]), max_size=200))
def test_printable_is_stable(typed):
    once = text.printable(typed)
    assert text.printable(once) == once


def test_threads_print_side_by_side():
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(render.decision_letter(decision(), "zh-hans")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1


def _list_of(cell: str) -> dict:
    return {
        "body": {"name": "", "unit": "", "contact": []},
        "columns": [{"title": "t", "share": 1, "right": False}],
        "rows": [[cell]],
        "filters": [],
        "count": "1",
        "cut": "",
        "printed": "",
    }


def _inputs(data: dict) -> dict[str, str]:
    return {
        "lang": "en",
        "words": json.dumps(words.words("en")),
        "figures": "{}",
        "data": json.dumps(text.all_printable(data)),
    }
