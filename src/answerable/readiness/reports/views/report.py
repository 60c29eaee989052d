"""One report: read, filled in, sent, corrected, acknowledged, sent back; on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Changed, NotYours
from answerable.readiness.reports import fields, paper, queries, wording
from answerable.readiness.reports.access import Reader, report_for, report_view
from answerable.readiness.reports.forms import BackForm, FillForm
from answerable.readiness.reports.models import DueReport, Version
from answerable.readiness.reports.rules import CannotReport, State
from answerable.readiness.reports.services import reporting
from answerable.readiness.reports.views.common import attempt, row_of
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


def _url(report: DueReport) -> str:
    return reverse("due_reports:report", args=[report.pk])


@require_safe
@report_view
def show(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    return _page(request, reader, report_for(reader, report_id))


def _page(
    request: HttpRequest, reader: Reader, report: DueReport, *, back: BackForm | None = None
) -> HttpResponse:
    versions = list(report.versions.select_related("by", "post__unit").order_by("-number"))
    fills = reader.fills(report) and report.state != State.DROPPED
    receives = reader.receives(report)
    can_take = receives and report.state == State.SENT
    context: dict[str, Any] = {
        "report": report,
        "row": row_of(report, reader),
        "clock": wording.clock_of(report, reader.now),
        "versions": [(one, lines_of(report, one)) for one in versions],
        "can_fill": fills and report.state in (State.OPEN, State.BACK),
        "can_correct": fills and report.state in (State.SENT, State.TAKEN),
        "can_take": can_take,
        "to_read": _others_to_read(reader, report) if receives and not can_take else [],
        "can_send_back": receives and report.state in (State.SENT, State.TAKEN),
        "back_form": back or BackForm(initial={"seen_version": report.version}, auto_id="back-%s"),
        "is_over": reader.now >= report.until_at,
    }
    status = 422 if back is not None and back.errors else 200
    return page_or_part(request, "due_reports/report.html", "main", context, status=status)


def _others_to_read(reader: Reader, report: DueReport) -> list[DueReport]:
    """What else waits to be acknowledged: whoever has read one goes on to the next."""
    return [one for one in queries.owed_to(reader) if one.state == State.SENT and one.pk != report.pk]


def lines_of(report: DueReport, version: Version) -> list[dict[str, Any]]:
    """The answers of a version, with what the system counted where it is another number."""
    found = []
    for field in fields.read(report.fields):
        one = version.answers.get(field.code, {})
        counted = one.get("computed")
        found.append(
            {
                "label": wording.label_of(field),
                "text": wording.value_text(field, one.get("value")),
                "is_number": field.type == "number",
                "is_corrected": field.type == "number"
                and counted is not None
                and counted != one.get("value"),
                "counted": counted,
                "source": wording.source_label(field.source) if counted is not None else "",
                "why": one.get("why", ""),
            }
        )
    return found


@report_view
def fill(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    """The form: filled in as far as the system knows; sent, kept, or nil by an act of its own."""
    report = report_for(reader, report_id)
    if not reader.fills(report):
        raise PermissionDenied(wording.refusal_words(NotYours("fills_not")))
    if report.state == State.DROPPED or _is_sent_already(request, report):
        return go(request, _url(report))
    is_correction = report.state in (State.SENT, State.TAKEN)
    form = _form(report, is_correction, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _carry_out(request, reader, report, form):
        return go(request, _url(report))
    return _form_page(request, reader, report, form, is_correction)


def _is_sent_already(request: HttpRequest, report: DueReport) -> bool:
    """The same form once more, by a second press or a reload: it is sent, and the page says so."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return False
    return report.versions.filter(key=key).exists()


def _form(report: DueReport, is_correction: bool, data: Any) -> FillForm:
    newest = report.versions.order_by("-number").first()
    kept = report.draft or (newest.answers if newest is not None and is_correction else {})
    return FillForm(
        data,
        asked=fields.read(report.fields),
        counted=reporting.counted_for(report),
        kept=kept,
        seen_version=report.version,
        is_correction=is_correction,
    )


def _carry_out(request: HttpRequest, reader: Reader, report: DueReport, form: FillForm) -> bool:
    """Whether it was kept or sent; where not, the reason stands at the form, and what was typed is still in it."""
    what = request.POST.get("do", "")
    base: dict[str, Any] = {
        "report_id": report.pk,
        "by": reader.actor(report),
        "seen_version": form.cleaned_data["seen_version"],
        "now": reader.now,
        "given": form.given(),
        "whys": form.whys(),
    }
    try:
        if what == "keep":
            reporting.keep_draft(**base)
            flash.done(request, _("Kept as a draft. It is not sent yet."))
        else:
            reporting.submit_report(
                **base,
                key=form.cleaned_data["key"],
                shown=form.shown(),
                is_nil=what == "nil",
                why=form.cleaned_data.get("why", ""),
            )
            flash.done(request, _("Sent: nothing to report.") if what == "nil" else _("The report is sent."))
    except NotYours as refusal:
        raise PermissionDenied(wording.refusal_words(refusal)) from refusal
    except Changed as refusal:
        form.add_error(None, wording.refusal_words(refusal))
        form.see_again(int(refusal.facts["version"]))
        return False
    except CannotReport as refusal:
        form.mark(refusal)
        form.see_again(form.cleaned_data["seen_version"])
        return False
    return True


def _form_page(
    request: HttpRequest, reader: Reader, report: DueReport, form: FillForm, is_correction: bool
) -> HttpResponse:
    context = {
        "report": report,
        "form": form,
        "lines": form.lines(),
        "clock": wording.clock_of(report, reader.now),
        "span": wording.span_text(report),
        "is_correction": is_correction,
        "is_over": reader.now >= report.until_at,
        "for_other": report.unit_id not in reader.own_unit_ids,
    }
    status = 422 if form.errors else 200
    return page_or_part(request, "due_reports/fill.html", "main", context, status=status)


@require_POST
@report_view
def take(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    """The level above has read it."""
    report = report_for(reader, report_id)
    said = attempt(
        None,
        lambda: reporting.acknowledge_report(
            report_id=report.pk, by=reader.actor(report), seen_version=_seen(request, report), now=reader.now
        ),
    )
    flash.warn(request, said) if said else flash.done(request, _("Acknowledged."))
    return go(request, _url(report))


def _seen(request: HttpRequest, report: DueReport) -> int:
    said = request.POST.get("seen_version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else -1


@require_POST
@report_view
def send_back(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    report = report_for(reader, report_id)
    form = BackForm(request.POST, auto_id="back-%s")
    if form.is_valid() and not attempt(
        form,
        lambda: reporting.send_back(
            report_id=report.pk, by=reader.actor(report), now=reader.now, **form.cleaned_data
        ),
    ):
        flash.done(request, _("Sent back. The unit has been told what is missing."))
        return go(request, _url(report))
    return _page(request, reader, report_for(reader, report_id), back=form)


@require_safe
@report_view
def as_paper(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    """The report as PDF, in the reader's language, with its versions."""
    report = report_for(reader, report_id)
    name = f'inline; filename="report-{report.until_at:%Y%m%d}-{report.unit.code}.pdf"'
    return HttpResponse(
        paper.pdf_of(report, now=reader.now),
        content_type="application/pdf",
        headers={"Content-Disposition": name},
    )
