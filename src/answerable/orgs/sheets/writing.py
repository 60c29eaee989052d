"""The organisation as a file: one workbook, or a ZIP with a CSV for each table. Heads are in the reader's language."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterator
from typing import Any

from answerable.core.workbooks import dress_heads, new_book
from answerable.orgs.sheets.cells import write_cell
from answerable.orgs.sheets.columns import TABLES, Table
from answerable.orgs.sheets.faults import shown
from answerable.orgs.sheets.snapshot import Snapshot, take_snapshot

BOM = "\ufeff"


def _lines(table: Table, taken: Snapshot, bodies: Collection[str] | None) -> Iterator[list[Any]]:
    for row in taken.rows[table.name].values():
        body = row.get("authority", row.get("code"))
        if bodies is None or table.name == "people" or body in bodies:
            yield [write_cell(column, row[column.head]) for column in table.columns]


def workbook(bodies: Collection[str] | None = None) -> bytes:
    """XLSX; `bodies` limits it to the authorities with these codes."""
    taken = take_snapshot()
    book = new_book()
    for table in TABLES.values():
        sheet = book.create_sheet(shown(table.name, is_table=True))
        heads = [shown(head) for head in table.heads]
        sheet.append(heads)
        # A Chinese sign is as wide as two letters.
        dress_heads(sheet, (max(12, len(head.encode("gb18030")) + 2) for head in heads))
        for line in _lines(table, taken, bodies):
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped_csv(bodies: Collection[str] | None = None) -> bytes:
    """ZIP of RFC 4180 files with a byte order mark, which spreadsheet programs need to read Chinese."""
    taken = take_snapshot()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for table in TABLES.values():
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow([shown(head) for head in table.heads])
            writer.writerows(_lines(table, taken, bodies))
            packed.writestr(f"{table.name}.csv", (BOM + text.getvalue()).encode())
    return out.getvalue()
