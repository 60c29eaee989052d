"""Pages that change a plan: take one over, edit it in a form or as a file, approve, drop, retire."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from answerable.core.sentences import Said, sentence
from answerable.incidents.access import Reader, incident_view
from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans import door, shown, wording
from answerable.incidents.plans.catalogue import NoSuchPlan, shipped_text
from answerable.incidents.plans.faults import PlanFaults
from answerable.incidents.plans.forms import FileForm, PlanForm, UploadForm, WhyForm
from answerable.incidents.plans.rules import CannotPlan
from answerable.incidents.plans.views import current_of, list_context
from answerable.incidents.plans.writing import write_plan
from answerable.incidents.services import plans as services
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.leading import lead_on


def said(refusal: PlanFaults | Said) -> list[str]:
    if isinstance(refusal, PlanFaults):
        return [wording.located(one) for one in refusal.faults]
    return [sentence(refusal)]


def _to(plan_id: int) -> str:
    return reverse("incident_plans:plan", args=[plan_id])


@require_POST
@incident_view
def adopt(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Begin a plan of one's own body: from one that ships, or from a file."""
    bodies = door.working_bodies(reader)
    if not bodies:
        raise PermissionDenied(sentence(CannotPlan("no_worker")))
    form = UploadForm()
    code = request.POST.get("code", "")
    try:
        if code:
            source: str | bytes = shipped_text(code)
        else:
            form = UploadForm(request.POST, request.FILES)
            if not form.is_valid():
                return _list(request, reader, form, [])
            source = form.source()
        version = services.adopt_plan(
            authority=bodies[0], text=source, by=door.actor_in(reader, bodies[0].pk), now=reader.now
        )
    except (PlanFaults, CannotPlan, NoSuchPlan) as refusal:
        return _list(request, reader, form, said(refusal))
    flash.done(request, _("It is a draft of yours now. Say who has each role; then have it approved."))
    return go(request, reverse("incident_plans:edit", args=[version.plan_id]))


def _list(request: HttpRequest, reader: Reader, form: UploadForm, refused: list[str]) -> HttpResponse:
    return page_or_part(
        request, "incidents/plans/list.html", "main", list_context(reader, form, refused), status=422
    )


def base_of(plan: Plan) -> tuple[PlanVersion, int]:
    """What is edited: the draft, or what is in use; and the saving that was seen, 0 where there is no draft."""
    in_use, draft = current_of(plan)
    base = draft or in_use or PlanVersion.objects.filter(plan=plan).first()
    assert base is not None
    return base, draft.version if draft else 0


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def edit(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """Who has each role and how other bodies are reached, in a form; all else in the file stays to the letter."""
    plan = door.plan_to_write(reader, plan_id)
    base, seen = base_of(plan)
    posted = request.POST if request.method == "POST" else None
    form = PlanForm(posted, file=file_of(base), body=plan.authority, seen=seen, language=shown.lang())
    if posted is None:
        # A lesson out of a review brings its words along.
        form.initial["note"] = request.GET.get("note", "")[:300]
    refused: list[str] = []
    if posted is not None and form.is_valid():
        try:
            if form.cleaned_data["seen"] != seen:
                raise CannotPlan("changed")
            text = write_plan(form.edited(timezone.localdate(reader.now)), base.text)
            return _saved(request, reader, plan, text, form.cleaned_data)
        except (PlanFaults, Said) as refusal:
            refused = said(refusal)
    context = {"plan": plan, "base": base, "form": form, "refused": refused}
    return page_or_part(request, "incidents/plans/edit.html", "main", context, status=_status(form, refused))


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def file(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """The file itself. What is wrong is named with its line; nothing is kept of a file that is no plan."""
    plan = door.plan_to_write(reader, plan_id)
    base, seen = base_of(plan)
    refused: list[str] = []
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES, auto_id="plan-%s")
        if form.is_valid():
            try:
                return _saved(request, reader, plan, form.source(), form.cleaned_data)
            except (PlanFaults, Said) as refusal:
                refused = said(refusal)
    else:
        form = FileForm(initial={"text": base.text, "seen": seen}, auto_id="plan-%s")
    context = {"plan": plan, "base": base, "form": form, "refused": refused}
    return page_or_part(request, "incidents/plans/file.html", "main", context, status=_status(form, refused))


def _status(form: Any, refused: list[str]) -> int:
    return 422 if refused or form.errors else 200


def _saved(
    request: HttpRequest, reader: Reader, plan: Plan, source: str | bytes, given: dict[str, Any]
) -> HttpResponse:
    draft = services.save_draft(
        plan_id=plan.pk,
        text=source,
        by=door.actor_in(reader, plan.authority_id),
        seen=given["seen"],
        note=given["note"],
        now=reader.now,
    )
    flash.done(request, _("The draft is kept. What is in use stays in use until it is approved."))
    return go(request, f"{_to(plan.pk)}?version={draft.number}")


def seen_in(request: HttpRequest) -> int:
    given = request.POST.get("seen", "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1


@require_POST
@incident_view
def approve(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """The leader puts the draft in use."""
    plan = door.plan_to_approve(reader, plan_id)
    try:
        services.approve_draft(
            plan_id=plan.pk,
            by=door.actor_in(reader, plan.authority_id),
            seen=seen_in(request),
            now=reader.now,
        )
    except CannotPlan as refusal:
        flash.warn(request, sentence(refusal))
    else:
        flash.done(request, _("This version is in use from now on."))
    return go(request, _to(plan.pk))


@require_POST
@incident_view
def drop(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """Give the draft up."""
    plan = door.plan_to_write(reader, plan_id)
    try:
        services.drop_draft(
            plan_id=plan.pk,
            by=door.actor_in(reader, plan.authority_id),
            seen=seen_in(request),
            now=reader.now,
        )
    except CannotPlan as refusal:
        flash.warn(request, sentence(refusal))
    else:
        flash.done(request, _("The draft is dropped; it can still be read among the versions."))
    return go(request, _to(plan.pk))


@require_POST
@incident_view
def retire(request: HttpRequest, reader: Reader, plan_id: int) -> HttpResponse:
    """Take a plan out of use."""
    plan = door.plan_to_approve(reader, plan_id)
    form = WhyForm(request.POST)
    try:
        if not form.is_valid():
            flash.warn(request, _("Say why the plan is retired."))
            return go(request, _to(plan.pk))
        services.retire_plan(
            plan_id=plan.pk,
            by=door.actor_in(reader, plan.authority_id),
            why=form.cleaned_data["why"],
            now=reader.now,
        )
    except CannotPlan as refusal:
        return lead_on(request, _to(plan.pk), sentence(refusal))
    flash.done(request, _("The plan is retired; its versions can still be read."))
    return go(request, reverse("incident_plans:list"))
