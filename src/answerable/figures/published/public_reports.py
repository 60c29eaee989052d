"""`/figures/…/reports/`: annual reports for everybody, as a page and as paper; each version at its own address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from answerable.figures.published import queries, report_shown
from answerable.figures.published.models import Report
from answerable.figures.published.paper import title_of
from answerable.figures.published.public import FILE_S, PAGE_S, body_of
from answerable.ui.for_everybody import context_of, kept, public_page


def _report(code: str, year: int, number: int) -> Report:
    found = queries.public_report(body_of(code), year, number)
    if found is None:
        raise Http404
    return found


@public_page(PAGE_S)
def report(request: HttpRequest, code: str, year: int, number: int = 0) -> HttpResponse:
    found = _report(code, year, number)
    return render(request, "published/report.html", context_of(request) | shown(found))


def shown(report: Report) -> dict[str, object]:
    """What the report's page says, public or as a preview."""
    return {
        "body": report.authority,
        "report": report,
        "title": title_of(report),
        "source": report_shown.source_of(report),
        "parts": [part for part in report_shown.parts_of(report) if not part.is_empty],
    }


@require_safe
def pdf(request: HttpRequest, code: str, year: int, number: int, language: str) -> HttpResponse:
    """The paper as it was made when the report was published."""
    found = _report(code, year, number)
    content = {"zh": found.pdf_zh, "en": found.pdf_en}.get(language)
    if content is None:
        raise Http404
    response = HttpResponse(bytes(content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-{year}-{number}-{language}.pdf"'
    return kept(request, response, FILE_S)
