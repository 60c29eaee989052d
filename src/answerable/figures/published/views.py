"""The desk of publishing: what waits and is out, a preview, letting out, holding back, counting again, settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Changed
from answerable.core.sentences import Said, sentence
from answerable.figures.published import front, queries, services
from answerable.figures.published.access import SETS, Reader, published_view
from answerable.figures.published.drawing import family_name, month_name
from answerable.figures.published.files import table_word
from answerable.figures.published.forms import AgainForm, HoldForm, SettingsForm, YearForm
from answerable.figures.published.models import Edition, Layout, Report
from answerable.figures.published.rules import CannotPublish, NotTheirs
from answerable.orgs.models import Authority
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


def attempt(form: Form | None, do: Callable[[], Any]) -> str:
    """Carry it out; "" or the refusal's sentence, which stands at the form too. Raises PermissionDenied."""
    try:
        do()
    except NotTheirs as refusal:
        raise PermissionDenied(sentence(refusal)) from refusal
    except Changed:
        said = _("Somebody else changed this meanwhile. Look at it again; nothing was overwritten.")
    except Said as refusal:
        said = sentence(refusal)
    else:
        return ""
    if form is not None:
        form.add_error(None, said)
    return said


@require_safe
@published_view
def home(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What waits for its release, what is out, the annual reports."""
    return _home(request, reader)


def _home(
    request: HttpRequest,
    reader: Reader,
    *,
    again: AgainForm | None = None,
    again_for: str = "",
    status: int = 200,
) -> HttpResponse:
    bodies = [
        _body(one, reader, again if again is not None and one.code == again_for else None)
        for one in reader.bodies
    ]
    return page_or_part(request, "published/desk/home.html", "main", {"bodies": bodies}, status=status)


def _body(body: Authority, reader: Reader, again: AgainForm | None) -> dict[str, Any]:
    editions = (
        Edition.objects.filter(authority=body).defer("counted", "content").order_by("-period", "-number")
    )
    reports = Report.objects.filter(authority=body).defer("pdf_zh", "pdf_en").order_by("-year", "-number")
    years = sorted({one.period for one in editions if one.is_year and one.released_at}, reverse=True)
    layouts = [_layout(one) for one in queries.layouts(body, reader.now)]
    return {
        "layouts": layouts,
        "is_working": any(not one["refused"] for one in layouts),
        "body": body,
        "setting": queries.setting_of(body),
        "editions": [(one, month_name(one.period)) for one in editions],
        "waits": any(one.state == Edition.State.PREPARED for one in editions),
        "reports": list(reports),
        "years": years,
        "year_form": YearForm(years=years),
        "decides": reader.decides(body),
        "writes": reader.writes(body),
        "sets": reader.sets(body),
        "again": again or AgainForm(),
    }


def _layout(row: Layout) -> dict[str, Any]:
    """How far it is, or why it was not made."""
    refused = sentence(CannotPublish(row.refused)) if row.refused else ""
    return {"row": row, "name": month_name(row.period), "refused": refused}


def _edition(reader: Reader, edition_id: UUID) -> Edition:
    found = Edition.objects.select_related("authority").filter(pk=edition_id).first()
    if found is None:
        raise Http404
    reader.body(found.authority.code)
    return found


@require_safe
@published_view
def edition(request: HttpRequest, reader: Reader, edition_id: UUID) -> HttpResponse:
    """A preview: what will stand on the public page, and what is held back by its smallness."""
    return _preview(request, reader, _edition(reader, edition_id), HoldForm())


def _preview(
    request: HttpRequest, reader: Reader, found: Edition, hold: HoldForm, status: int = 200
) -> HttpResponse:
    content = found.content
    context = {
        "edition": found,
        "title": month_name(found.period),
        "says": front.sentence(content),
        "charts": front.whole_charts(content),
        "tables": [
            {
                "name": table_word(table["table"]),
                "charts": [
                    front.table_chart(table, one, name=f"{table['table']}-{one['family']}")
                    for one in table["families"]
                    if front.is_drawn(one)
                ],
                "held": [family_name(one["family"]) for one in table["families"] if not one["lines"]],
            }
            for table in content["tables"]
        ],
        "decides": reader.decides(found.authority),
        "hold": hold,
    }
    return page_or_part(request, "published/desk/edition.html", "main", context, status=status)


@require_POST
@published_view
def release(request: HttpRequest, reader: Reader, edition_id: UUID) -> HttpResponse:
    found = _edition(reader, edition_id)

    def do() -> None:
        by = reader.actor(found.authority, services.LEADS, "leads_body")
        services.release(edition_id=found.pk, by=by, now=reader.now)

    said = attempt(None, do)
    if said:
        flash.warn(request, said)
        return go(request, reverse("published_desk:edition", args=[found.pk]))
    flash.done(request, _("Published. It stays as it is from now on."))
    return go(request, reverse("published_desk:home"))


@require_POST
@published_view
def hold(request: HttpRequest, reader: Reader, edition_id: UUID) -> HttpResponse:
    found = _edition(reader, edition_id)
    form = HoldForm(request.POST)
    if form.is_valid():

        def do() -> None:
            by = reader.actor(found.authority, services.LEADS, "leads_body")
            services.hold_back(edition_id=found.pk, by=by, now=reader.now, **form.cleaned_data)

        if not attempt(form, do):
            flash.done(request, _("Held back. The reason stands on the public page."))
            return go(request, reverse("published_desk:edition", args=[found.pk]))
    return _preview(request, reader, found, form, status=422)


@require_POST
@published_view
def prepare(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """Have it counted: a later edition of what is out, with the reason. The worker does it; nobody waits at this page."""
    body = reader.body(code)
    form = AgainForm(request.POST)
    asked: list[Edition | Layout] = []
    if form.is_valid():

        def do() -> None:
            by = reader.actor(body, services.LEADS, "leads_body")
            asked.append(services.ask_for(body=body, by=by, now=reader.now, **form.cleaned_data))

        if not attempt(form, do):
            if isinstance(asked[0], Edition):
                flash.done(request, _("It is counted already. Look at it, then let it out."))
                return go(request, reverse("published_desk:edition", args=[asked[0].pk]))
            flash.done(
                request, _("It is being counted and laid out. How far it is stands here; you may leave.")
            )
            return go(request, reverse("published_desk:home"))
    return _home(request, reader, again=form, again_for=code, status=422)


@published_view
def settings(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    body = reader.body(code)
    setting = services.publishing_of(body, reader.now)
    names = ("counted_on", "released_after_days", "licence", "licence_url")
    initial = {name: getattr(setting, name) for name in names} | {"seen_version": setting.version}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():

        def do() -> None:
            by = reader.actor(body, SETS, "runs_body")
            services.change_settings(body=body, by=by, now=reader.now, **form.cleaned_data)

        if not attempt(form, do):
            flash.done(request, _("Saved."))
            return go(request, reverse("published_desk:home"))
    context = {"form": form, "body": body, "setting": setting, "sets": reader.sets(body)}
    status = 422 if form.errors else 200
    return page_or_part(request, "published/desk/settings.html", "main", context, status=status)
