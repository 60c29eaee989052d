"""A work list as CSV or XLSX: what it is and where it stands; no names, and not the person's words."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from answerable.cases.desk.filters import STAGES
from answerable.cases.models import Case
from answerable.core.text import spreadsheet_safe
from answerable.core.workbooks import begin_streamed, new_book

# Over this, one workbook is more than people's programs open; the CSV has no limit.
XLSX_ROWS = 100_000
BOM = "\ufeff"


def heads() -> list[str]:
    """Column titles in the reader's language."""
    return [
        _("Code"),
        _("Title"),
        _("Subject"),
        _("Place"),
        _("State"),
        _("Stage"),
        _("Unit"),
        _("Handled by"),
        _("In charge"),
        _("Came in by"),
        _("Name given"),
        _("Received"),
        _("Late from"),
        _("Decided"),
        _("Ended"),
        _("Lifted"),
        _("The office says solved"),
        _("The person says solved"),
    ]


def cells(case: Case, zone: ZoneInfo) -> list[Any]:
    """One row. Instants are the office's local time; text that looks like a formula is made harmless."""

    def local(at: Any) -> Any:
        return at.astimezone(zone).replace(tzinfo=None, microsecond=0) if at else None

    def word(value: bool | None) -> str:
        return "" if value is None else (_("yes") if value else _("no"))

    row = [
        case.code,
        getattr(case, "title", "") or "",
        str(case.subject),
        str(case.place) if case.place else "",
        case.get_state_display(),
        str(STAGES.get(case.stage, case.stage)),
        str(case.unit),
        str(case.handler_post) if case.handler_post else "",
        str(case.charge_post) if case.charge_post else "",
        case.get_intake_display(),
        case.get_privacy_display(),
        local(case.received_at),
        local(case.due_at),
        local(case.decided_at),
        local(case.ended_at),
        word(case.is_lifted),
        word(case.office_solved),
        word(case.person_solved),
    ]
    return [spreadsheet_safe(value) for value in row]


def csv_lines(cases: Iterable[Case], zone: ZoneInfo) -> Iterator[str]:
    """RFC 4180 with a byte order mark, which spreadsheet programs need to read Chinese; a chunk a row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def taken() -> str:
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    writer.writerow(heads())
    yield BOM + taken()
    for case in cases:
        writer.writerow(cells(case, zone))
        yield taken()


def xlsx_file(cases: Iterable[Case], zone: ZoneInfo, title: str) -> IO[bytes]:
    """A workbook written row by row into a temporary file, open at its beginning; it is gone when closed."""
    book = new_book(is_streamed=True)
    sheet = book.create_sheet(title[:31] or "list")
    begin_streamed(sheet, heads())
    for number, case in enumerate(cases):
        if number >= XLSX_ROWS:
            sheet.append([_("More rows exist; take them out as CSV.")])
            break
        sheet.append(cells(case, zone))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file
