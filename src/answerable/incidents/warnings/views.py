"""The desk's pages of warnings: those of an incident, and composing one with a preview that is read before it goes out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from answerable.core.refusals import NotYours, Refusal
from answerable.incidents.access import Reader, incident_for, incident_view
from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.reports.planned import plan_file_of
from answerable.incidents.warnings import composing, queries, rules, services, wording
from answerable.incidents.warnings.forms import WarningForm, digest_of
from answerable.incidents.warnings.rules import CannotWarn, Kind
from answerable.incidents.warnings.shown import Shown, shown, would_show
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part

#: What the address says, and the heading and the button of its page.
DOINGS = {
    "new": (Kind.ALERT, gettext_lazy("Warn the public"), gettext_lazy("Send the warning")),
    "update": (Kind.UPDATE, gettext_lazy("Renew the warning"), gettext_lazy("Send the update")),
    "all-clear": (
        Kind.ALL_CLEAR,
        gettext_lazy("Say that the danger is over"),
        gettext_lazy("Send the all clear"),
    ),
    "cancel": (Kind.CANCEL, gettext_lazy("Take the warning back"), gettext_lazy("Take it back")),
}


def _may_warn(reader: Reader, incident: Incident) -> bool:
    try:
        services.require_may_warn(reader.actor(incident), incident, reader.now)
    except NotYours:
        return False
    return incident.authority_id in reader.body_ids


@require_safe
@incident_view
def of_incident(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """The messages of one incident, the newest first, and what can be sent next."""
    incident = incident_for(reader, incident_id)
    rows = PublicWarning.objects.filter(incident=incident).select_related(
        "incident__authority", "incident__unit"
    )
    every = list(rows.order_by("-sent_at", "-pk"))
    last = queries.last_of(every[0] if every else None)
    context = {
        "incident": incident,
        "rows": [shown(row, reader.now) for row in every],
        "can": [what for what in DOINGS if _fits(DOINGS[what][0], last, reader)]
        if _may_warn(reader, incident)
        else [],
    }
    return page_or_part(request, "incidents/warnings/incident.html", "main", context)


def _fits(kind: Kind, last: rules.Last | None, reader: Reader) -> bool:
    try:
        rules.require_fits(kind, last, reader.now)
    except CannotWarn:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def compose(request: HttpRequest, reader: Reader, incident_id: UUID, what: str) -> HttpResponse:
    """Write it, read it as the public will, send it. What is sent is the text that the preview showed."""
    if what not in DOINGS:
        raise Http404
    kind = DOINGS[what][0]
    incident = incident_for(reader, incident_id)
    if not _may_warn(reader, incident):
        raise PermissionDenied(wording.refusal_words(NotYours("commands_not")))
    newest = queries.newest_of(incident)
    seen = newest.identifier if newest is not None else ""
    draft = composing.first_draft(incident, kind, newest, plan_file_of(incident))
    form = WarningForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        draft=draft,
        seen=seen,
        has_place=composing.centre_of(incident) is not None,
    )
    if request.method != "POST" or not form.is_valid():
        return _page(request, reader, incident, what, form)
    return _read_or_send(request, reader, incident, what, form, newest)


def _read_or_send(
    request: HttpRequest,
    reader: Reader,
    incident: Incident,
    what: str,
    form: WarningForm,
    newest: PublicWarning | None,
) -> HttpResponse:
    kind = DOINGS[what][0]
    draft = form.draft()
    try:
        preview = _preview(incident, kind, newest, form, reader)
        wants_to_send = "send" in request.POST
        if not wants_to_send or form.cleaned_data["shown"] != digest_of(draft):
            again = (
                _("This text was not shown yet. Read it once more; then send it.") if wants_to_send else ""
            )
            return _page(request, reader, incident, what, form, preview=preview, again=again)
        row = services.SERVICES[kind](
            incident_id=incident.pk,
            draft=draft,
            by=reader.actor(incident),
            seen=form.cleaned_data["seen"],
            now=reader.now,
        )
    except Refusal as refusal:
        form.add_error(None, wording.refusal_words(refusal))
        return _page(request, reader, incident, what, form)
    flash.done(request, _("It is out: %(name)s.") % {"name": row.identifier})
    return go(request, reverse("incident_warnings:incident", args=[incident.pk]))


def _preview(
    incident: Incident, kind: Kind, newest: PublicWarning | None, form: WarningForm, reader: Reader
) -> Shown:
    rules.require_fits(kind, queries.last_of(newest), reader.now)
    chain = queries.chain_of(newest) if newest is not None and kind is not Kind.ALERT else []
    number = PublicWarning.objects.filter(incident=incident).count() + 1
    ready = composing.ready(incident, form.draft(), kind, chain, number=number, at=reader.now)
    return would_show(incident, kind, ready, reader.now)


def _page(
    request: HttpRequest,
    reader: Reader,
    incident: Incident,
    what: str,
    form: WarningForm,
    *,
    preview: Shown | None = None,
    again: str = "",
) -> HttpResponse:
    _kind, heading, button = DOINGS[what]
    remarks: list[str] = []
    if preview is not None:
        draft = form.draft()
        remarks = [wording.remark_words(one) for one in rules.remarks(draft)]
        form.renew(shown=digest_of(draft))
    newest = queries.newest_of(incident)
    if form.is_bound and form.errors and newest is not None and form.data.get("seen") != newest.identifier:
        # Whoever reads what was sent meanwhile may send after it.
        form.renew(seen=newest.identifier)
    context: dict[str, Any] = {
        "incident": incident,
        "what": what,
        "heading": heading,
        "button": button,
        "form": form,
        "preview": preview,
        "remarks": remarks,
        "again": again,
        "last": shown(newest, reader.now) if newest is not None else None,
    }
    status = 422 if form.is_bound and form.errors else 200
    return page_or_part(request, "incidents/warnings/compose.html", "main", context, status=status)
