"""The first call: one short form, on a telephone too; what looks alike is offered before a second incident is made."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from answerable.cases.access import readable_among
from answerable.cases.access import reader_for as case_reader_for
from answerable.cases.models import Case
from answerable.incidents import forms, queries, wording
from answerable.incidents.access import Reader, incident_to_write, incident_view, require_reporting
from answerable.incidents.models import Incident
from answerable.incidents.services import calls
from answerable.incidents.views.common import attempt, form_page
from answerable.orgs.models import Place
from answerable.orgs.standing import standing
from answerable.ui import flash
from answerable.ui.htmx import go


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def first_call(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Take a call down."""
    require_reporting(reader)
    case = _case(request, reader)
    form = _form(request, reader, case)
    if request.method == "POST" and form.is_valid():
        told = _told(form, reader, case)
        similar = [] if form.cleaned_data["anyway"] else _similar(told, reader)
        if similar:
            form.data = cast(Any, form.data).copy()
            cast(Any, form.data)["anyway"] = "on"
            return _page(
                request, form, similar=[(one, wording.stands_text(one, reader.now)) for one in similar]
            )
        found: list[calls.Reported] = []
        if attempt(
            form, lambda: found.append(calls.report_incident(told, by=_actor(reader, told), now=reader.now))
        ):
            incident = found[0].incident
            flash.done(request, _("Taken down. Whoever is on duty is being asked."))
            return go(request, reverse("incidents:incident", args=[incident.pk]))
    return _page(request, form, case=case)


def _page(request: HttpRequest, form: forms.CallForm, **more: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "incidents/call.html", {"form": form, **more}, status=status)


def _form(request: HttpRequest, reader: Reader, case: Case | None) -> forms.CallForm:
    bodies = sorted({post.unit.authority for post in reader.working}, key=lambda body: body.pk)
    places = Place.objects.filter(authority__in=bodies, closed_on=None).order_by("authority", "path", "pk")
    initial: dict[str, Any] = {"key": uuid4()}
    if case is not None:
        # Hazard and place alone: not a word of the person crosses (rights, rule 11).
        initial |= {"place": case.place_id, "authority": case.unit.authority_id, "case": case.pk}
    return forms.CallForm(
        request.POST or None,
        initial=initial,
        bodies=[(body.pk, body.name) for body in bodies],
        places=[(row.pk, "　" * (len(row.path or [1]) - 1) + row.name) for row in places],
    )


def _case(request: HttpRequest, reader: Reader) -> Case | None:
    """The matter that told of the danger, if the reader may read it; 404 otherwise."""
    typed = request.POST.get("case") or request.GET.get("case") or ""
    if not typed:
        return None
    try:
        case_id = UUID(typed)
    except ValueError:
        raise Http404 from None
    if not readable_among(case_reader_for(reader.staff, reader.now), [case_id]):
        raise Http404
    return Case.objects.select_related("unit__authority", "place").get(pk=case_id)


def _told(form: forms.CallForm, reader: Reader, case: Case | None) -> calls.Told:
    data = form.cleaned_data
    found = standing()
    place = found.places.get(data["place"] or 0)
    body = found.authorities[data["authority"]]
    return calls.Told(
        authority=body,
        hazard=data["hazard"],
        what=data["what"],
        place=place if place is not None and place.authority_id == body.pk else None,
        place_text=data["place_text"],
        latitude=data["latitude"],
        longitude=data["longitude"],
        happened_at=form.happened_at(reader.now),
        in_danger=data["in_danger"],
        call_back=data["call_back"],
        from_case=case.pk if case is not None else None,
        submission=b"desk\0" + data["key"].bytes,
    )


def _actor(reader: Reader, told: calls.Told) -> Any:
    """Under a post of the body for which the call is taken."""
    return reader.actor(Incident(authority=told.authority, unit=reader.working[0].unit))


def _similar(told: calls.Told, reader: Reader) -> list[Incident]:
    where = queries.where(told.place, told.latitude, told.longitude)
    return queries.similar(told.authority.pk, told.hazard, where, now=reader.now)


@require_POST
@incident_view
def call_back(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """The number to call back, for a reason; opening it is an act."""
    incident = incident_to_write(reader, incident_id)
    form = forms.WhyForm(request.POST)
    found: list[list[str]] = []
    if form.is_valid() and attempt(
        form,
        lambda: found.append(
            calls.open_call_back(
                incident_id=incident.pk,
                why=form.cleaned_data["why"],
                by=reader.actor(incident),
                now=reader.now,
            )
        ),
    ):
        return render(request, "incidents/call_back.html", {"incident": incident, "numbers": found[0]})
    return form_page(
        request,
        form,
        incident=incident,
        title=_("Open the number to call back"),
        back=reverse("incidents:incident", args=[incident.pk]),
        button=_("Open it"),
    )
