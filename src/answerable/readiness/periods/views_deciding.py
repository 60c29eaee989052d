"""The pages of readiness periods on which leaders decide: plan, change, announce, prolong, end; what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from answerable.core.refusals import Changed, Refusal
from answerable.duty.typed import words
from answerable.incidents.access import Reader, incident_view
from answerable.readiness.periods import access, choosing, rules, services, wording
from answerable.readiness.periods.forms import (
    FORMS,
    PeriodForm,
    PlacesForm,
    ProlongForm,
    WhyForm,
    until_instant,
)
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.services import State
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.leading import lead_on

A_MINUTE = timedelta(minutes=1)


def attempt(form: django_forms.Form, do: Callable[[], Any]) -> bool:
    """Carry out what a valid form asks; a refusal is said at the form, with what was typed still in it."""
    try:
        do()
    except Changed as refusal:
        # Sent once more, it stands against what is there now.
        form.data = cast(Any, form.data).copy()
        cast(Any, form.data)["seen_version"] = str(refusal.facts["version"])
        form.add_error(None, wording.refusal_words(refusal))
        return False
    except Refusal as refusal:
        form.add_error(None, wording.refusal_words(refusal))
        return False
    return True


def _url(period: Period) -> str:
    return reverse("periods:show", args=[period.pk])


def _page(
    request: HttpRequest, form: django_forms.Form, *, title: Any, button: Any, back: str, hint: Any = ""
) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": back, "hint": hint}
    status = 422 if form.errors else 200
    return page_or_part(request, "periods/form.html", "main", context, status=status)


# ---------------------------------------------------------------- what it is


@incident_view
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    units = access.led_units(reader)
    if not units:
        raise PermissionDenied(_("Leaders plan readiness periods, for a unit that they lead."))
    body = units[0].authority
    form = PeriodForm(
        request.POST or None,
        units=[(one.pk, one.name) for one in units if one.authority_id == body.pk],
        places=choosing.places(body.pk),
        zone=body.zone,
        is_new=True,
    )
    made: list[Period] = []
    if request.method == "POST" and form.is_valid():
        unit = next(one for one in units if one.pk == form.cleaned_data["unit"])

        def do() -> None:
            by, is_usual = access.actor(reader, unit), form.cleaned_data["is_usual"]
            made.append(services.plan_period(form.wish(), by=by, now=reader.now, is_usual=is_usual))

        if attempt(form, do):
            flash.done(request, _("It is planned. Look through what it demands, then announce it."))
            return go(request, _url(made[0]))
    return _page(
        request,
        form,
        title=_("Plan a readiness period"),
        button=_("Plan it"),
        back=reverse("periods:list"),
        hint=_(
            "A danger that can be foreseen: the office is readier than usual for a while, and then as usual again. "
            "Nobody hears of it until it is announced."
        ),
    )


@incident_view
def change(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    period = access.period_to_lead(reader, period_id)
    zone = period.authority.zone
    form = PeriodForm(
        request.POST or None,
        units=[(period.unit_id, period.unit.name)],
        places=choosing.places(period.authority_id),
        zone=zone,
        is_new=False,
        initial=_initial(period, zone),
    )
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen_version"]

        def do() -> None:
            by = access.actor(reader, period.unit)
            services.change_period(period.pk, form.wish(), by=by, seen_version=seen, now=reader.now)

        if attempt(form, do):
            flash.done(request, _("Changed."))
            return go(request, _url(period))
    title = _("Change “%(name)s”") % {"name": str(period)}
    return _page(
        request,
        form,
        title=title,
        button=pgettext("a readiness period", "Keep the change"),
        back=_url(period),
    )


def _initial(period: Period, zone: str) -> dict[str, Any]:
    from_at, until_at = (at.astimezone(ZoneInfo(zone)) for at in (period.from_at, period.until_at))
    # The midnight that ends a day is said as that day.
    ends_day = (until_at.hour, until_at.minute) == (0, 0)
    return {
        "seen_version": period.version,
        "unit": period.unit_id,
        "kind": period.kind,
        "name_zh": period.name_zh,
        "name_en": period.name_en,
        "from_on": from_at.date(),
        "from_clock": from_at.time(),
        "until_on": (until_at - A_MINUTE).date() if ends_day else until_at.date(),
        "until_clock": None if ends_day else until_at.time(),
        "places": [one.place_id for one in period.named_places.all()],
        "grounds": period.grounds,
    }


@incident_view
def places(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    period = access.period_to_lead(reader, period_id)
    there = [one.place_id for one in period.named_places.all()]
    form = PlacesForm(
        request.POST or None,
        places=choosing.places(period.authority_id),
        initial={"seen_version": period.version, "places": there},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def do() -> None:
            services.set_places(
                period_id=period.pk,
                place_ids=tuple(given["places"]),
                why=given["why"],
                by=access.actor(reader, period.unit),
                seen_version=given["seen_version"],
                now=reader.now,
            )

        if attempt(form, do):
            flash.done(request, _("It holds at these places from now on."))
            return go(request, _url(period))
    title = _("Where “%(name)s” holds") % {"name": str(period)}
    return _page(request, form, title=title, button=_("It holds there"), back=_url(period))


# ---------------------------------------------------------------- its life


@require_POST
@incident_view
def announce(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    period = access.period_to_lead(reader, period_id)
    seen = request.POST.get("seen_version", "")
    try:
        services.announce_period(
            period_id=period.pk,
            by=access.actor(reader, period.unit),
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
            now=reader.now,
        )
    except Refusal as refusal:
        flash.warn(request, wording.refusal_words(refusal))
    else:
        flash.done(
            request, _("Announced: the units concerned are told, and duty needs more from its beginning on.")
        )
    return go(request, _url(period))


@incident_view
def prolong(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    period = access.period_to_lead(reader, period_id)
    form = ProlongForm(request.POST or None, initial={"seen_version": period.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def do() -> None:
            services.prolong_period(
                period_id=period.pk,
                until_at=until_instant(period.authority.zone, given["until_on"], given["until_clock"]),
                why=given["why"],
                by=access.actor(reader, period.unit),
                seen_version=given["seen_version"],
                now=reader.now,
            )

        if attempt(form, do):
            flash.done(request, _("It lasts longer, and so does what it demands."))
            return go(request, _url(period))
    title = _("Prolong “%(name)s”") % {"name": str(period)}
    hint = wording.stands_text(period, reader.now)
    return _page(request, form, title=title, button=_("Prolong it"), back=_url(period), hint=hint)


@incident_view
def end(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    hint = _(
        "Shifts that run now are stood to their end; from the next one on duty needs what it usually does."
    )
    return _over(
        request,
        reader,
        period_id,
        services.end_period,
        (_("End “%(name)s”"), _("End it now"), hint, _("It has ended. Duty and reports are as usual again.")),
    )


@incident_view
def call_off(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    hint = _("The danger does not come. Nothing is asked for it any more.")
    return _over(
        request,
        reader,
        period_id,
        services.call_off_period,
        (_("Call off “%(name)s”"), _("Call it off"), hint, _("It is called off.")),
    )


def _over(
    request: HttpRequest,
    reader: Reader,
    period_id: UUID,
    service: Callable[..., Any],
    said: tuple[str, str, str, str],
) -> HttpResponse:
    """A leader's word that it is over, with why."""
    title, button, hint, done = said
    period = access.period_to_lead(reader, period_id)
    form = WhyForm(request.POST or None, initial={"seen_version": period.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def do() -> None:
            service(
                period_id=period.pk,
                why=given["why"],
                by=access.actor(reader, period.unit),
                seen_version=given["seen_version"],
                now=reader.now,
            )

        if attempt(form, do):
            flash.done(request, done)
            return go(request, _url(period))
    facts = {"name": str(period)}
    return _page(request, form, title=title % facts, button=button, back=_url(period), hint=hint)


# ---------------------------------------------------------------- what it asks for


@incident_view
def ask(request: HttpRequest, reader: Reader, period_id: UUID, kind: str) -> HttpResponse:
    period = access.period_to_lead(reader, period_id)
    if kind not in FORMS:
        raise Http404
    choices = choosing.for_demand(kind, period, reader)
    form = FORMS[kind](request.POST or None, choices=choices, initial={"seen_version": period.version})
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen_version"]

        def do() -> None:
            by = access.actor(reader, period.unit)
            services.set_demands(period.pk, form.asks(), by=by, seen_version=seen, now=reader.now)

        if attempt(form, do):
            flash.done(request, _("It asks for that from now on."))
            return go(request, _url(period))
    return _page(
        request,
        form,
        title=str(Demand.Kind(kind).label).capitalize(),
        button=_("Ask for it"),
        back=_url(period),
        hint=wording.demand_hint(kind, is_empty=kind in choosing.CHOOSES and not choices),
    )


@require_POST
@incident_view
def drop(request: HttpRequest, reader: Reader, period_id: UUID, demand_id: UUID) -> HttpResponse:
    period = access.period_to_lead(reader, period_id)
    seen = request.POST.get("seen_version", "")
    try:
        services.remove_demand(
            period_id=period.pk,
            demand_id=demand_id,
            why=words(request, "why", rules.LONGEST_WHY),
            by=access.actor(reader, period.unit),
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
            now=reader.now,
        )
    except Refusal as refusal:
        return lead_on(request, _url(period), wording.refusal_words(refusal))
    flash.done(request, _("Taken out.") if period.state == State.PLANNED else _("It asks for that no more."))
    return go(request, _url(period))
