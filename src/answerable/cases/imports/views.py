"""Open matters of another system in the desk: looked at first, carried out by the worker, watched, stopped."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases.access import shown_to
from answerable.cases.imports import deciding, sealed
from answerable.cases.imports.deciding import CannotImport
from answerable.cases.imports.forms import FileForm, PullForm
from answerable.cases.imports.layout import CASES
from answerable.cases.imports.models import Import
from answerable.cases.imports.pulling import CannotPull
from answerable.cases.models import Case
from answerable.core.sentences import sentence
from answerable.core.text import spreadsheet_safe
from answerable.orgs.access import Visitor, admin_view
from answerable.orgs.models import Authority
from answerable.orgs.sheets.names import head_shown
from answerable.orgs.standing import standing
from answerable.ui import flash
from answerable.ui.htmx import go
from answerable.ui.paging import page_number, page_of

State = Import.State
LOOKS = {
    State.READING: "waiting",
    State.FAULTY: "failed",
    State.READY: "soon",
    State.RUNNING: "waiting",
    State.STOPPED: "paused",
    State.FAILED: "fault",
    State.DONE: "ok",
    State.LEFT: "closed",
}
#: Faults that are shown; a longer list is mended from its top.
SHOWN = 300


def _bodies(visitor: Visitor) -> list[Authority]:
    """Those that may take matters over, one's own first."""
    inside = [body for body in visitor.runs if not body.is_outside]
    return sorted(inside, key=lambda body: body.pk != visitor.home.pk)


def _body(request: HttpRequest, visitor: Visitor) -> Authority:
    bodies = _bodies(visitor)
    if not bodies:
        raise PermissionDenied(_("You administer no office that takes matters over."))
    code = request.GET.get("body", "")
    return next((body for body in bodies if body.code == code), bodies[0])


@require_http_methods(["GET", "HEAD", "POST"])
@admin_view
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Begin one, from a file or from a server; and those that there were."""
    body, which = _body(request, visitor), request.POST.get("from", "")
    file = FileForm(request.POST if which == "file" else None, request.FILES if which == "file" else None)
    pull = PullForm(request.POST if which == "pull" else None, body=body)
    bound = file if which == "file" else pull
    if request.method == "POST" and bound.is_valid():
        try:
            row = _begun(which, bound.cleaned_data, body, visitor)
        except CannotImport as refused:
            bound.add_error(None, sentence(refused))
        else:
            return go(request, reverse("imports:show", args=[row.pk]))
    rows = Import.objects.filter(authority__in=visitor.runs).select_related("authority").order_by("-begun_at")
    page = page_of(rows, page_number(request.GET.get("page")))
    context = {
        "must": [head_shown(one.head, CASES.name) for one in CASES.columns if one.must],
        "may": [head_shown(one.head, CASES.name) for one in CASES.columns if not one.must],
        "body": body,
        "bodies": _bodies(visitor),
        "file": file,
        "pull": pull,
        "rows": [{"row": row, "look": LOOKS[State(row.state)]} for row in page.rows],
        "page": page,
        "many": len(visitor.runs) > 1,
        "is_pull": which == "pull",
    }
    return render(request, "imports/home.html", context, status=422 if bound.errors else 200)


def _begun(which: str, said: dict[str, Any], body: Authority, visitor: Visitor) -> Import:
    who: dict[str, Any] = {"authority": body, "by": visitor.actor, "now": visitor.now}
    if which == "file":
        upload = said["content"]
        return deciding.begin_file(source=said["source"], name=upload.name, content=upload.read(), **who)
    return deciding.begin_pull(**said, **who)


def _row(visitor: Visitor, import_id: UUID) -> Import:
    rows = Import.objects.filter(authority__in=visitor.runs).select_related("authority", "subject")
    row = rows.filter(pk=import_id).first()
    if row is None:
        raise Http404
    return row


@require_safe
@admin_view
def show(request: HttpRequest, visitor: Visitor, import_id: UUID) -> HttpResponse:
    """What would come in, its faults, how far it is, or what became of it."""
    row = _row(visitor, import_id)
    context: dict[str, Any] = {
        "row": row,
        "look": LOOKS[State(row.state)],
        "is_open": row.state in (State.READING, State.RUNNING)
        or (row.state == State.STOPPED and row.ended_at is None),
        "planned": row.found.get("planned", 0),
        "elsewhere": row.found.get("planned", 0) - row.done if row.state == State.DONE else 0,
    }
    context |= _found(row) if "planned" in row.found else {}
    if row.state == State.FAULTY:
        context |= _faults(row)
    if row.state in (State.DONE, State.STOPPED):
        context |= _became(request, visitor, row)
    if row.failed:
        context["failed"] = sentence(CannotImport(row.failed))
    return render(request, "imports/import.html", context)


def _found(row: Import) -> dict[str, Any]:
    organisation, found = standing(), row.found
    subjects = [
        {"theirs": theirs, "ours": organisation.subjects.get(ours), "count": count}
        for theirs, ours, count in found["subjects"]
    ]
    places = [{"ours": organisation.places.get(ours), "count": count} for ours, count in found["places"]]
    zone = ZoneInfo(row.authority.zone)
    span = [
        datetime.fromisoformat(found[at]).astimezone(zone).date() for at in ("first", "last") if found[at]
    ]
    return {"found": found, "subjects": subjects, "places": places, "span": span}


def _became(request: HttpRequest, visitor: Visitor, row: Import) -> dict[str, Any]:
    """Which became which; a link for whoever may open it, which an administrator as such may not."""
    try:
        result = sealed.result_of(row)
    except sealed.LOST:
        return {"is_lost": True}
    page = page_of(result, page_number(request.GET.get("page")))
    codes = dict(Case.objects.filter(code__in=[code for _name, code in page.rows]).values_list("code", "pk"))
    mine = shown_to(visitor.staff, list(codes.values()), visitor.now)
    rows = [{"name": name, "code": code, "case": codes.get(code)} for name, code in page.rows]
    return {"page": page, "rows": [one | {"opens": one["case"] in mine} for one in rows]}


def _faults(row: Import) -> dict[str, Any]:
    if "refused" in row.found:
        code, facts = row.found["refused"]
        return {"refused": sentence(CannotPull(code, **facts))}
    try:
        faults = sealed.faults_of(row)
    except sealed.LOST:
        return {"is_lost": True}
    return {"faults": faults[:SHOWN], "count": len(faults), "is_gone": row.said is None}


_DONE: dict[str, tuple[Callable[..., Any], Callable[[], str]]] = {
    "confirm": (deciding.confirm_import, lambda: _("It is being taken over. You may leave this page.")),
    "stop": (deciding.stop_import, lambda: _("Stopped. What came over until now stays.")),
    "retry": (deciding.retry_import, lambda: _("It is tried again.")),
    "leave": (
        deciding.leave_import,
        lambda: _("Left. Nothing was taken over, and what had been read is destroyed."),
    ),
}


@require_POST
@admin_view
def decide(request: HttpRequest, visitor: Visitor, import_id: UUID, what: str) -> HttpResponse:
    """`what`: confirm, stop, retry, leave."""
    row = _row(visitor, import_id)
    if what not in _DONE:
        raise Http404
    doing, said = _DONE[what]
    try:
        doing(import_id=row.pk, by=visitor.actor, now=visitor.now)
    except CannotImport as refused:
        flash.warn(request, sentence(refused))
    else:
        flash.done(request, said())
    return go(request, reverse("imports:show", args=[row.pk]))


@require_safe
@admin_view
def result(request: HttpRequest, visitor: Visitor, import_id: UUID) -> HttpResponse:
    """Which matter there became which here, as CSV. A code alone opens nothing."""
    row = _row(visitor, import_id)
    if row.said is None or row.state not in (State.DONE, State.STOPPED):
        raise Http404
    try:
        rows = sealed.result_of(row)
    except sealed.LOST as lost:
        raise Http404 from lost
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["foreign_id", "code"])
    # What a spreadsheet would take for a formula is another system's to choose.
    writer.writerows([spreadsheet_safe(name), code] for name, code in rows)
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="taken-over.csv"'
    return response
