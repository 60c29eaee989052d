"""What was found: the list with its filters, one finding with what may be done, a place's history, a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from answerable.cases.access import readable_among, reader_for
from answerable.duty.models import StandbyItem
from answerable.incidents.access import incidents_for
from answerable.orgs.models import Authority, Place
from answerable.orgs.queries import local_today
from answerable.orgs.standing import standing
from answerable.readiness.rounds import history, queries, sheets
from answerable.readiness.rounds.access import (
    RoundReader,
    finding_for,
    findings_for,
    rounds_for,
    rounds_view,
    templates_for,
)
from answerable.readiness.rounds.forms import CheckForm, FindingFilter, GiveForm, MendForm, RaiseForm
from answerable.readiness.rounds.models import Finding, PlaceChange
from answerable.readiness.rounds.services import findings as services
from answerable.readiness.rounds.services.exports import record_findings
from answerable.readiness.rounds.timeline import entries_of
from answerable.readiness.rounds.views.common import attempt
from answerable.readiness.rounds.views.home import finding_row, round_row
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.paging import page_number, page_of

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _home(reader: RoundReader) -> Authority:
    return reader.posts[0].unit.authority


def _filtered(request: HttpRequest, reader: RoundReader) -> tuple[FindingFilter, QuerySet[Finding]]:
    units = [standing().units[pk] for pk in reader.unit_ids if pk in standing().units]
    form = FindingFilter(request.GET, units=units, templates=templates_for(reader))
    given = form.cleaned_data if form.is_valid() else {}
    today = local_today(_home(reader), reader.now)
    rows = _in_state(findings_for(reader), given.get("state") or "", today)
    if given.get("unit"):
        rows = rows.filter(unit=given["unit"])
    if given.get("severity"):
        rows = rows.filter(severity=given["severity"])
    if given.get("template"):
        rows = rows.filter(plan__template=given["template"])
    if given.get("repeated"):
        rows = rows.filter(Q(times__gt=1) | Q(seen_again__gt=0) | Q(sent_back__gt=0))
    return form, rows


def _in_state(rows: QuerySet[Finding], state: str, today: date) -> QuerySet[Finding]:
    if state == "all":
        return rows
    if state == "late":
        unmended = Q(state=Finding.State.OPEN, due_on__lt=today)
        return rows.filter(unmended | Q(state=Finding.State.MENDED, check_on__lt=today))
    return rows.filter(state=state) if state else rows.exclude(state=Finding.State.CLOSED)


@require_safe
@rounds_view
def listed(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    form, rows = _filtered(request, reader)
    today = local_today(_home(reader), reader.now)
    page = page_of(queries.order_by_state(rows), page_number(request.GET.get("page")), per_page=PAGE)
    context = {
        "form": form,
        "page": page,
        "rows": [finding_row(one, today) for one in page.rows],
        "query": request.GET.urlencode(),
    }
    return page_or_part(request, "rounds/findings.html", "main", context)


@require_safe
@rounds_view
def workbook(request: HttpRequest, reader: RoundReader) -> HttpResponseBase:
    """The list under its filters, in its order."""
    _form, rows = _filtered(request, reader)
    rows = queries.order_by_state(rows).select_related("round__done_by")
    record_findings(
        authority_id=_home(reader).pk,
        filters=request.GET.urlencode(),
        rows=rows.count(),
        by=reader.acting(),
        now=reader.now,
    )
    file = sheets.findings_file(rows, zone=reader.zone, today=local_today(_home(reader), reader.now))
    name = f"findings-{reader.now:%Y%m%d}.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store"
    return response


# ---------------------------------------------------------------- one


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, reader: RoundReader, finding_id: UUID) -> HttpResponse:
    """Where it stands, what may be done with it now, how often it was found here, and what happened."""
    one = finding_for(reader, finding_id)
    forms = _forms(request, reader, one)
    status = 200
    if request.method == "POST":
        name = request.POST.get("do", "")
        form = forms.get(name)
        if form is None:
            raise Http404
        if form.is_valid() and not attempt(form, lambda: _DOINGS[name](reader, one, form.cleaned_data)):
            flash.done(request, _SAID[name]())
            return go(request, reverse("rounds:finding", args=[one.pk]))
        status = 422
    return page_or_part(request, "rounds/finding.html", "main", _context(reader, one, forms), status=status)


def _forms(request: HttpRequest, reader: RoundReader, one: Finding) -> dict[str, Form]:
    """What this reader may do with it now, by name."""
    name = request.POST.get("do", "") if request.method == "POST" else ""

    def data(which: str) -> Any:
        return request.POST if name == which else None

    seen = {"seen_version": one.version}
    found: dict[str, Form] = {}
    is_open = one.state == Finding.State.OPEN
    # A form that was sent is answered with a sentence even where it is no longer offered.
    if (is_open or name == "mend") and reader.may_mend(one):
        found["mend"] = MendForm(data("mend"), initial=seen)
    is_others = one.state == Finding.State.MENDED and one.mended_by_id != reader.staff.pk
    if (is_others or name == "check") and reader.looks_after(one):
        found["check"] = CheckForm(data("check"), initial=seen)
    if (is_open or name == "give") and reader.looks_after(one):
        initial = seen | {"post": one.post_id, "due_on": one.due_on}
        found["give"] = GiveForm(data("give"), body=one.authority, initial=initial)
        if one.becomes == Finding.Becomes.REPAIR and (one.place_id or one.item_id):
            found["raise"] = RaiseForm(data("raise"), body=one.authority)
    return found


def _mend(reader: RoundReader, one: Finding, given: dict[str, Any]) -> None:
    services.mend_finding(
        finding_id=one.pk,
        what=given["what"],
        by=reader.acting([one.post_id], one.unit),
        now=reader.now,
        seen_version=given["seen_version"],
    )


def _check(reader: RoundReader, one: Finding, given: dict[str, Any]) -> None:
    services.check_finding(
        finding_id=one.pk,
        is_mended=given["is_mended"] == "yes",
        note=given["note"],
        by=reader.acting([one.plan.post_id], one.unit),
        now=reader.now,
        seen_version=given["seen_version"],
    )


def _give(reader: RoundReader, one: Finding, given: dict[str, Any]) -> None:
    services.give_finding(
        finding_id=one.pk,
        post_id=given["post"],
        due_on=given["due_on"],
        why=given["why"],
        by=reader.acting([one.plan.post_id], one.unit),
        now=reader.now,
        seen_version=given["seen_version"],
    )


def _raise(reader: RoundReader, one: Finding, given: dict[str, Any]) -> None:
    by = reader.acting([one.plan.post_id], one.unit)
    wanted = given["subject"] if given["becomes"] == "case" else given["hazard"]
    services.raise_finding(
        finding_id=one.pk, becomes=given["becomes"], wanted=wanted or "", by=by, now=reader.now
    )
    services.carry_out(finding_id=one.pk, by=by, now=reader.now)


_DOINGS: dict[str, Callable[[RoundReader, Finding, dict[str, Any]], None]] = {
    "mend": _mend,
    "check": _check,
    "give": _give,
    "raise": _raise,
}
_SAID: dict[str, Callable[[], str]] = {
    "mend": lambda: _("Written down. Somebody else looks whether it is mended."),
    "check": lambda: _("Written down."),
    "give": lambda: _("Given on. The post has been told."),
    "raise": lambda: _("Registered. The finding stays open until it is mended."),
}


def _context(reader: RoundReader, one: Finding, forms: dict[str, Form]) -> dict[str, Any]:
    today = local_today(one.authority, reader.now)
    return finding_row(one, today) | {
        "forms": forms,
        "shown": list(forms.values()),
        "chain": [finding_row(row, today) for row in history.chain(one)[1:]],
        "timeline": entries_of(one),
        "case": _case(reader, one),
        "incident": _incident(reader, one),
        "is_own_mending": one.state == Finding.State.MENDED and one.mended_by_id == reader.staff.pk,
    }


def _case(reader: RoundReader, one: Finding) -> Any:
    """The case that it became, for whoever may read that case."""
    if one.case_id is None:
        return None
    found = readable_among(reader_for(reader.staff, reader.now), [one.case_id])
    return found[0] if found else None


def _incident(reader: RoundReader, one: Finding) -> Any:
    if one.incident_id is None:
        return None
    return incidents_for(reader).filter(pk=one.incident_id).first()


# ---------------------------------------------------------------- a place, a thing


@require_safe
@rounds_view
def at_place(request: HttpRequest, reader: RoundReader, place_id: int) -> HttpResponse:
    """Everything that was seen and found at a place, and at those that became it."""
    place = Place.objects.filter(pk=place_id, authority__in=reader.body_ids).first()
    if place is None:
        raise Http404
    before = history.places_before(place.pk)
    changes = PlaceChange.objects.filter(Q(place=place) | Q(into=place)).select_related("place", "into")
    return _history(request, reader, place, {"place__in": before}, changes=list(changes))


@require_safe
@rounds_view
def at_item(request: HttpRequest, reader: RoundReader, item_id: int) -> HttpResponse:
    item = StandbyItem.objects.filter(pk=item_id, unit__authority__in=reader.body_ids).first()
    if item is None:
        raise Http404
    return _history(request, reader, item, {"item": item.pk})


def _history(
    request: HttpRequest, reader: RoundReader, thing: Any, where: dict[str, Any], changes: Any = ()
) -> HttpResponse:
    today = local_today(_home(reader), reader.now)
    rounds = rounds_for(reader).filter(**where).exclude(state="dropped").order_by("-due_at", "-pk")[:50]
    found = queries.order_by_state(findings_for(reader).filter(**where))[:100]
    context = {
        "thing": thing,
        "changes": changes,
        "rounds": [round_row(one, reader) for one in rounds],
        "findings": [finding_row(one, today) for one in found],
    }
    return page_or_part(request, "rounds/history.html", "main", context)
