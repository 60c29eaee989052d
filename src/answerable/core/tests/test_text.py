"""Text from outside: storable, honest to look at, harmless in a spreadsheet and on a disk."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from answerable.core import text

anything = st.text(alphabet=st.characters(), max_size=400)  # surrogates included


@pytest.mark.parametrize(
    ("given_text", "kept", "changes"),
    [
        ("路灯坏了。", "路灯坏了。", set()),
        ("a\x00b\x07c", "abc", {"invisible"}),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour", set()),
        ("tab\tstays", "tab\tstays", set()),
        ("x\ud800y", "x\ufffdy", {"broken"}),
        ("\ud83d\ude00", "\U0001f600", set()),
        ("evil\u202etxt.exe", "eviltxt.exe", {"direction"}),
        ("\u2067iso\u2069", "iso", {"direction"}),
        ("ئۇيغۇر\u200f!", "ئۇيغۇر\u200f!", set()),
        ("می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧", set()),
        ("e\u0301 ①Ａ", "\u00e9 ①Ａ", set()),
        ("\ufeffbom zero\u200bwidth \U000e0041", "bom zerowidth", {"invisible"}),
        ("\ufdd0\uffff", "\ufffd\ufffd", {"broken"}),
        ("<script>alert(1)</script> & 'x'", "<script>alert(1)</script> & 'x'", set()),
        ("  gaps  ", "gaps", set()),
    ],
)
def test_only_what_cannot_be_kept_goes_and_it_is_said(given_text: str, kept: str, changes: set[str]) -> None:
    cleaned = text.clean(given_text)
    assert cleaned.text == kept
    assert cleaned.changes == changes
    assert changes <= set(text.CHANGES)


@given(anything)
def test_cleaned_text_can_be_stored_everywhere_and_stays_as_it_is(raw: str) -> None:
    kept = text.clean(raw).text
    assert "\x00" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert json.loads(json.dumps(kept)) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert text.clean(kept) == text.Cleaned(kept)


def test_a_hundred_thousand_characters_fit_and_one_more_is_answered() -> None:
    assert len(text.clean("字" * 100_000).text) == 100_000
    with pytest.raises(text.CannotKeep) as refused:
        text.clean("字" * 100_001)
    assert refused.value.code == "too_long"
    assert "100001" in str(refused.value)
    assert "Nothing is lost" in str(refused.value)


def test_a_line_is_one_line() -> None:
    assert text.clean_line("a\n b\t\tc\u3000d").text == "a b c d"
    with pytest.raises(text.CannotKeep, match="fit here"):
        text.clean_line("x" * 301)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "+86 10", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u3000=1", "＝1+1", "＋1", "－1", "＠x",
        "\x00=1", "=cmd|'/c calc'!A1", '=HYPERLINK("http://x")',
    ],
)  # fmt: skip
def test_no_cell_begins_a_formula(cell: str) -> None:
    safe = text.spreadsheet_safe(cell)
    assert safe.startswith("'")
    assert text.spreadsheet_safe(safe) == safe


def test_harmless_cells_and_numbers_pass_as_they_are() -> None:
    for value in ("路灯", "a=b", "", 5, -5, 2.5, None, True, date(2026, 1, 1)):
        assert text.spreadsheet_safe(value) == value
    assert len(text.spreadsheet_safe("x" * 40_000)) == text.CELL_LIMIT


@given(st.lists(anything, min_size=1, max_size=5))
def test_any_text_travels_through_csv_and_a_workbook_without_becoming_a_formula(cells: list[str]) -> None:
    safe = [text.spreadsheet_safe(cell) for cell in cells]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(safe)
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert row == safe
    book = Workbook()
    assert book.active is not None
    book.active.append(safe)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    sheet = load_workbook(file).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("照片.JPG", "照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\scan.pdf", "scan.pdf"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("a\x00b\nc.txt", "ab_c.txt"),
        ("gpj\u202egnp.exe", "gpjgnp.exe"),
        ('a"b;c$d`e.txt', "a_b_c_d_e.txt"),
        ("trailing. . ", "trailing"),
        ("no extension here. really long ending", "no extension here. really long ending"),
    ],
)
def test_a_file_name_is_one_everywhere(name: str, kept: str) -> None:
    assert text.safe_filename(name) == kept


@given(anything)
def test_any_file_name_is_made_safe_and_stays_so(name: str) -> None:
    safe = text.safe_filename(name)
    assert safe
    assert safe not in {".", ".."}
    assert not set(safe) & set('/\\\x00\r\n"<>|:*?%')
    assert not safe.startswith((".", " "))
    assert len(safe.encode()) <= text.FILENAME_BYTES
    assert text.safe_filename(safe) == safe


def test_a_long_name_keeps_its_extension() -> None:
    safe = text.safe_filename("名" * 300 + ".pdf")
    assert safe.endswith(".pdf")
    assert len(safe.encode()) <= text.FILENAME_BYTES
