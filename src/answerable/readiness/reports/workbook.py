"""The table as a workbook: who reported when, and every figure, a row for each report that was owed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from answerable.core.text import spreadsheet_safe
from answerable.core.workbooks import begin_streamed, new_book
from answerable.readiness.reports import grid, wording
from answerable.readiness.reports.access import Reader
from answerable.readiness.reports.models import DueReport


def xlsx_of(reports: Iterable[DueReport], reader: Reader) -> bytes:
    """XLSX bytes; text never begins a formula."""
    rows = list(reports)
    asked = grid.fields_of(rows)
    _told, versions = grid.told_of(rows)
    book = new_book(is_streamed=True)
    sheet = book.create_sheet(_("Reports"))
    heads = [
        _("Unit"),
        _("From"),
        _("Until"),
        _("Due at the latest"),
        _("It stands"),
        _("First sent"),
        _("Version"),
    ]
    heads += [wording.label_of(one) for one in asked]
    begin_streamed(sheet, map(spreadsheet_safe, heads))
    for one in rows:
        version = versions.get(one.pk)
        answers = version.answers if version is not None else {}
        line: list[object] = [
            one.unit.name,
            _local(one.from_at),
            _local(one.until_at),
            _local(one.due_at),
            wording.word_of(one, reader.now)[1],
            _local(one.first_at),
            version.number if version is not None else None,
        ]
        for field in asked:
            value = answers.get(field.code, {}).get("value")
            line.append(
                value if field.type == "number" else wording.value_text(field, value).replace("—", "")
            )
        sheet.append(_safe(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _local(at: object) -> object:
    # Spreadsheets know no zones: local times of the office.
    return timezone.localtime(at).replace(tzinfo=None) if at is not None else None  # type: ignore[arg-type]


def _safe(line: Sequence[object]) -> list[object]:
    return [spreadsheet_safe(one) for one in line]
