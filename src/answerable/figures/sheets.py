"""The rows behind a number as CSV or XLSX: dates, units and outcomes; no names, and not the person's words."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from answerable.cases.desk.filters import STAGES
from answerable.cases.desk.sheets import BOM, XLSX_ROWS
from answerable.core.text import spreadsheet_safe
from answerable.core.workbooks import begin_streamed, new_book
from answerable.figures.wording import BEGINNINGS, ENDINGS, REVIEWS
from answerable.orgs.standing import standing

#: What is read of a turn, in the order of `cells`.
COLUMNS = (
    *("case__code", "case__subject_id", "case__place_id", "unit_id", "post_id", "stage", "beginning"),
    *("case__received_at", "began_at", "first_answer_at", "ending", "ended_at", "due_at", "own_due_at"),
    *("elapsed", "review", "office_solved", "person_solved"),
)
DAY = timedelta(days=1)


def heads() -> list[str]:
    """Column titles in the reader's language."""
    return [
        _("Code"),
        _("Subject"),
        _("Place"),
        _("Unit"),
        _("Leader's post"),
        _("Stage"),
        _("How the unit got it"),
        _("First received"),
        _("The unit got it"),
        _("First answer"),
        _("How it went out"),
        _("Went out"),
        _("The case's date"),
        _("The unit's own date"),
        _("Late by, days"),
        _("The person's own time, days"),
        _("Review"),
        _("The office says solved"),
        _("The person says solved"),
    ]


class Rows:
    """Turns a row of the database into cells; names come from the organisation as it stands, read once."""

    def __init__(self, zone: ZoneInfo) -> None:
        found = standing()
        self.zone = zone
        self.names = (
            {pk: str(row) for pk, row in found.subjects.items()},
            {pk: str(row) for pk, row in found.places.items()},
            {pk: str(row) for pk, row in found.units.items()},
            {pk: str(row) for pk, row in found.posts.items()},
        )
        self.yes, self.no = _("yes"), _("no")
        self.stages = {code: str(title) for code, title in STAGES.items()}
        self.words = [
            {code: str(text) for code, text in one.items()} for one in (BEGINNINGS, ENDINGS, REVIEWS)
        ]

    def cells(self, row: tuple[Any, ...]) -> list[Any]:
        (
            code,
            subject,
            place,
            unit,
            post,
            stage,
            beginning,
            received,
            began,
            first,
            ending,
            ended,
            due,
            own,
            *rest,
        ) = row
        elapsed, review, office, person = rest
        subjects, places, units, posts = self.names
        beginnings, endings, reviews = self.words
        late = max(ended - own, timedelta(0)) / DAY if ended and own and ended >= own else None
        values = [
            code,
            subjects.get(subject, ""),
            places.get(place, ""),
            units.get(unit, ""),
            posts.get(post, ""),
            self.stages.get(stage, stage),
            beginnings.get(beginning, beginning),
            *map(self._local, (received, began, first)),
            endings.get(ending, ending),
            *map(self._local, (ended, due, own)),
            None if late is None else round(late, 2),
            None if elapsed is None else round(elapsed / DAY, 2),
            reviews.get(review, review),
            self._word(office),
            self._word(person),
        ]
        return [spreadsheet_safe(value) for value in values]

    def _local(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self.zone).replace(tzinfo=None, microsecond=0) if at else None

    def _word(self, said: bool | None) -> str:
        return "" if said is None else (self.yes if said else self.no)


def csv_lines(rows: Iterable[tuple[Any, ...]], zone: ZoneInfo) -> Iterator[str]:
    """RFC 4180 with a byte order mark; some rows a chunk."""
    buffer, made = io.StringIO(), Rows(zone)
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(heads())
    for number, row in enumerate(rows):
        writer.writerow(made.cells(row))
        if number % 200 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def xlsx_file(rows: Iterable[tuple[Any, ...]], zone: ZoneInfo, title: str) -> IO[bytes]:
    """A workbook written row by row into a temporary file, open at its beginning; it is gone when closed."""
    book, made = new_book(is_streamed=True), Rows(zone)
    sheet = book.create_sheet(title[:31] or "list")
    begin_streamed(sheet, heads())
    for number, row in enumerate(rows):
        if number >= XLSX_ROWS:
            sheet.append([_("More rows exist; take them out as CSV.")])
            break
        sheet.append(made.cells(row))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file
