"""Pages on which a plan's entries are added, changed, moved and taken out, one at a time; each saving is the draft."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from answerable.core.sentences import Said
from answerable.incidents.access import Reader, incident_view
from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans import door
from answerable.incidents.plans import part_forms as parts
from answerable.incidents.plans.faults import PlanFaults
from answerable.incidents.plans.part_forms import KINDS, SINGLES, Kind, PartForm
from answerable.incidents.plans.rules import CannotPlan
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.views_changing import base_of, said, seen_in
from answerable.incidents.plans.writing import write_plan
from answerable.incidents.services import plans as services
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


def _to(plan_id: int, at: str) -> str:
    return f"{reverse('incident_plans:parts', args=[plan_id])}#{at}"


@require_http_methods(["GET", "HEAD"])
@incident_view
def every(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """Everything that a plan is made of, with a way to each entry."""
    plan = door.plan_to_write(reader, plan_id)
    base, seen = base_of(plan)
    return _overview(request, plan, file_of(base), seen, [])


def _overview(
    request: HttpRequest, plan: Plan, file: PlanFile, seen: int, refused: list[str]
) -> HttpResponse:
    data = file.model_dump()
    sections = []
    for code, kind in KINDS.items():
        rows = parts.entries_of(data, kind)
        entries = [
            {
                "at": at,
                "name": parts.title_of(one),
                "is_kept": parts.is_kept(code, one.get("code", "")),
                "is_first": at == 0,
            }
            for at, one in enumerate(rows)
        ]
        sections.append(
            {
                "code": code,
                "name": kind.name,
                "one": kind.one,
                "entries": entries,
                "moves": kind.path[0] != "scales",
            }
        )
    context = {"plan": plan, "sections": sections, "singles": SINGLES, "seen": seen, "refused": refused}
    return page_or_part(
        request, "incidents/plans/parts.html", "main", context, status=422 if refused else 200
    )


def _kind(code: str) -> Kind:
    kind = KINDS.get(code) or SINGLES.get(code)
    if kind is None:
        raise Http404
    return kind


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def edit(
    request: HttpRequest, reader: Reader, plan_id: int, code: str, at: int | None = None
) -> HttpResponse:
    """One entry in a form; a new one where `at` is None."""
    plan = door.plan_to_write(reader, plan_id)
    kind = _kind(code)
    base, seen = base_of(plan)
    file = file_of(base)
    if at is not None and at >= len(parts.entries_of(file.model_dump(), kind)):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = PartForm(posted, file=file, kind=kind, at=at, body=plan.authority, seen=seen)
    refused: list[str] = []
    if posted is not None and form.is_valid():
        try:
            if form.cleaned_data["seen"] != seen:
                raise CannotPlan("changed")
            _keep(reader, plan, form.edited(), base, seen)
        except (PlanFaults, Said) as refusal:
            refused = said(refusal)
        else:
            flash.done(request, _("It is in the draft. What is in use stays in use until it is approved."))
            return go(request, _to(plan.pk, code))
    rows = [
        {"fields": [form[name] for name in names], "is_both": len(names) == 2} for _name, names in form.rows
    ]
    context: dict[str, Any] = {
        "plan": plan,
        "kind": kind,
        "form": form,
        "rows": rows,
        "refused": refused,
        "is_new": at is None and code in KINDS,
    }
    status = 422 if refused or form.errors else 200
    return page_or_part(request, "incidents/plans/part.html", "main", context, status=status)


@require_POST
@incident_view
def change(request: HttpRequest, reader: Reader, plan_id: int, code: str, at: int) -> HttpResponse:
    """Move an entry up or down, or take it out of the plan."""
    plan = door.plan_to_write(reader, plan_id)
    kind = KINDS.get(code)
    base, seen = base_of(plan)
    file = file_of(base)
    if kind is None or at >= len(parts.entries_of(file.model_dump(), kind)):
        raise Http404
    do = request.POST.get("do", "")
    try:
        if seen_in(request) != seen:
            raise CannotPlan("changed")
        if do == "out":
            changed = parts.without(file, kind, at)
        else:
            changed = parts.moved(file, kind, at, -1 if do == "up" else 1)
        _keep(reader, plan, changed, base, seen)
    except (PlanFaults, Said) as refusal:
        return _overview(request, plan, file, seen, said(refusal))
    if do == "out":
        flash.done(
            request,
            _("It is taken out of the draft. What is in use still has it, and the draft can be dropped."),
        )
    return go(request, _to(plan.pk, code))


def _keep(reader: Reader, plan: Plan, changed: PlanFile, base: PlanVersion, seen: int) -> None:
    """The draft with the change; what was noted of the draft stays."""
    services.save_draft(
        plan_id=plan.pk,
        text=write_plan(changed, base.text),
        by=door.actor_in(reader, plan.authority_id),
        seen=seen,
        note=base.note if seen else "",
        now=reader.now,
    )
