"""What is asked of which units: the list, one set up or changed, one that ships adopted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.names import in_language
from answerable.core.refusals import NotYours
from answerable.orgs.models import Authority, Unit
from answerable.orgs.queries import root_unit
from answerable.orgs.standing import standing
from answerable.readiness.reports import sources, wording
from answerable.readiness.reports.access import Reader, kind_to_keep, kinds_for, report_view
from answerable.readiness.reports.forms import StopForm
from answerable.readiness.reports.kind_forms import KindForm, fields_of, lines_form
from answerable.readiness.reports.models import Kind
from answerable.readiness.reports.owing import in_order
from answerable.readiness.reports.services import kinds as services
from answerable.readiness.reports.services.kinds import KindDraft
from answerable.readiness.reports.shipped import BY_CODE, SHIPPED, Shipped
from answerable.readiness.reports.views.common import attempt
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.leading import lead_on


@require_safe
@report_view
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What is asked now, by body; what ships and is not adopted; what was stopped."""
    kinds = list(kinds_for(reader).prefetch_related("owing__unit"))
    names = {(one.name_zh, one.name_en) for one in kinds if one.stopped_at is None}
    context = {
        "kinds": [
            (one, wording.rhythm_text(one), _owing_text(one)) for one in kinds if one.stopped_at is None
        ],
        "stopped": [one for one in kinds if one.stopped_at is not None],
        "shipped": [
            {
                "code": one.code,
                "name": in_language(one.name.zh, one.name.en),
                "purpose": in_language(one.purpose.zh, one.purpose.en),
                "rhythm": wording.rhythm_text(_unsaved(one)),
            }
            for one in SHIPPED
            if (one.name.zh, one.name.en) not in names
        ],
        "kept": reader.kept_bodies,
    }
    return page_or_part(request, "due_reports/kinds.html", "main", context)


def _owing_text(kind: Kind) -> str:
    said = [
        _("%(unit)s with all below") % {"unit": one.unit.name} if one.with_below else one.unit.name
        for one in kind.owing.all()
    ]
    return _(", ").join(said)


def _unsaved(one: Shipped) -> Kind:
    return Kind(
        rhythm=one.rhythm.value,
        cut=one.cut,
        due=one.due,
        weekday=one.weekday,
        month_day=one.month_day,
        after=one.after,
        hours_after=one.hours_after,
    )


def _body(reader: Reader, said: str) -> Authority:
    """The body that a new kind is for; 403 with a sentence where they set up none."""
    kept = reader.kept_bodies
    if not kept:
        raise PermissionDenied(wording.refusal_words(NotYours("keeps_not")))
    return next((one for one in kept if one.code == said), kept[0])


def _units(body: Authority) -> list[Unit]:
    found = standing().units.values()
    return in_order(one for one in found if one.authority_id == body.pk and one.closed_on is None)


@report_view
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    body = _body(reader, request.GET.get("body", ""))
    return _edit(request, reader, body, None)


@report_view
def edit(request: HttpRequest, reader: Reader, kind_id: int) -> HttpResponse:
    kind = kind_to_keep(reader, kind_id)
    return _edit(request, reader, kind.authority, kind)


def _edit(request: HttpRequest, reader: Reader, body: Authority, kind: Kind | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = KindForm(data, units=_units(body), kind=kind)
    lines = lines_form(data, kind)
    if data is not None and form.is_valid() and lines.is_valid():
        draft = form.draft(fields_of(lines))
        base: dict[str, Any] = {"draft": draft, "by": reader.keeper(body), "now": reader.now}
        if kind is None:
            refused = attempt(form, lambda: services.add_kind(body=body, **base))
        else:
            seen = form.cleaned_data["seen_version"] or 0
            refused = attempt(form, lambda: services.change_kind(kind_id=kind.pk, seen_version=seen, **base))
        if not refused:
            flash.done(request, _("It is asked for from now on; what was opened before stays as it was."))
            return go(request, reverse("due_reports:kinds"))
    context = {
        "form": form,
        "lines": lines,
        "kind": kind,
        "body": body,
        "sources": [(_(one.label), _(one.hint)) for one in sources.known().values()],
        "stop": StopForm(initial={"seen_version": kind.version}, auto_id="stop-%s")
        if kind is not None
        else None,
    }
    status = 422 if form.errors or any(lines.errors) else 200
    return page_or_part(request, "due_reports/kind.html", "main", context, status=status)


@require_POST
@report_view
def adopt(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """One that ships, for all units of the body; it is opened to be changed."""
    shipped = BY_CODE.get(code)
    if shipped is None:
        raise Http404
    body = _body(reader, request.POST.get("body", ""))
    draft = draft_of(shipped, body)
    made: list[Kind] = []
    refused = attempt(
        None,
        lambda: made.append(
            services.add_kind(body=body, draft=draft, by=reader.keeper(body), now=reader.now)
        ),
    )
    if refused:
        flash.warn(request, refused)
        return go(request, reverse("due_reports:kinds"))
    flash.done(request, _("Adopted. Look at who owes it, and change what you like."))
    return go(request, reverse("due_reports:kind", args=[made[0].pk]))


def draft_of(shipped: Shipped, body: Authority) -> KindDraft:
    """What ships as this body would ask it: of everybody below its first unit; lines whose source is not there are
    filled in by hand."""
    root = root_unit(body)
    known = sources.types()
    return KindDraft(
        name=shipped.name,
        purpose=shipped.purpose,
        fields=tuple(
            one if one.source in known else one.model_copy(update={"source": ""}) for one in shipped.fields
        ),
        rhythm=shipped.rhythm,
        owing=[(unit.pk, True) for unit in _units(body) if root is not None and unit.parent_id == root.pk]
        or ([(root.pk, False)] if root is not None else []),
        cut=shipped.cut,
        due=shipped.due,
        weekday=shipped.weekday,
        month_day=shipped.month_day,
        after=shipped.after,
        hours_after=shipped.hours_after,
        follows_periods=shipped.follows_periods,
        remind_min=shipped.remind_min,
    )


@require_POST
@report_view
def stop(request: HttpRequest, reader: Reader, kind_id: int) -> HttpResponse:
    kind = kind_to_keep(reader, kind_id)
    form = StopForm(request.POST)
    said = _("Reload the page and try again.")
    if form.is_valid():
        said = attempt(
            None,
            lambda: services.stop_kind(
                kind_id=kind.pk, by=reader.keeper(kind.authority), now=reader.now, **form.cleaned_data
            ),
        )
    if said:
        return lead_on(request, reverse("due_reports:kinds"), said)
    flash.done(request, _("It is not asked for any more. What is owed already stays owed."))
    return go(request, reverse("due_reports:kinds"))
