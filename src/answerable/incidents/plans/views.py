"""Pages of plans that are read: the list with its readiness, a plan with every missing point, versions side by side."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from answerable.incidents.access import Reader, incident_view
from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans import door, linting, papers, shown
from answerable.incidents.plans.catalogue import shipped_plans
from answerable.incidents.plans.forms import UploadForm
from answerable.incidents.wording import hazard_text
from answerable.ui.htmx import page_or_part

State = PlanVersion.State


def current_of(plan: Plan) -> tuple[PlanVersion | None, PlanVersion | None]:
    """The version in use and the draft, where there are any."""
    rows = {
        row.state: row for row in PlanVersion.objects.filter(plan=plan, state__in=[State.IN_USE, State.DRAFT])
    }
    return rows.get(State.IN_USE), rows.get(State.DRAFT)


@require_safe
@incident_view
def every(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The plans of the reader's bodies, the least ready first, and what can be taken over."""
    return page_or_part(request, "incidents/plans/list.html", "main", list_context(reader, UploadForm()))


def list_context(reader: Reader, form: UploadForm, refused: list[str] | None = None) -> dict[str, Any]:
    plans = list(door.plans_for(reader).filter(retired_at=None).order_by("authority", "code"))
    drills = linting.drills_of([plan.pk for plan in plans])
    rows: list[dict[str, Any]] = []
    for plan in plans:
        in_use, draft = current_of(plan)
        version = in_use or draft
        if version is None:
            continue
        found = shown.readiness_of(plan, version, reader.now, drills.get(plan.pk))
        rows.append(
            {
                "plan": plan,
                "hazard": hazard_text(plan.hazard),
                "in_use": in_use,
                "draft": draft,
                "score": found.score,
                "count": len(found.findings),
                "drilled_on": drills.get(plan.pk),
            }
        )
    rows.sort(key=lambda row: (row["score"], row["plan"].pk))
    bodies = door.working_bodies(reader)
    have = {plan.code for plan in plans if bodies and plan.authority_id == bodies[0].pk}
    shipped = [
        {
            "code": code,
            "name": one.names.in_language(shown.lang()),
            "purpose": one.purpose.in_language(shown.lang()),
        }
        for code, one in shipped_plans().items()
        if code not in have
    ]
    return {
        "rows": rows,
        "body": bodies[0] if bodies else None,
        "shipped": shipped if bodies else [],
        "form": form,
        "refused": refused or [],
    }


@require_safe
@incident_view
def plan(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """One plan: the version in use, or the one that `?version=` names."""
    row = door.plan_for(reader, plan_id)
    in_use, draft = current_of(row)
    asked = request.GET.get("version", "")
    version = door.version_for(row, int(asked)) if asked.isdecimal() and len(asked) < 9 else in_use or draft
    versions = list(
        PlanVersion.objects.filter(plan=row).select_related("made_by", "approved_by", "approved_post")
    )
    if version is None:
        version = versions[0]
    file = file_of(version)
    refs = shown.Refs(row.authority)
    found = shown.readiness_of(row, version, reader.now, linting.drills_of([row.pk]).get(row.pk))
    context = {
        "plan": row,
        "version": version,
        "in_use": in_use,
        "draft": draft,
        "versions": versions,
        "file": file,
        "purpose": file.purpose.in_language(shown.lang()),
        "hazards": [hazard_text(code) for code in (file.hazard, *file.also)],
        "score": found.score,
        "areas": shown.scored(found),
        "roles": shown.roles(file, refs),
        "tracks": shown.tracks(file),
        "scales": shown.scales(file),
        "reports": shown.reports(file, refs),
        "contacts": [(one.names.in_language(shown.lang()), one) for one in file.contacts],
        "recovery": [one.names.in_language(shown.lang()) for one in file.recovery],
        "writes": door.may_write(reader, row) and row.retired_at is None,
        "approves": door.may_approve(reader, row) and row.retired_at is None,
    }
    return page_or_part(request, "incidents/plans/plan.html", "main", context)


@require_safe
@incident_view
def compare(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """Two versions side by side: `?before=` and `?after=`; without them the newest and the one before it."""
    row = door.plan_for(reader, plan_id)
    versions = list(PlanVersion.objects.filter(plan=row))
    numbers = [one.number for one in versions]
    after = _number(request, "after", numbers, numbers[0])
    before = _number(request, "before", numbers, numbers[1] if len(numbers) > 1 else numbers[0])
    old, new = door.version_for(row, before), door.version_for(row, after)
    context = {
        "plan": row,
        "old": old,
        "new": new,
        "versions": versions,
        "rows": list(shown.side_by_side(old.text, new.text)),
    }
    return page_or_part(request, "incidents/plans/compare.html", "main", context)


def _number(request: HttpRequest, name: str, numbers: list[int], default: int) -> int:
    given = request.GET.get(name, "")
    if not given:
        return default
    if not given.isdecimal() or len(given) > 8 or int(given) not in numbers:
        raise Http404
    return int(given)


@require_safe
@incident_view
def download(request: HttpRequest, reader: Reader, plan_id: int, number: int) -> HttpResponse:
    """The file of a version, word for word."""
    row = door.plan_for(reader, plan_id)
    version = door.version_for(row, number)
    response = HttpResponse(version.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.code}-{number}.yaml"'
    return response


@require_safe
@incident_view
def paper(request: HttpRequest, reader: Reader, plan_id: int, number: int, what: str) -> HttpResponse:
    """The plan, its call tree or its role cards to print."""
    if what not in papers.PAPERS:
        raise Http404
    row = door.plan_for(reader, plan_id)
    version = door.version_for(row, number)
    address = request.build_absolute_uri(f"/desk/plans/{row.pk}")
    response = HttpResponse(
        papers.PAPERS[what](row, version, address, reader.now), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="{row.code}-{number}-{what}.pdf"'
    return response
