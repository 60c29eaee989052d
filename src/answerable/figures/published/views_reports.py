"""The desk of annual reports: drafted in one click, written section by section, approved, published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.figures.published import paper, public_reports, reporting, rules, services
from answerable.figures.published.access import WRITES, Reader, published_view
from answerable.figures.published.forms import SectionForm
from answerable.figures.published.models import Report
from answerable.figures.published.report_contents import contents_of
from answerable.figures.published.views import attempt
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


@require_POST
@published_view
def draft(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """One click."""
    body = reader.body(code)
    year = request.POST.get("year", "")
    made: list[Report] = []

    def do() -> None:
        by = reader.actor(body, WRITES, "writes_report")
        made.append(
            reporting.draft_report(
                body=body, year=int(year) if rules.is_year(year) else 0, by=by, now=reader.now
            )
        )

    said = attempt(None, do)
    if said:
        flash.warn(request, said)
        return go(request, reverse("published_desk:home"))
    flash.done(request, _("Drafted. Write the texts; the numbers are there."))
    return go(request, reverse("published_desk:report", args=[made[0].pk]))


def _report(reader: Reader, report_id: UUID) -> Report:
    found = Report.objects.select_related("authority", "edition").filter(pk=report_id).first()
    if found is None:
        raise Http404
    reader.body(found.authority.code)
    return found


@require_safe
@published_view
def show(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    """The report as it stands: texts to write, and the whole as everybody will read it."""
    return _page(request, reader, _report(reader, report_id))


def _page(
    request: HttpRequest, reader: Reader, report: Report, own: tuple[str, SectionForm] | None = None
) -> HttpResponse:
    language = get_language() or "en"
    is_open = report.state in reporting.MAKING
    sections: list[dict[str, Any]] = []
    for section in contents_of(report.pack).texts:
        said = report.texts.get(section.code, {})
        form = SectionForm(
            initial={"zh": said.get("zh", ""), "en": said.get("en", ""), "seen_version": report.version},
            prefix=section.code,
        )
        if own is not None and own[0] == section.code:
            form = own[1]
        sections.append(
            {
                "code": section.code,
                "title": section.title.in_language(language),
                "hint": section.hint.in_language(language),
                "article": section.article,
                "form": form,
                "is_written": any(said.values()),
            }
        )
    context = public_reports.shown(report) | {
        "sections": sections,
        "is_open": is_open,
        "writes": reader.writes(report.authority) and is_open,
        "decides": reader.decides(report.authority),
    }
    status = 422 if own is not None else 200
    return page_or_part(request, "published/desk/report.html", "main", context, status=status)


@require_POST
@published_view
def write(request: HttpRequest, reader: Reader, report_id: UUID, section: str) -> HttpResponse:
    report = _report(reader, report_id)
    if contents_of(report.pack).section(section) is None:
        raise Http404
    form = SectionForm(request.POST, prefix=section)
    if form.is_valid():

        def do() -> None:
            by = reader.actor(report.authority, WRITES, "writes_report")
            reporting.write_section(
                report_id=report.pk, section=section, by=by, now=reader.now, **form.cleaned_data
            )

        if not attempt(form, do):
            flash.done(request, _("Saved."))
            return go(request, reverse("published_desk:report", args=[report.pk]))
    return _page(request, reader, report, (section, form))


def _step(request: HttpRequest, reader: Reader, report_id: UUID, service: Any, done: str) -> HttpResponse:
    report = _report(reader, report_id)
    seen = request.POST.get("seen_version", "")

    def do() -> None:
        by = reader.actor(report.authority, services.LEADS, "leads_body")
        service(
            report_id=report.pk,
            by=by,
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
            now=reader.now,
        )

    said = attempt(None, do)
    if said:
        flash.warn(request, said)
    else:
        flash.done(request, done)
    return go(request, reverse("published_desk:report", args=[report.pk]))


@require_POST
@published_view
def approve(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    return _step(
        request, reader, report_id, reporting.approve_report, _("Approved. It can be published now.")
    )


@require_POST
@published_view
def publish(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    return _step(
        request, reader, report_id, reporting.publish_report, _("Published, as a page and as paper.")
    )


@require_safe
@published_view
def pdf(request: HttpRequest, reader: Reader, report_id: UUID, language: str) -> HttpResponse:
    """The paper as it would be now; the published one where there is one."""
    report = _report(reader, report_id)
    if language not in ("zh", "en"):
        raise Http404
    kept = report.pdf_zh if language == "zh" else report.pdf_en
    content = (
        bytes(kept)
        if kept is not None
        else paper.pdf_of(report, "zh-hans" if language == "zh" else "en", reader.now)
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="report-{report.year}-{language}.pdf"'
    return response
