"""From a file to plain rows. Nothing is looked up here; every cell that is not what its column wants is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from answerable.core.workbooks import broken, open_book, open_zip
from answerable.orgs.sheets.cells import CannotRead, read_cell
from answerable.orgs.sheets.columns import TABLES, Column, Table
from answerable.orgs.sheets.faults import SheetFault
from answerable.orgs.sheets.names import head_named, table_named
from answerable.orgs.sheets.shape import COLUMNS, LAST_ROW, Shape, TooMuch, shapes

FILE_MB = 10
UNPACKED_MB = 100
ROWS = 20_000
FAULTS = 500
#: Signs in all cells together. One text of a workbook may stand in every cell: a few kilobytes would fill the memory.
SIGNS = 25_000_000


@dataclass(frozen=True)
class Row:
    """`values` by head, only for the columns that the file has; `number` as the spreadsheet counts."""

    number: int
    values: dict[str, Any]


@dataclass
class Read:
    tables: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[SheetFault] = field(default_factory=list)
    signs: int = 0


@dataclass(frozen=True)
class _Cell:
    value: Any
    fault: str = ""


def read_file(content: bytes, name: str, tables: Mapping[str, Table] = TABLES) -> Read:
    """Read XLSX, a ZIP of CSV files, or one CSV that bears its table's name. Never raises for what is in it.

    Where `tables` is a single one, a lone sheet is that one whatever its name.
    """
    read = Read()
    if len(content) > FILE_MB << 20:
        read.faults.append(SheetFault("too_big", facts={"limit": FILE_MB}))
        return read
    try:
        for sheet, lines, shape in _sheets(content, name, tables):
            _read_table(read, sheet, lines, shape, tables)
    except TooMuch:
        read.faults.append(SheetFault("too_big", facts={"limit": UNPACKED_MB}))
    except broken():
        read.faults.append(SheetFault("not_readable"))
    if not read.faults and not any(read.tables.values()):
        code, known = ("only_heads", read.tables) if read.tables else ("empty_file", tables)
        read.faults.append(SheetFault(code, facts={"known": ", ".join(known)}))
    if len(read.faults) > FAULTS:
        read.faults[FAULTS:] = [SheetFault("too_many_faults", facts={"limit": FAULTS})]
    return read


Lines = Iterable[list[_Cell]]


def _sheets(content: bytes, name: str, tables: Mapping[str, Table]) -> Iterator[tuple[str, Lines, Shape]]:
    lone = next(iter(tables)) if len(tables) == 1 else ""
    if not content.startswith(b"PK"):
        yield lone or PurePath(name).stem.lower(), _csv_lines(content), Shape()
        return
    with open_zip(content) as packed:
        if sum(info.file_size for info in packed.infolist()) > UNPACKED_MB << 20:
            raise TooMuch
        if "[Content_Types].xml" not in packed.namelist():
            for info in packed.infolist():
                if info.filename.lower().endswith(".csv"):
                    stem = PurePath(info.filename).stem.lower()
                    yield stem, _csv_lines(packed.read(info)), Shape()
            return
        found = shapes(packed)
    book = open_book(content)
    sheets: list[Any] = book.worksheets
    for sheet in sheets:
        shape = found[sheet._worksheet_path]
        title = lone if lone and len(sheets) == 1 else sheet.title.strip().lower()
        yield title, _lines(sheet, shape), shape


def _lines(sheet: Any, shape: Shape) -> Lines:
    """The rows as far as something stands in them, whatever the sheet says of its own size."""
    if not shape.rows:
        return
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=shape.rows, max_col=shape.columns):
        yield [_from(cell) for cell in row]


def _from(cell: Any) -> _Cell:
    if cell.data_type == "f":
        return _Cell(None, "formula")
    if cell.data_type == "e":
        return _Cell(cell.value, "error_cell")
    return _Cell(cell.value)


def _csv_lines(content: bytes) -> Lines:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")  # what Chinese editions of spreadsheet programs write
    if "\0" in text:
        raise ValueError("NUL in a text file")
    # Line by line: ten megabytes of commas held as cells would be gigabytes.
    for number, line in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
        if number > LAST_ROW or len(line) > COLUMNS:
            raise TooMuch
        yield [_Cell(value) for value in line]


def _read_table(read: Read, sheet: str, lines: Lines, shape: Shape, tables: Mapping[str, Table]) -> None:
    sheet = table_named(sheet)
    table = tables.get(sheet)
    if table is None:
        facts = {"known": ", ".join(tables)}
        read.faults.append(SheetFault("unknown_table", sheet, facts=facts))
        return
    if shape.merged:
        read.faults.append(SheetFault("merged", sheet, facts={"cells": ", ".join(shape.merged)}))
        return
    if shape.far:
        far = {"cell": shape.far, "columns": COLUMNS, "last": LAST_ROW}
        read.faults.append(SheetFault("too_far", sheet, facts=far))
        return
    numbered = enumerate(lines, 1)
    columns = _heads(read, table, next(numbered, (1, []))[1])
    rows = read.tables.setdefault(sheet, [])
    if columns is None:
        return
    for number, line in numbered:
        if all(not cell.fault and _is_blank(cell.value) for cell in line):
            continue
        read.signs += sum(len(cell.value) for cell in line if isinstance(cell.value, str))
        if read.signs > SIGNS:
            raise TooMuch
        if len(rows) >= ROWS:
            read.faults.append(SheetFault("too_many_rows", sheet, number, facts={"limit": ROWS}))
            return
        row = _row(read, table, columns, number, line)
        if row is not None:
            rows.append(row)
        if len(read.faults) > FAULTS:
            return


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _heads(read: Read, table: Table, line: list[_Cell]) -> list[Column | None] | None:
    columns: list[Column | None] = []
    found: set[str] = set()
    before = len(read.faults)
    for cell in line:
        head = head_named(str(cell.value or "").strip().lower(), table)
        if not head:
            columns.append(None)
            continue
        if head not in table.heads:
            facts = {"head": head[:60], "known": ", ".join(table.heads)}
            read.faults.append(SheetFault("unknown_column", table.name, 1, facts=facts))
            continue
        if head in found:
            read.faults.append(SheetFault("twice_column", table.name, 1, head))
        found.add(head)
        columns.append(table.column(head))
    for head in table.key:
        if head not in found:
            read.faults.append(SheetFault("no_column", table.name, 1, head))
    return columns if len(read.faults) == before else None


def _row(
    read: Read, table: Table, columns: list[Column | None], number: int, line: list[_Cell]
) -> Row | None:
    values: dict[str, Any] = {}
    before = len(read.faults)
    cells = [*line, *[_Cell(None)] * (len(columns) - len(line))]
    for column, cell in zip(columns, cells, strict=False):
        if column is None:
            continue
        if cell.fault:
            facts = {"value": cell.value}
            read.faults.append(SheetFault(cell.fault, table.name, number, column.head, facts))
            continue
        try:
            values[column.head] = read_cell(column, cell.value)
        except CannotRead as refusal:
            facts = refusal.facts
            read.faults.append(SheetFault(refusal.code, table.name, number, column.head, facts))
    return Row(number, values) if len(read.faults) == before else None
