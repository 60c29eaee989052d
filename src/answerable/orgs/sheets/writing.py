"""The organisation as a file: one workbook, or a ZIP with a CSV for each table. Heads are the pages' words, in the reader's
language; instants are local time of their body, to the minute wherever the minute says which.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from answerable.core.workbooks import dress_heads, new_book
from answerable.orgs.sheets.cells import write_cell
from answerable.orgs.sheets.columns import TABLES, Table
from answerable.orgs.sheets.instants import minute_of, to_the_minute, written_instant
from answerable.orgs.sheets.names import head_shown, table_shown
from answerable.orgs.sheets.snapshot import Snapshot, take_snapshot

BOM = "\ufeff"


def _lines(table: Table, taken: Snapshot, bodies: Collection[str] | None) -> Iterator[list[Any]]:
    write = _write_instants(taken) if table.name == "appointments" else _write
    for row in taken.rows[table.name].values():
        body = row.get("authority", row.get("code"))
        if bodies is None or table.name == "people" or body in bodies:
            yield write(table, row)


def _write(table: Table, row: dict[str, Any]) -> list[Any]:
    return [write_cell(column, row[column.head]) for column in table.columns]


def _write_instants(taken: Snapshot) -> Callable[[Table, dict[str, Any]], list[Any]]:
    """Rows of appointments. Those of a post at which two begin in one minute, or one ends in the minute of its beginning,
    are written out: the minute would not say which."""
    rows = taken.rows["appointments"]
    held = Counter(map(minute_of, rows))
    unclear = {
        key[:3]
        for key, row in rows.items()
        if held[minute_of(key)] > 1
        or (row["until_at"] and to_the_minute(row["until_at"]) == to_the_minute(row["from_at"]))
    }
    zones = {key[0]: ZoneInfo(body["zone"]) for key, body in taken.rows["authorities"].items()}

    def write(table: Table, row: dict[str, Any]) -> list[Any]:
        exactly = (row["authority"], row["unit"], row["post"]) in unclear
        instants = {
            head: written_instant(row[head], zones[row["authority"]], exactly=exactly)
            for head in ("from_at", "until_at")
            if row[head]
        }
        return [instants.get(one.head) or write_cell(one, row[one.head]) for one in table.columns]

    return write


def workbook(bodies: Collection[str] | None = None) -> bytes:
    """XLSX; `bodies` limits it to the authorities with these codes."""
    taken = take_snapshot()
    book = new_book()
    for table in TABLES.values():
        sheet = book.create_sheet(table_shown(table.name))
        heads = [head_shown(head, table.name) for head in table.heads]
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
            writer.writerow([head_shown(head, table.name) for head in table.heads])
            writer.writerows(_lines(table, taken, bodies))
            packed.writestr(f"{table.name}.csv", (BOM + text.getvalue()).encode())
    return out.getvalue()
