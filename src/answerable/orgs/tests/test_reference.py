"""docs/reference/organisation.md names every sheet, column, kind, key and default as the program has them."""

from __future__ import annotations

import re
from pathlib import Path

from answerable.orgs.sheets.columns import TABLES, Column, Table

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "reference" / "organisation.md").read_text("utf-8")


def row(table: Table, column: Column) -> str:
    """The page's line for a column, but for the words in its last cell."""
    kind = column.kind + (f" → {column.refers}" if column.refers else "")
    if column.choices:
        kind += ": " + ", ".join(column.choices)
    marks = [mark for mark, holds in (("key", column.head in table.key), ("must", column.must)) if holds]
    if column.default not in ("", None, False):
        marks.append(f"default {'yes' if column.default is True else column.default}")
    return f"| `{column.head}` | {kind} | {', '.join(marks)} |"


def test_every_sheet_and_column_stands_there_as_it_is() -> None:
    parts = re.split(r"^## `(\w+)`$", PAGE, flags=re.M)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(told) == list(TABLES)
    for name, table in TABLES.items():
        lines = re.findall(r"^\| `.*$", told[name], re.M)
        wanted = [row(table, column) for column in table.columns]
        assert [line[: len(want)] for line, want in zip(lines, wanted, strict=True)] == wanted, name
        for line, want in zip(lines, wanted, strict=True):
            assert len(line.removeprefix(want).strip(" |")) > 3, f"{name}: say what {want} is for"


def test_every_kind_is_explained() -> None:
    kinds = {column.kind for table in TABLES.values() for column in table.columns}
    explained = {
        kind.strip() for cell in re.findall(r"^\| ([a-z, ]+) \|", PAGE, re.M) for kind in cell.split(",")
    }
    assert kinds <= explained
