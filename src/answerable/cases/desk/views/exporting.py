"""Taking a list out: recorded first, then streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import translation
from django.views.decorators.http import require_POST

from answerable.cases import queries
from answerable.cases.desk import sheets
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.filters import read_filters
from answerable.cases.desk.views.lists import first_list
from answerable.cases.queries import COUNT_TO
from answerable.cases.services.exports import marked, record_export, while_held

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk_view
@require_POST
def export(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """All rows of the list under its filters, in its order, as CSV or XLSX. The act comes before the first byte."""
    filters = read_filters(QueryDict(request.POST.get("address", "")[:2000]), desk, fallback=first_list(desk))
    form = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    count = queries.count_listed(filters.wanted, desk.reader, desk.now)
    done = record_export(
        reader=desk.reader,
        form=form,
        filters=filters.described(),
        count=f"{COUNT_TO}+" if count > COUNT_TO else str(count),
        now=desk.now,
    )
    listed = queries.every_listed(filters.wanted, desk.reader, desk.now)
    rows = marked(while_held(listed, desk.reader), done, case_of=lambda case: case.pk)
    zone = ZoneInfo(desk.authority.zone)
    name = f"{filters.name}-{desk.now.astimezone(zone):%Y%m%d-%H%M}.{form}"
    title = re.sub(r"[\\/*?:\[\]]", " ", str(filters.title))
    if form == "xlsx":
        response: HttpResponseBase = FileResponse(
            sheets.xlsx_file(rows, zone, title), as_attachment=True, filename=name, content_type=XLSX
        )
    else:
        lines = in_language(sheets.csv_lines(rows, zone), translation.get_language())
        response = StreamingHttpResponse(
            lines,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    response["Cache-Control"] = "no-store"
    return response


def in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    """The stream is read after the request's language was put away: each chunk is made under it again."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
