"""Templates: the list with those that ship, one with its versions, edited in a form or as a file, printed empty."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.core.sentences import Said, sentence
from answerable.incidents.plans.faults import PlanFaults
from answerable.readiness.rounds import papers, wording
from answerable.readiness.rounds.access import (
    Forbidden,
    RoundReader,
    leads_in,
    rounds_view,
    template_for,
    template_to_use,
    template_to_write,
    templates_for,
    working_bodies,
    works_in,
)
from answerable.readiness.rounds.forms import FileForm, UploadForm
from answerable.readiness.rounds.models import Finding, RoundPlan, RoundTemplate, TemplateVersion
from answerable.readiness.rounds.services import templates as services
from answerable.readiness.rounds.template.catalogue import shipped_template, shipped_templates, shipped_text
from answerable.readiness.rounds.template.reading import kept_template
from answerable.readiness.rounds.template.schema import RoundFile
from answerable.readiness.rounds.template_form import (
    KINDS,
    LOOKS_AT,
    HeadForm,
    QuestionForms,
    head_initial,
    questions_initial,
    text_of_forms,
)
from answerable.readiness.rounds.timeline import entries_of_matter
from answerable.readiness.rounds.views.common import attempt, pdf_response
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


def _refused(refusal: Said | PlanFaults) -> list[str]:
    return wording.refusal_words(refusal).split("\n")


@require_safe
@rounds_view
def listed(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    return _list(request, reader)


def _list(
    request: HttpRequest,
    reader: RoundReader,
    form: UploadForm | None = None,
    refused: list[str] | None = None,
) -> HttpResponse:
    """The body's own, then those that ship and are not taken over yet."""
    rows = list(templates_for(reader).filter(retired_at=None).order_by("code", "pk"))
    states = {
        (one.template_id, one.state): one
        for one in TemplateVersion.objects.filter(template__in=rows, state__in=["draft", "in_use"])
    }
    bodies = working_bodies(reader)
    there = {one.code for one in rows if bodies and one.authority_id == bodies[0].pk}
    tongue = wording.language()
    planned = set(
        RoundPlan.objects.filter(template__in=rows, stopped_at=None).values_list("template", flat=True)
    )
    context = {
        "rows": [
            {
                "template": one,
                "in_use": states.get((one.pk, "in_use")),
                "draft": states.get((one.pk, "draft")),
                "planned": one.pk in planned,
            }
            for one in rows
        ],
        "shipped": [
            {
                "code": code,
                "name": file.names.in_language(tongue),
                "purpose": file.purpose.in_language(tongue),
            }
            for code, file in shipped_templates().items()
            if code not in there
        ],
        "body": bodies[0] if bodies else None,
        "form": form or UploadForm(),
        "refused": refused or [],
    }
    status = 422 if refused or (form is not None and form.errors) else 200
    return page_or_part(request, "rounds/templates.html", "main", context, status=status)


@require_POST
@rounds_view
def adopt(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    """Take over one that ships, or begin with a file: a draft."""
    bodies = working_bodies(reader)
    if not bodies:
        raise PermissionDenied(sentence(Forbidden("works_not")))
    form = UploadForm(request.POST, request.FILES)
    try:
        if request.POST.get("code"):
            form = UploadForm()
            source: str | bytes = shipped_text(request.POST["code"])
        elif form.is_valid():
            source = form.source()
        else:
            return _list(request, reader, form)
        version = services.adopt_template(
            authority=bodies[0], text=source, by=reader.acting(), now=reader.now
        )
    except (Said, PlanFaults) as refusal:
        return _list(request, reader, form, _refused(refusal))
    flash.done(request, _("Taken over as a draft. Adapt it, then put it to use."))
    return go(request, reverse("rounds:template", args=[version.template_id]))


@require_safe
@rounds_view
def show(request: HttpRequest, reader: RoundReader, template_id: int) -> HttpResponse:
    """What it asks, as whoever does the round will see it; its versions and plans."""
    template = template_for(reader, template_id)
    versions = list(
        TemplateVersion.objects.filter(template=template)
        .select_related("made_by", "adopted_by")
        .order_by("-number")
    )
    shown = _chosen(request, versions)
    context = {
        "template": template,
        "versions": versions,
        "shown": shown,
        "draft": next((one for one in versions if one.state == "draft"), None),
        "in_use": next((one for one in versions if one.state == "in_use"), None),
        "plans": RoundPlan.objects.filter(template=template, stopped_at=None).select_related("unit", "post"),
        "writes": template.retired_at is None and works_in(reader, template.authority_id),
        "leads": template.retired_at is None and leads_in(reader, template.authority_id),
        "timeline": entries_of_matter(template.matter),
        **_preview(kept_template(shown.text)),
    }
    return page_or_part(request, "rounds/template.html", "main", context)


def _chosen(request: HttpRequest, versions: list[TemplateVersion]) -> TemplateVersion:
    """The version that the address names, else the draft, else the one in use."""
    wanted = request.GET.get("version", "")
    if wanted.isascii() and wanted.isdigit():
        found = next((one for one in versions if one.number == int(wanted[:6])), None)
        if found is None:
            raise Http404
        return found
    return versions[0]


def _preview(file: RoundFile) -> dict[str, Any]:
    tongue = wording.language()
    return {
        "purpose": file.purpose.in_language(tongue),
        "heed": file.heed.in_language(tongue) if file.heed else "",
        "minutes": file.minutes,
        "looks_at": LOOKS_AT[file.looks_at],
        "is_desk_review": file.is_desk_review,
        "questions": [
            {
                "code": one.code,
                "ask": one.ask.in_language(tongue),
                "hint": one.hint.in_language(tongue) if one.hint else "",
                "kind": KINDS[one.kind],
                "limits": wording.limits_text(one),
                "wrong": one.wrong,
                "choices": [(choice.names.in_language(tongue), choice.wrong) for choice in one.choices],
                "finds": one.finds.names.in_language(tongue) if one.finds else "",
                "severity": _word("severity", one.finds.severity) if one.finds else "",
                "becomes": _word("becomes", one.finds.becomes) if one.finds else "",
                "within_days": one.finds.within_days if one.finds else None,
                "check_days": one.finds.check_days if one.finds else None,
            }
            for one in file.questions
        ],
    }


def _word(field: str, value: str) -> str:
    choices = Finding.Severity if field == "severity" else Finding.Becomes
    return str(choices(value).label)


# ---------------------------------------------------------------- written


def _base(template: RoundTemplate) -> tuple[TemplateVersion, int]:
    """What one goes on writing from (the draft, else the newest), and the saving of the draft that is there."""
    rows = TemplateVersion.objects.filter(template=template)
    draft = rows.filter(state="draft").first()
    if draft is not None:
        return draft, draft.version
    return rows.filter(state="in_use").first() or rows.order_by("-number")[0], 0


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reader: RoundReader, template_id: int) -> HttpResponse:
    """The form: heads, and a part for each question."""
    template = template_to_write(reader, template_id)
    base, seen = _base(template)
    file = kept_template(base.text)
    data = request.POST or None
    head = HeadForm(data, initial=head_initial(file, seen))
    questions = QuestionForms(
        data,
        initial=None if data else questions_initial(file),
        form_kwargs={"body": template.authority},
        prefix="q",
    )
    refused: list[str] = []
    if data is not None and head.is_valid() and questions.is_valid():
        text = text_of_forms(file, head, questions)
        refused = _save(request, reader, template, text, head.cleaned_data["seen"], head.cleaned_data["note"])
        if not refused:
            return go(request, reverse("rounds:template", args=[template.pk]))
    context = {"template": template, "head": head, "questions": questions, "refused": refused}
    status = 422 if refused or head.errors or questions.total_error_count() else 200
    return page_or_part(request, "rounds/template_edit.html", "main", context, status=status)


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, reader: RoundReader, template_id: int) -> HttpResponse:
    """The file itself."""
    template = template_to_write(reader, template_id)
    base, seen = _base(template)
    form = FileForm(request.POST or None, request.FILES or None, initial={"seen": seen, "text": base.text})
    refused: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            source = form.source()
        except ValueError:
            source = ""
        refused = _save(request, reader, template, source, given["seen"], given["note"])
        if not refused:
            return go(request, reverse("rounds:template", args=[template.pk]))
    context = {"template": template, "form": form, "base": base, "refused": refused}
    status = 422 if refused or form.errors else 200
    return page_or_part(request, "rounds/template_file.html", "main", context, status=status)


def _save(
    request: HttpRequest,
    reader: RoundReader,
    template: RoundTemplate,
    text: str | bytes,
    seen: int,
    note: str,
) -> list[str]:
    try:
        services.save_draft(
            template_id=template.pk, text=text, by=reader.acting(), seen=seen, now=reader.now, note=note
        )
    except (Said, PlanFaults) as refusal:
        return _refused(refusal)
    flash.done(request, _("Kept as a draft. Look through it, then put it to use."))
    return []


@require_POST
@rounds_view
def use(request: HttpRequest, reader: RoundReader, template_id: int) -> HttpResponse:
    """Put the draft to use."""
    template = template_to_use(reader, template_id)
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1

    def do() -> None:
        services.put_to_use(template_id=template.pk, by=reader.acting(), seen=number, now=reader.now)

    _tell(request, attempt(None, do), _("In use. Rounds that are put on the list from now on ask this."))
    return go(request, reverse("rounds:template", args=[template.pk]))


@require_POST
@rounds_view
def retire(request: HttpRequest, reader: RoundReader, template_id: int) -> HttpResponse:
    template = template_to_use(reader, template_id)

    def do() -> None:
        services.retire_template(template_id=template.pk, by=reader.acting(), now=reader.now)

    said = attempt(None, do)
    _tell(request, said, _("Retired. Its versions and what was found by it stay."))
    return go(
        request, reverse("rounds:template", args=[template.pk]) if said else reverse("rounds:templates")
    )


def _tell(request: HttpRequest, refused: str, done: str) -> None:
    if refused:
        flash.warn(request, refused)
    else:
        flash.done(request, done)


@require_safe
@rounds_view
def download(request: HttpRequest, reader: RoundReader, template_id: int, number: int) -> HttpResponse:
    template = template_for(reader, template_id)
    version = _version(template, number)
    response = HttpResponse(version.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{template.code}-{number}.yaml"'
    return response


@require_safe
@rounds_view
def paper(request: HttpRequest, reader: RoundReader, template_id: int, number: int) -> HttpResponse:
    """The empty form as PDF, for any place."""
    template = template_for(reader, template_id)
    version = _version(template, number)
    file = kept_template(version.text)
    pdf = papers.empty_form(file, body=template.authority, number=number, now=reader.now)
    return pdf_response(pdf, f"{template.code}-{number}")


def _version(template: RoundTemplate, number: int) -> TemplateVersion:
    version = TemplateVersion.objects.filter(template=template, number=number).first()
    if version is None:
        raise Http404
    return version


@require_safe
@rounds_view
def shipped(request: HttpRequest, reader: RoundReader, code: str) -> HttpResponse:
    """One that ships, before it is taken over."""
    try:
        found = shipped_template(code)
    except Said:
        raise Http404 from None
    context = {
        "name": found.names.in_language(wording.language()),
        "code": code,
        "may_take": bool(working_bodies(reader)),
        **_preview(found),
    }
    return page_or_part(request, "rounds/shipped.html", "main", context)
