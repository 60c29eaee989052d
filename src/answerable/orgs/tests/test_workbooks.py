"""Workbooks that are damaged, locked, or far larger than their file."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from answerable.orgs.sheets import reading, shape
from answerable.orgs.sheets.reading import read_file

HEADS = ["username", "name_en"]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def people(rows: int = 400) -> Workbook:
    book = Workbook()
    book.active.title = "people"
    book.active.append(HEADS)
    for n in range(rows):
        book.active.append([f"u{n}", f"name {n * 7919}"])
    return book


def damaged() -> bytes:
    content = bytearray(saved(people()))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as packed:
        info = packed.getinfo("xl/worksheets/sheet1.xml")
    start = info.header_offset + 30 + len(info.filename) + 40
    for place in range(start, start + 40):
        content[place] ^= 0x5A
    return bytes(content)


def marked(at: tuple[int, int], value: int) -> bytes:
    """A workbook whose entries bear `value` where ZIP keeps flags (6, 8) or the method (8, 10)."""
    content = bytearray(saved(people()))
    for mark, offset in zip((b"PK\x03\x04", b"PK\x01\x02"), at, strict=True):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] = value
            place = content.find(mark, place + 4)
    return bytes(content)


def with_part(name: str, change) -> bytes:
    """A workbook, one part of which is changed as bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(people(3)))) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == name else content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
UNREADABLE = {
    "damaged": damaged,
    "locked": lambda: marked((6, 8), 1),
    "unknown method": lambda: marked((8, 10), 99),
    "cut off": lambda: with_part(SHEET, lambda content: content[: len(content) // 2]),
    "no cell": lambda: with_part(SHEET, lambda content: content.replace(b'r="B2"', b'r="??"')),
    "entities": lambda: with_part(
        SHEET, lambda content: b'<!DOCTYPE a [<!ENTITY b "b">]>' + content[content.find(b"<worksheet") :]
    ),
}


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_damaged_or_locked_workbook_gets_a_sentence(make):
    assert [fault.code for fault in read_file(make(), "o.xlsx").faults] == ["not_readable"]


@pytest.mark.parametrize("cell", ["XFD60", "XFD1048576", "A1048576", "CW2"])
def test_a_cell_far_out_gets_a_sentence_and_costs_no_memory(cell):
    book = people(3)
    book.active[cell] = "x"
    content = saved(book)
    tracemalloc.start()
    read = read_file(content, "o.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(fault.code, fault.facts["cell"]) for fault in read.faults] == [("too_far", cell)]
    assert cell in read.faults[0].sentence()
    assert peak < 20 << 20, f"{peak >> 20} MB"


def test_a_cell_that_is_only_coloured_is_no_cell():
    from openpyxl.styles import PatternFill

    book = people(3)
    for cell in ("XFD60", "A1048576"):
        book.active[cell].fill = PatternFill("solid", fgColor="FFFF00")
    read = read_file(saved(book), "o.xlsx")
    assert not read.faults
    assert [row.number for row in read.tables["people"]] == [2, 3, 4]


@pytest.mark.parametrize("content", [b"," * 3_000_000, b"\n" * 3_000_000], ids=["one line", "many lines"])
def test_commas_and_empty_lines_do_not_fill_the_memory(content):
    """Held as cells they were gigabytes; they are refused while they are read."""
    tracemalloc.start()
    found = read_file(content, "people.csv")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [fault.code for fault in found.faults] in (["too_big"], ["no_column"])
    assert most < 100 << 20


def test_more_elements_than_any_organisation_has_are_too_big(monkeypatch):
    monkeypatch.setattr(shape, "ELEMENTS", 100)
    assert [fault.code for fault in read_file(saved(people(200)), "o.xlsx").faults] == ["too_big"]


def test_elements_count_in_a_part_of_any_name(monkeypatch):
    """The workbook itself says which part holds its texts."""
    monkeypatch.setattr(shape, "ELEMENTS", 3000)
    out = io.BytesIO(saved(people(3)))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("xl/texts.bin", b"  <sst>" + b"<si/>" * 3000 + b"</sst>")
    assert [fault.code for fault in read_file(out.getvalue(), "o.xlsx").faults] == ["too_big"]


def test_a_tag_of_megabytes_is_too_big():
    """The parser began it anew with each piece: ninety megabytes took hours."""
    long = b'<sheetData x="' + b"a" * (2 << 20) + b'"'
    content = with_part(SHEET, lambda sheet: sheet.replace(b"<sheetData", long))
    assert [fault.code for fault in read_file(content, "o.xlsx").faults] == ["too_big"]


def test_one_text_in_every_cell_does_not_fill_the_memory(monkeypatch):
    """It lies in the workbook once: 150 KB became 650 MB and took minutes to clean."""
    monkeypatch.setattr(reading, "SIGNS", 1000)
    assert not read_file(saved(people(40)), "o.xlsx").faults
    assert [fault.code for fault in read_file(saved(people(200)), "o.xlsx").faults] == ["too_big"]


def test_a_sheet_that_lies_about_its_size_is_read_whole():
    content = with_part(SHEET, lambda sheet: sheet.replace(b'<dimension ref="A1:B4"', b'<dimension ref="A1"'))
    rows = read_file(content, "o.xlsx").tables["people"]
    assert [row.values["name_en"] for row in rows] == ["name 0", "name 7919", "name 15838"]


def test_rows_keep_their_numbers_across_gaps():
    book = people(1)
    book.active["A7"], book.active["B7"] = "late", "Late"
    assert [row.number for row in read_file(saved(book), "o.xlsx").tables["people"]] == [2, 7]
