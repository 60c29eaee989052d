"""Carry out one verb on an incident: its form where it has one, else at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from answerable.cases.services.intake import Registered
from answerable.incidents import verbs
from answerable.incidents.access import Reader, incident_for, incident_view
from answerable.incidents.views.common import attempt, form_page
from answerable.ui import flash
from answerable.ui.htmx import go


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def act(request: HttpRequest, reader: Reader, incident_id: UUID, slug: str) -> HttpResponse:
    verb = verbs.VERBS.get(slug)
    if verb is None:
        raise Http404
    on = request.GET.get("on", "") or request.POST.get("on", "")
    doing = verbs.Doing(reader, incident_for(reader, incident_id), on)
    if not verbs.may(verb, doing):
        raise PermissionDenied(_("Your role in this incident does not do that."))
    back = reverse("incidents:incident", args=[incident_id])
    data = request.POST if request.method == "POST" else None
    form: Any = verb.form(doing, data) if verb.form is not None else _Nothing(data)
    if request.method == "POST" and form.is_valid():
        came: list[Any] = []
        if attempt(form, lambda: came.append(verb.run(doing, form))):
            if isinstance(came[0], Registered):
                # Once, and in no cookie: the secret is for whoever asked.
                return render(
                    request, "incidents/receipt.html", {"incident": doing.incident, "receipt": came[0]}
                )
            flash.done(request, str(verb.done))
            if slug == "command":
                return go(request, reverse("incidents:briefing", args=[incident_id]))
            return go(request, back)
    return form_page(
        request,
        form,
        incident=doing.incident,
        title=verb.title,
        back=back,
        button=verb.button or verb.title,
        hint=verb.hint,
        about=verb.about(doing),
    )


class _Nothing(django_forms.Form):
    """A verb that needs no words."""
