"""A roster as a workbook, and a draft read back from one: a row a place; what is wrong is named by sheet, row, column."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from answerable.core.sentences import N_
from answerable.core.text import spreadsheet_safe
from answerable.core.workbooks import broken, dress_heads, new_book, open_book, open_zip
from answerable.duty.asking import Asked
from answerable.duty.rosters.board import Board
from answerable.duty.solver.problem import Filling
from answerable.orgs.models import Staff
from answerable.orgs.sheets.shape import TooMuch, shapes

SHEET = "roster"
HEADS = ("day", "starts", "shift", "role", "person", "name")
MUST = HEADS[:5]
FILE_MB = 5
UNPACKED_MB = 50
ROWS = 20_000
FAULTS = 100

SENTENCES = {
    "not_readable": N_("This file cannot be read as a workbook (XLSX)."),
    "too_big": N_("This file is too big: %(limit)s MB at most."),
    "too_many_rows": N_("There are more than %(limit)s rows."),
    "no_sheet": N_(
        "There is no sheet called “roster”. Take the draft out as a workbook, and change that one."
    ),
    "no_column": N_("This column is missing. They are called: %(known)s"),
    "formula": N_("This cell holds a formula. Paste its value instead."),
    "bad_day": N_("“%(value)s” is no day. Write it as 2026-03-09."),
    "bad_time": N_("“%(value)s” is no time. Write it as 08:00."),
    "no_shift": N_("No shift of this draft begins then with this code and this role."),
    "no_person": N_(
        "“%(value)s” is nobody of this line's pool. Write the user name, or the name if it is the only one."
    ),
    "two_people": N_("Two people of the pool are called “%(value)s”. Write the user name."),
    "twice": N_("This person stands in this place already, in row %(first)s."),
    "begun": N_("This shift has begun; who stands it cannot be changed any more."),
}


@dataclass(frozen=True)
class Fault:
    """One thing to put right. `row` counts as spreadsheets do; 0 for the whole sheet."""

    code: str
    row: int = 0
    column: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self) -> str:
        return gettext(SENTENCES[self.code]) % self.facts

    def place(self) -> str:
        return ", ".join(str(part) for part in (SHEET, self.row or "", self.column) if part)


@dataclass
class Read:
    """The cells that the sheet fills, each whole; nothing where anything is wrong."""

    cells: dict[str, list[int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def workbook(board: Board) -> bytes:
    """A row for each place of each shift; an empty one where nobody stands. Below it, everyone's counts."""
    book = new_book()
    sheet = book.create_sheet(SHEET)
    sheet.append(list(HEADS))
    asked = board.asked
    patterns = {row.pk: row.code for row in asked.line.patterns.all()}
    users = dict(Staff.objects.filter(pk__in=board.names).values_list("pk", "username"))
    zone = ZoneInfo(asked.line.authority.zone)
    for index, span in enumerate(asked.spans):
        start = span.from_at.astimezone(zone)
        for role in board.roles:
            here = list(board.filling.get((index, role.pk), ()))
            places = max(len(here), asked.problem.shifts[index].needs.get(role.pk, 0))
            for one in [*here, *[None] * (places - len(here))]:
                sheet.append(
                    [
                        span.on,
                        start.strftime("%H:%M"),
                        patterns.get(span.pattern_id, ""),
                        role.code,
                        users.get(one, "") if one else None,
                        spreadsheet_safe(board.names.get(one, "")) if one else None,
                    ]
                )
    dress_heads(sheet, (12, 8, 14, 14, 20, 20))
    _counts(book, board)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _counts(book: Any, board: Board) -> None:
    sheet = book.create_sheet("counts")
    sheet.append(["name", "all", "holidays", "weekends", "nights", "balance"])
    for group in board.groups():
        for one in group.people:
            sheet.append([spreadsheet_safe(one.name), *one.counts, one.order / 100])
    dress_heads(sheet, (20, 8, 10, 10, 8, 10))


def read(content: bytes, asked: Asked) -> Read:
    """Read a draft's sheet. Never raises for what is in it; with any fault, no cell is given."""
    found = Read()
    if len(content) > FILE_MB << 20:
        found.faults.append(Fault("too_big", facts={"limit": FILE_MB}))
        return found
    try:
        _rows(content, asked, found)
    except TooMuch:
        found.faults.append(Fault("too_big", facts={"limit": UNPACKED_MB}))
    except broken():
        found.faults.append(Fault("not_readable"))
    if found.faults:
        found.cells = {}
        del found.faults[FAULTS:]
    return found


def _rows(content: bytes, asked: Asked, found: Read) -> None:
    with open_zip(content) as packed:
        if sum(info.file_size for info in packed.infolist()) > UNPACKED_MB << 20:
            raise TooMuch
        sizes = shapes(packed)
    book = open_book(content)
    names = {sheet.title.strip().lower(): sheet for sheet in book.worksheets}
    sheet: Any = names.get(SHEET)
    if sheet is None:
        found.faults.append(Fault("no_sheet"))
        return
    shape = sizes[sheet._worksheet_path]
    if shape.rows > ROWS:
        found.faults.append(Fault("too_many_rows", facts={"limit": ROWS}))
        return
    sheet.reset_dimensions()
    lines = sheet.iter_rows(max_row=shape.rows, max_col=shape.columns) if shape.rows else iter(())
    heads = [str(cell.value or "").strip().lower() for cell in next(lines, ())]
    missing = [head for head in MUST if head not in heads]
    for head in missing:
        found.faults.append(Fault("no_column", 1, head, {"known": ", ".join(HEADS)}))
    if missing:
        return
    reader = _Reader(asked, found)
    for number, line in enumerate(lines, 2):
        cells = dict(zip(heads, line, strict=False))
        if any(cells[head].value not in (None, "") for head in MUST if head in cells):
            reader.row(number, cells)
        if len(found.faults) > FAULTS:
            return


class _Reader:
    """Row by row; every place of the draft that the sheet names is given whole."""

    def __init__(self, asked: Asked, found: Read) -> None:
        self.asked, self.found = asked, found
        zone = ZoneInfo(asked.line.authority.zone)
        patterns = {row.pk: row.code for row in asked.line.patterns.all()}
        roles = {row.pk: row.code for row in asked.line.roles.all()}
        self.places = {}
        for key, (index, role) in asked.keys.items():
            span = asked.spans[index]
            start = span.from_at.astimezone(zone).time().replace(second=0, microsecond=0)
            self.places[span.on, start, patterns.get(span.pattern_id, ""), roles[role]] = key
        self.by_name: dict[str, list[int]] = {}
        rows = Staff.objects.filter(pk__in=list(asked.pool.people))
        for staff in rows:
            for name in {staff.username, staff.name_zh, staff.name_en} - {""}:
                self.by_name.setdefault(name.strip().lower(), []).append(staff.pk)
        self.users = {staff.username.lower(): staff.pk for staff in rows}
        self.first: dict[tuple[str, int], int] = {}

    def row(self, number: int, cells: Mapping[str, Any]) -> None:
        before = len(self.found.faults)
        for head in MUST:
            if getattr(cells.get(head), "data_type", "") == "f":
                self._wrong("formula", number, head)
        on = self._day(number, _value(cells, "day"))
        at = self._time(number, _value(cells, "starts"))
        if len(self.found.faults) > before or on is None or at is None:
            return
        code, role = (str(_value(cells, head) or "").strip() for head in ("shift", "role"))
        key = self.places.get((on, at, code, role))
        if key is None:
            self._wrong("no_shift", number, "starts")
            return
        who = self._person(number, str(_value(cells, "person") or "").strip())
        place = self.found.cells.setdefault(key, [])
        if who is None:
            return
        if (key, who) in self.first:
            self._wrong("twice", number, "person", first=self.first[key, who])
            return
        self.first[key, who] = number
        if self.asked.keys[key][0] in self.asked.problem.settled:
            cell = self.asked.keys[key]
            if who not in self.asked.problem.fixed.get(cell, ()):
                self._wrong("begun", number, "person")
            return
        place.append(who)

    def _wrong(self, code: str, row: int, column: str, **facts: object) -> None:
        self.found.faults.append(Fault(code, row, column, facts))

    def _day(self, number: int, value: Any) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value or "").strip().replace("/", "-"))
        except ValueError:
            self._wrong("bad_day", number, "day", value=str(value)[:40])
            return None

    def _time(self, number: int, value: Any) -> time | None:
        if isinstance(value, datetime):
            return value.time()
        if isinstance(value, time):
            return value.replace(second=0, microsecond=0)
        text = str(value or "").strip().replace("：", ":")
        try:
            return time.fromisoformat(text if len(text) != 4 else f"0{text}")
        except ValueError:
            self._wrong("bad_time", number, "starts", value=text[:40])
            return None

    def _person(self, number: int, text: str) -> int | None:
        if not text:
            return None
        if text.lower() in self.users:
            return self.users[text.lower()]
        ids = self.by_name.get(text.lower(), [])
        if len(ids) == 1:
            return ids[0]
        self._wrong("two_people" if ids else "no_person", number, "person", value=text[:60])
        return None


def _value(cells: Mapping[str, Any], head: str) -> Any:
    return getattr(cells.get(head), "value", None)


def changed_cells(read_: Read, asked: Asked, filling: Filling) -> dict[str, list[int]]:
    """The cells that the sheet fills otherwise than the draft does."""
    settled = asked.problem.settled
    return {
        key: sorted(ids)
        for key, ids in read_.cells.items()
        if asked.keys[key][0] not in settled and sorted(ids) != sorted(filling.get(asked.keys[key], ()))
    }
