"""Workbooks (XLSX), made and read with openpyxl.

It is loaded with the first one: together with the numerics that it looks for it takes half a second and some forty
megabytes, and most processes never need it.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook


def new_book(*, is_streamed: bool = False) -> Workbook:
    """A workbook without sheets; a streamed one takes whole rows only, and holds none of them."""
    from openpyxl import Workbook

    book = Workbook(write_only=is_streamed)
    for sheet in book.worksheets:
        book.remove(sheet)
    return book


def open_zip(content: bytes) -> zipfile.ZipFile:
    """What a workbook, or a bundle of tables, is packed in. Raises what is in `broken`.

    No program packs one in another way than these two; what unpacks the others fails in ways of its own.
    """
    packed = zipfile.ZipFile(io.BytesIO(content))
    if any(
        info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in packed.infolist()
    ):
        raise zipfile.BadZipFile("packed in another way")
    return packed


def open_book(content: bytes) -> Workbook:
    """Read row by row: held as a whole, a sheet takes many times its size. Raises what is in `broken`."""
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)


def broken() -> tuple[type[Exception], ...]:
    """openpyxl and zipfile have no common base for what a broken, damaged or locked workbook makes them raise."""
    from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

    return (
        zipfile.BadZipFile,
        zlib.error,
        CellCoordinatesException,
        InvalidFileException,
        csv.Error,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        ArithmeticError,
        RuntimeError,
        SyntaxError,
        OSError,
        EOFError,
    )


def dress_heads(sheet: Any, widths: Iterable[float]) -> None:
    """The first row of a sheet in bold and always in sight; `widths` of the columns, in signs."""
    from openpyxl.styles import Font

    for number, width in enumerate(widths, 1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[column_letter(number)].width = width
    sheet.freeze_panes = "A2"


#: Signs that a day with its hour takes: with less room, spreadsheet programs show #### instead.
MOMENT = 20


def begin_streamed(sheet: Any, heads: Iterable[Any]) -> None:
    """The first row of a streamed sheet in bold and always in sight, over columns that its heads and days have room in."""
    heads = list(heads)
    sheet.freeze_panes = "A2"
    for number, head in enumerate(heads, 1):
        wide = len(str(head).encode("gb18030", "replace")) + 2
        sheet.column_dimensions[column_letter(number)].width = min(max(MOMENT, wide), 60)
    sheet.append(bold_cells(sheet, heads))


def bold_cells(sheet: Any, values: Iterable[Any]) -> list[Any]:
    """The same for a streamed sheet: a row to append."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cells = [WriteOnlyCell(sheet, value=value) for value in values]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def column_letter(number: int) -> str:
    """1 is A, 27 is AA."""
    from openpyxl.utils.cell import get_column_letter

    return get_column_letter(number)


def column_number(place: str) -> int:
    """The column of a cell's place such as AA7. Raises what is in `broken`."""
    from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

    return column_index_from_string(coordinate_from_string(place)[0])
