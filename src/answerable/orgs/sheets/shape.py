"""How far a workbook reaches, before anything of it is unpacked into rows: a few kilobytes can fill the memory.

One pass over its XML, whose cost in memory does not depend on what is in it.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from answerable.core.workbooks import column_letter, column_number

#: A full file has some three elements a cell. What reads the sheets afterwards keeps a little of each element.
ELEMENTS = 3_000_000
COLUMNS = 100
LAST_ROW = 100_000
CHUNK = 1 << 16
#: Bytes of one tag with all of its attributes. The parser begins a longer one anew with each piece that arrives.
TAG = 1 << 20


class TooMuch(Exception):
    """There is more in the workbook than any organisation has."""


@dataclass
class Shape:
    """The last row and column in which something stands, the first cell beyond what is read, and merged cells."""

    rows: int = 0
    columns: int = 0
    far: str = ""
    merged: list[str] = field(default_factory=list)


def shapes(packed: zipfile.ZipFile) -> dict[str, Shape]:
    """The shape of each part by its path in the workbook; what is no sheet has an empty one. Raises TooMuch, ValueError and what zipfile raises."""
    found: dict[str, Shape] = {}
    elements = 0
    for name in packed.namelist():
        with packed.open(name) as part:
            chunk = part.read(CHUNK)
            # A sheet or its texts may have any name: what the workbook says they are counts, not how they end.
            if not name.endswith((".xml", ".rels")) and not _may_be_xml(chunk):
                continue
            walk = _Walk(ELEMENTS - elements)
            while chunk:
                walk.feed(chunk)
                chunk = part.read(CHUNK)
        elements += walk.elements
        found[name] = walk.shape
    return found


def _may_be_xml(begins: bytes) -> bool:
    """Also in the other encodings that XML may begin in, and where nothing but blanks has come yet."""
    said = begins.lstrip(b" \t\r\n\0")
    return not said or said.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))


class _Walk:
    """One part of the workbook on its way past. A cell counts where something stands in it, not for its format."""

    def __init__(self, elements_left: int) -> None:
        self.shape, self.elements, self.left = Shape(), 0, elements_left
        self._row = self._column = 0
        self._is_in_cell = False
        self._fed = 0
        # Names come as written; the prefix, if any, goes.
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.Parse(chunk)
        except expat.ExpatError as error:
            raise ValueError("not XML") from error
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > TAG:
            raise TooMuch

    @staticmethod
    def _entity(*_declared: object) -> None:
        raise ValueError("entities in a workbook")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > self.left:
            raise TooMuch
        name = tag.rpartition(":")[2]
        if self._is_in_cell:
            self._mark()
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        elif name == "c":
            place = attributes.get("r")
            self._column = column_number(place) if place else self._column + 1
            self._is_in_cell = True
        elif name == "mergeCell" and len(self.shape.merged) < 5:
            self.shape.merged.append(attributes.get("ref", ""))

    def _mark(self) -> None:
        if self._row > LAST_ROW or self._column > COLUMNS:
            self.shape.far = self.shape.far or f"{column_letter(self._column)}{self._row}"
            return
        self.shape.rows = max(self.shape.rows, self._row)
        self.shape.columns = max(self.shape.columns, self._column)

    def _end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "c":
            self._is_in_cell = False
