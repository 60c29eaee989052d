"""The pages of reports: what is owed and by when, one report written and sent, its paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import NotYours, Refusal
from answerable.incidents.access import Reader, incident_for, incident_view
from answerable.incidents.models import Incident, Report
from answerable.incidents.reports import drafting, paper, reaching, rules, services, wording
from answerable.incidents.reports.door import report_for, reports_for
from answerable.incidents.reports.forms import ReportForm, WhyForm
from answerable.incidents.reports.planned import plan_file_of
from answerable.incidents.reports.recipients import recipient_of
from answerable.incidents.reports.services import Out
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.parts import Clock

MOST_OWED = 200


@dataclass(frozen=True)
class Row:
    """A report as a list shows it."""

    report: Report
    title: str
    to: str
    left: str
    tone: str
    state: str
    word: str
    url: str


def row_of(report: Report, reader: Reader) -> Row:
    left, tone = "", "quiet"
    is_owed = report.state == Report.State.DUE
    is_late = is_owed and rules.is_late(report.due_at, reader.now)
    if is_owed and report.due_at is not None:
        left = wording.left_text(report.due_at, reader.now)
        near = reader.now >= rules.remind_at(report.opened_at, report.due_at)
        tone = "late" if is_late else "soon" if near else "ontime"
    state, word = {
        Report.State.SENT: (
            "met_late" if report.late_at else "met",
            _("sent late") if report.late_at else _("sent in time"),
        ),
        Report.State.WAIVED: ("paused", _("not required")),
    }.get(Report.State(report.state), (tone, ""))
    if is_owed and report.due_at is None:
        state, word = (
            "paused",
            _("when something changes") if report.kind == Report.Kind.FOLLOW_UP else _("no limit"),
        )
    return Row(
        report,
        wording.title(report),
        wording.recipient(report),
        left,
        tone,
        state,
        word,
        reverse("incident_reports:report", args=[report.pk]),
    )


@require_safe
@incident_view
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Everything that is owed in the reader's bodies, what hurts first."""
    owed = reports_for(reader).filter(state=Report.State.DUE).order_by("due_at", "pk")[:MOST_OWED]
    context = {"rows": [row_of(one, reader) for one in owed]}
    return page_or_part(request, "incidents/reports/list.html", "main", context)


@require_safe
@incident_view
def of_incident(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """The reports of one incident: owed, sent, not required."""
    incident = incident_for(reader, incident_id)
    every = [
        row_of(one, reader)
        for one in Report.objects.filter(incident=incident).order_by("due_at", "opened_at", "pk")
    ]
    context = {
        "incident": incident,
        "hazard": wording.hazard(incident),
        "owed": [row for row in every if row.report.state == Report.State.DUE],
        "over": [row for row in every if row.report.state != Report.State.DUE][::-1],
    }
    return page_or_part(request, "incidents/reports/incident.html", "main", context)


@require_safe
@incident_view
def show(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    return _page(request, reader, report_for(reader, report_id))


def _clock(row: Report, reader: Reader) -> Clock:
    """The answer first: what is owed, to whom, by when."""
    shown = row_of(row, reader)
    facts = {"to": shown.to, "at": wording.at_text(row.due_at) if row.due_at else "", "left": shown.left}
    if row.state == Report.State.SENT and row.sent_at is not None:
        facts |= {"at": wording.at_text(row.sent_at), "way": str(wording.WAYS.get(row.sent_way, ""))}
        sentence = _("Sent to %(to)s %(way)s on %(at)s.") % facts
    elif row.state == Report.State.WAIVED:
        sentence = _("Not required: %(why)s") % {"why": wording.ended_words(row)}
    elif row.due_at is None and row.until_at is not None:
        sentence = _("To %(to)s as soon as something changes, until %(at)s.") % (
            facts | {"at": wording.at_text(row.until_at)}
        )
    elif row.due_at is None:
        sentence = _("To %(to)s; no limit is set.") % facts
    else:
        sentence = _("To %(to)s at the latest on %(at)s: %(left)s.") % facts
    return Clock(sentence, shown.state, wording.why_this_time(row))


def _may_write(reader: Reader, incident: Incident) -> bool:
    return incident.authority_id in reader.body_ids and reader.writes(incident)


def _page(
    request: HttpRequest,
    reader: Reader,
    row: Report,
    *,
    form: ReportForm | None = None,
    why: WhyForm | None = None,
    refused: str = "",
) -> HttpResponse:
    incident = row.incident
    writes = row.state == Report.State.DUE and _may_write(reader, incident)
    context: dict[str, Any] = {
        "row": row_of(row, reader),
        "report": row,
        "incident": incident,
        "hazard": wording.hazard(incident),
        "clock": _clock(row, reader),
        "way": wording.WAYS.get(row.sent_way, ""),
        "parts": [(wording.content(code), text) for code, text in row.text.items()],
        "writes": writes,
        "waives": writes and (reader.leads(incident) or incident.commander_id == reader.staff.pk),
        "received": reaching.received_by(row) if row.sent_way == "channel" else None,
        "message": reaching.delivery_of(row) if row.sent_way == "channel" else None,
        "reads_incident": incident.authority_id in reader.seen_body_ids,
        "refused": refused,
        "can_announce": writes and row.due_at is None and row.kind == Report.Kind.FOLLOW_UP,
    }
    if writes:
        to = recipient_of(row.recipient, incident, plan_file_of(incident))
        found = drafting.gathered(incident, drafting.since_last(row))
        parts: Mapping[str, str] = row.text or drafting.draft(incident, row, found)
        form = form or ReportForm(row=row, parts=parts, to=to)
        form.mark_what_must_be(row.kind == Report.Kind.FOLLOW_UP)
        context |= {
            "to": to,
            "form": form,
            "why_form": why or WhyForm(initial={"version": row.version}, auto_id="why-%s"),
            "entries": found.entries,
            "since": found.at,
        }
    status = 422 if (form is not None and form.errors) or refused else 200
    return page_or_part(request, "incidents/reports/report.html", "main", context, status=status)


@require_POST
@incident_view
def write(request: HttpRequest, reader: Reader, report_id: UUID, what: str) -> HttpResponse:
    """Keep the draft, send it, announce a change, or say why it is not required."""
    doing = _DOINGS.get(what)
    if doing is None:
        raise Http404
    row = report_for(reader, report_id)
    if not _may_write(reader, row.incident):
        raise PermissionDenied(wording.refusal_words(NotYours("writes_not")))
    return doing(request, reader, row)


def _try(
    request: HttpRequest,
    reader: Reader,
    row: Report,
    doing: Callable[[], Report],
    said: Callable[[Report], str],
    *,
    form: ReportForm | None = None,
    why: WhyForm | None = None,
) -> HttpResponse:
    try:
        done = doing()
    except Refusal as refusal:
        words = wording.refusal_words(refusal)
        again = report_for(reader, row.pk)
        if form is not None and again.state == Report.State.DUE:
            form.add_error(None, words)
            form.say_what_is_missing(refusal.facts.get("parts", ()))
            _renew(form, again)
            return _page(request, reader, again, form=form)
        if why is not None and again.state == Report.State.DUE:
            why.add_error(None, words)
            _renew(why, again)
            return _page(request, reader, again, why=why, refused=words)
        return _page(request, reader, again, refused=words)
    flash.done(request, said(done))
    return go(request, reverse("incident_reports:report", args=[row.pk]))


def _renew(form: Any, row: Report) -> None:
    """What was typed stays, and is sent next time as an answer to what is shown now."""
    form.data = form.data.copy()
    form.data["version"] = str(row.version)


def _form(request: HttpRequest, row: Report) -> ReportForm:
    to = recipient_of(row.recipient, row.incident, plan_file_of(row.incident))
    return ReportForm(request.POST, row=row, parts={}, to=to)


def _keep(request: HttpRequest, reader: Reader, row: Report) -> HttpResponse:
    form = _form(request, row)
    if not form.is_valid():
        return _page(request, reader, row, form=form)

    def keep() -> Report:
        return services.keep_draft(
            report_id=row.pk,
            text=form.parts(),
            by=reader.actor(row.incident),
            seen_version=form.cleaned_data["version"],
            now=reader.now,
        )

    return _try(request, reader, row, keep, lambda done: _("The draft is kept."), form=form)


def _send(request: HttpRequest, reader: Reader, row: Report) -> HttpResponse:
    form = _form(request, row)
    if form.is_valid() and not form.cleaned_data["way"]:
        form.add_error("way", _("Choose how it goes out."))
    if not form.is_valid():
        return _page(request, reader, row, form=form)
    data = form.cleaned_data

    def send() -> Report:
        return services.send_report(
            report_id=row.pk,
            text=form.parts(),
            out=Out(data["way"], data["taken_by"]),
            by=reader.actor(row.incident),
            seen_version=data["version"],
            now=reader.now,
        )

    def said(done: Report) -> str:
        if done.late_at is not None:
            return _("The report is out. It was late, and the file says so.")
        return _("The report is out, in time.")

    return _try(request, reader, row, send, said, form=form)


def _waive(request: HttpRequest, reader: Reader, row: Report) -> HttpResponse:
    form = WhyForm(request.POST, auto_id="why-%s")
    if not form.is_valid():
        return _page(request, reader, row, why=form)

    def waive() -> Report:
        return services.waive_report(
            report_id=row.pk,
            why=form.cleaned_data["why"],
            by=reader.actor(row.incident),
            seen_version=form.cleaned_data["version"],
            now=reader.now,
        )

    return _try(request, reader, row, waive, lambda done: _("Written down: not required."), why=form)


def _announce(request: HttpRequest, reader: Reader, row: Report) -> HttpResponse:
    seen = request.POST.get("version", "")

    def announce() -> Report:
        return services.announce_change(
            report_id=row.pk,
            by=reader.actor(row.incident),
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
            now=reader.now,
        )

    return _try(request, reader, row, announce, lambda done: _("The clock of this report runs."))


_DOINGS = {"draft": _keep, "send": _send, "waive": _waive, "change": _announce}


@require_safe
@incident_view
def as_paper(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    """The report as PDF; a draft says on every page that it was not sent."""
    row = report_for(reader, report_id)
    parts: Mapping[str, str] = row.text
    if not parts and row.state == Report.State.DUE:
        if not _may_write(reader, row.incident):
            raise Http404
        found = drafting.gathered(row.incident, drafting.since_last(row))
        parts = drafting.draft(row.incident, row, found)
    response = HttpResponse(paper.pdf_of(row, parts, reader.now), content_type="application/pdf")
    name = f"report-{row.incident.code}-{row.duty}-{row.number}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
