"""Who is on duty now, on every line: for the desk, and large for the duty room's wall."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from answerable.duty import looking, queries
from answerable.duty.access import Reader, duty_view, line_for, lines_for
from answerable.duty.models import Line
from answerable.ui.htmx import page_or_part


@require_safe
@duty_view
def now(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Each line, who is on it and until when, and how to ring them."""
    rows = looking.lines_now(_open(reader), reader.now)
    on = {one.staff.pk for row in rows for one in row.on}
    context = {
        "reader": reader,
        "rows": [(row, reader.is_of(row.line), _may_ring(reader, row, on)) for row in rows],
        "leads_any": any(reader.leads_unit(post.unit) for post in reader.posts),
        "overdue": [
            item for item in queries.checks_overdue(reader.now) if item.unit.authority_id in reader.body_ids
        ],
    }
    return page_or_part(request, "duty/now.html", "now", context)


@require_safe
@duty_view
def board(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The same, large and dark, to be read across a room; it renews itself."""
    rows = looking.lines_now(_open(reader), reader.now)
    return page_or_part(request, "duty/board.html", "board", {"rows": rows, "now": reader.now})


def _open(reader: Reader) -> list[Line]:
    return list(lines_for(reader).filter(pk__in=queries.open_lines(reader.now).values("pk")).order_by("pk"))


def _may_ring(reader: Reader, row: looking.LineNow, on_duty: set[int]) -> bool:
    """Whose own telephones are shown: to the line's people, who leads it, and whoever is on duty anywhere."""
    return reader.is_of(row.line) or reader.staff.pk in on_duty


@require_safe
@duty_view
def coverage(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The certificate of every line, those with gaps first."""
    found = [looking.coverage_of(line, reader.now) for line in _open(reader)]
    found.sort(
        key=lambda one: (not one.gaps, one.gaps[0][0].from_at if one.gaps else reader.now, one.line.pk)
    )
    return render(request, "duty/coverage.html", {"rows": found, "reader": reader})


@require_safe
@duty_view
def line_coverage(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    line = line_for(reader, line_id)
    context = {"rows": [looking.coverage_of(line, reader.now)], "reader": reader, "line": line}
    return render(request, "duty/coverage.html", context)
