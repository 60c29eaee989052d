"""Plans of rounds: the list, one with its rounds, made, changed, stopped; a place that was split or merged."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.duty.models import StandbyItem
from answerable.orgs.models import Authority, Place
from answerable.orgs.queries import holders_of, local_today
from answerable.orgs.standing import standing
from answerable.readiness.rounds import checks, queries, sheets, wording
from answerable.readiness.rounds.access import (
    RoundReader,
    leads_in,
    plan_for,
    plan_to_change,
    plans_for,
    require_planner,
    rounds_view,
    template_for,
)
from answerable.readiness.rounds.models import Finding, Round, RoundPlan, RoundTemplate, Target
from answerable.readiness.rounds.plan_forms import MoveForm, PlanForm, StopForm, rhythm_initial
from answerable.readiness.rounds.rhythm import rhythm_of
from answerable.readiness.rounds.services import plans as services
from answerable.readiness.rounds.services.exports import record_results
from answerable.readiness.rounds.services.templates import version_in_use
from answerable.readiness.rounds.template.reading import kept_template
from answerable.readiness.rounds.timeline import entries_of_matter
from answerable.readiness.rounds.views.common import attempt
from answerable.readiness.rounds.views.findings import XLSX
from answerable.readiness.rounds.views.home import finding_row, round_row
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.leading import lead_on

MOST_SHOWN = 300


@require_safe
@rounds_view
def listed(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    """Every plan with how often, who does it, and what is missing of it."""
    plans = list(plans_for(reader).order_by("stopped_at", "unit__path", "pk")[:MOST_SHOWN])
    due = queries.missing_now([one.pk for one in plans])
    faults = checks.faults_by_plan([one for one in plans if one.stopped_at is None], reader.now)
    context = {
        "rows": [
            {"plan": one, "often": _often(one), "due": due.get(one.pk, 0), "faults": faults.get(one.pk, ())}
            for one in plans
        ],
        "templates": _usable(reader),
        "leads": reader.leads_any,
    }
    return page_or_part(request, "rounds/plans.html", "main", context)


def _often(plan: RoundPlan) -> str:
    return wording.rhythm_text(rhythm_of(plan.rhythm))


def _usable(reader: RoundReader) -> list[RoundTemplate]:
    """The templates in use of the bodies in which they lead."""
    rows = RoundTemplate.objects.filter(
        authority__in=reader.body_ids, retired_at=None, versions__state="in_use"
    ).order_by("code", "pk")
    return [one for one in rows if leads_in(reader, one.authority_id)]


@require_safe
@rounds_view
def show(request: HttpRequest, reader: RoundReader, plan_id: int) -> HttpResponse:
    plan = plan_for(reader, plan_id)
    today = local_today(plan.authority, reader.now)
    targets = list(
        Target.objects.filter(plan=plan, ended_at=None)
        .select_related("place", "item")
        .order_by("position", "pk")
    )
    rounds = _rounds(plan)
    found = Finding.objects.filter(plan=plan).exclude(state=Finding.State.CLOSED)
    found = queries.order_by_state(found.select_related("place", "item", "unit", "post"))
    context = {
        "plan": plan,
        "often": _often(plan),
        "faster": wording.rhythm_text(rhythm_of(plan.faster)) if plan.faster else "",
        "holders": holders_of(plan.post_id, reader.now),
        "targets": [(one, wording.target_text(one, plan.unit)) for one in targets],
        "due": [round_row(one, reader) for one in rounds.filter(state="due").order_by("due_at", "pk")[:60]],
        "past": [
            round_row(one, reader)
            for one in rounds.exclude(state__in=["due", "dropped"]).order_by("-due_at", "pk")[:60]
        ],
        "findings": [finding_row(one, today) for one in found[:60]],
        "faults": checks.faults_by_plan([plan], reader.now).get(plan.pk, ())
        if plan.stopped_at is None
        else (),
        "may_change": plan.stopped_at is None and reader.leads_of(plan.unit),
        "stop_form": StopForm(initial={"seen_version": plan.version}),
        "timeline": entries_of_matter(plan.matter),
    }
    return page_or_part(request, "rounds/plan.html", "main", context)


def _rounds(plan: RoundPlan) -> Any:
    return Round.objects.filter(plan=plan).select_related(
        "place", "item", "unit", "done_by", "template_version", "plan"
    )


@require_safe
@rounds_view
def workbook(request: HttpRequest, reader: RoundReader, plan_id: int) -> HttpResponseBase:
    """The results of a plan, a row a round."""
    plan = plan_for(reader, plan_id)
    rounds = list(_rounds(plan).exclude(state="dropped").order_by("-due_at", "pk")[:5000])
    record_results(matter=plan.matter, rows=len(rounds), by=reader.acting(unit=plan.unit), now=reader.now)
    file = sheets.plan_file(plan, rounds, zone=reader.zone, now=reader.now)
    response = FileResponse(
        file, as_attachment=True, filename=f"rounds-{plan.pk}-{reader.now:%Y%m%d}.xlsx", content_type=XLSX
    )
    response["Cache-Control"] = "no-store"
    return response


# ---------------------------------------------------------------- made and changed


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reader: RoundReader, template_id: int) -> HttpResponse:
    require_planner(reader)
    template = template_for(reader, template_id)
    form = _form(request, reader, template, None)
    made: list[RoundPlan] = []

    def do() -> None:
        draft = form.draft(template.pk)
        by = reader.acting(unit=standing().units[draft.unit_id])
        made.append(services.make_plan(draft, by=by, now=reader.now))

    if request.method == "POST" and form.is_valid() and not attempt(form, do):
        flash.done(request, _("The plan stands. Its first rounds are on the list within a minute."))
        return go(request, reverse("rounds:plan", args=[made[0].pk]))
    return _edit_page(request, form, template, None)


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, reader: RoundReader, plan_id: int) -> HttpResponse:
    plan = plan_to_change(reader, plan_id)
    form = _form(request, reader, plan.template, plan)

    def do() -> None:
        services.change_plan(
            plan_id=plan.pk,
            draft=form.draft(plan.template_id),
            by=reader.acting(unit=plan.unit),
            now=reader.now,
            seen_version=form.cleaned_data["seen_version"] or 0,
        )

    if request.method == "POST" and form.is_valid() and not attempt(form, do):
        flash.done(request, _("Changed. What is on the list already stays."))
        return go(request, reverse("rounds:plan", args=[plan.pk]))
    return _edit_page(request, form, plan.template, plan)


def _edit_page(
    request: HttpRequest, form: PlanForm, template: RoundTemplate, plan: RoundPlan | None
) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "template": template, "plan": plan}
    return page_or_part(request, "rounds/plan_form.html", "main", context, status=status)


def _form(
    request: HttpRequest, reader: RoundReader, template: RoundTemplate, plan: RoundPlan | None
) -> PlanForm:
    body = template.authority
    version = version_in_use(template)
    looks_at = kept_template(version.text).looks_at if version is not None else "place"
    units = [standing().units[pk] for pk in reader.led_unit_ids if pk in standing().units]
    return PlanForm(
        request.POST or None,
        body=body,
        looks_at=looks_at,
        units=[(one.pk, one.name) for one in units if one.authority_id == body.pk and one.closed_on is None],
        places=_places(body),
        items=_items(body),
        initial=_initial(template, plan, local_today(body, reader.now)),
    )


def _places(body: Authority) -> list[tuple[int, str]]:
    """Open places, each under those that hold it."""
    rows = Place.objects.filter(authority=body, closed_on=None).order_by("path", "pk")
    return [(one.pk, one.name) for one in rows]


def _items(body: Authority) -> list[tuple[int, str]]:
    rows = StandbyItem.objects.filter(unit__authority=body, closed_on=None).select_related("unit")
    return [(one.pk, f"{one.name} · {one.unit.name}") for one in rows.order_by("unit", "code", "pk")]


def _initial(template: RoundTemplate, plan: RoundPlan | None, today: Any) -> dict[str, Any]:
    if plan is None:
        names = {"name_zh": template.name_zh, "name_en": template.name_en}
        return names | {"every": "week", "times": "18:00", "open_hours": 24, "starts_on": today}
    targets = Target.objects.filter(plan=plan, ended_at=None).order_by("position", "pk")
    return {
        "seen_version": plan.version,
        "name_zh": plan.name_zh,
        "name_en": plan.name_en,
        "unit": plan.unit_id,
        "post": plan.post_id,
        "mend_post": plan.mend_post_id,
        "targets": [one.place_id or one.item_id for one in targets],
        "open_hours": plan.open_hours,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        **rhythm_initial(plan.rhythm, ""),
        **rhythm_initial(plan.faster, "faster_"),
    }


@require_POST
@rounds_view
def stop(request: HttpRequest, reader: RoundReader, plan_id: int) -> HttpResponse:
    plan = plan_to_change(reader, plan_id)
    form = StopForm(request.POST)

    def do() -> None:
        services.stop_plan(
            plan_id=plan.pk,
            why=form.cleaned_data["why"],
            by=reader.acting(unit=plan.unit),
            now=reader.now,
            seen_version=form.cleaned_data["seen_version"],
        )

    said = attempt(form, do) if form.is_valid() else _("Say why.")
    to = reverse("rounds:plan", args=[plan.pk])
    if said:
        return lead_on(request, to, said)
    flash.done(request, _("Stopped. What was found stays open until it is mended."))
    return go(request, to)


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def moved(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    """A place was split or merged: plans and history go on at what it became."""
    require_planner(reader)
    body = next(
        (one for one in (post.unit.authority for post in reader.working) if leads_in(reader, one.pk)), None
    )
    if body is None:
        raise Http404
    looked_at = Target.objects.filter(plan__authority=body, ended_at=None).exclude(place=None)
    old = Place.objects.filter(pk__in=looked_at.values("place")).order_by("path", "pk")
    form = MoveForm(
        request.POST or None,
        old=[(one.pk, one.name) for one in old],
        new=_places(body),
        initial={"place": request.GET.get("place", "")},
    )

    def do() -> None:
        services.move_place(
            place_id=form.cleaned_data["place"],
            into=form.cleaned_data["into"],
            by=reader.acting(),
            now=reader.now,
        )

    if request.method == "POST" and form.is_valid() and not attempt(form, do):
        flash.done(request, _("Rounds go on at the new places, and the history goes with them."))
        return go(request, reverse("rounds:plans"))
    status = 422 if form.errors else 200
    return page_or_part(request, "rounds/moved.html", "main", {"form": form}, status=status)
