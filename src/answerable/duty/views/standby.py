"""Vehicles and equipment on standby."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Refusal
from answerable.duty import forms, queries, wording
from answerable.duty.access import Reader, duty_view, item_to_touch, lines_for, standby_for
from answerable.duty.models import LineRole, StandbyItem
from answerable.duty.services import standby as services
from answerable.duty.views.lines import attempt, form_page
from answerable.duty.views.room import local
from answerable.orgs.models import Staff, Unit
from answerable.orgs.queries import local_today
from answerable.ui import flash
from answerable.ui.htmx import go


@require_safe
@duty_view
def standby(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Everything on standby: its state, who drives it now, fuel or charge, and when it was last looked at."""
    rows = [
        (item, queries.is_check_overdue(item, reader.now), _drivers(item, reader))
        for item in standby_for(reader)
    ]
    rows.sort(
        key=lambda row: (
            row[0].state == StandbyItem.State.READY and not row[1],
            not row[0].is_vehicle,
            row[0].pk,
        )
    )
    return render(
        request, "duty/standby.html", {"rows": rows, "can_make": bool(_units(reader)), "now": reader.now}
    )


def _drivers(item: StandbyItem, reader: Reader) -> list[Staff]:
    if item.line_id is None or item.driver_role_id is None:
        return []
    on = queries.on_duty(item.line_id, reader.now, item.driver_role_id)
    return list(Staff.objects.filter(pk__in=[one.staff_id for one in on]).order_by("pk"))


def _units(reader: Reader) -> list[Unit]:
    rows = Unit.objects.filter(authority__in=reader.body_ids, closed_on=None).order_by("path", "pk")
    return [unit for unit in rows if reader.leads_unit(unit)]


def _form(request: HttpRequest, reader: Reader, item: StandbyItem | None) -> forms.ItemForm:
    lines = lines_for(reader).filter(closed_on=None).order_by("pk")
    roles = LineRole.objects.filter(line__in=lines).select_related("line").order_by("line", "position")
    initial: dict[str, Any] = {}
    if item is not None:
        names = ("name_zh", "name_en", "is_vehicle", "registration", "check_every_days")
        initial = {name: getattr(item, name) for name in names}
        initial |= {"unit": item.unit_id, "line": item.line_id, "driver_role": item.driver_role_id}
        initial |= {"seen_version": item.version}
    form = forms.ItemForm(
        request.POST or None, initial=initial, units=_units(reader), lines=lines, roles=roles
    )
    if item is not None:
        form.fix_code()
    return form


def _spec(form: forms.ItemForm, code: str) -> services.ItemSpec:
    values = dict(form.cleaned_data)
    values.pop("seen_version")
    values |= {f"{name}_id": values.pop(name) for name in ("unit", "line", "driver_role")}
    return services.ItemSpec(**(values | {"code": code}))


@duty_view
def new_item(request: HttpRequest, reader: Reader) -> HttpResponse:
    if not _units(reader):
        raise PermissionDenied(_("Leaders of its unit and the administrator put something on standby."))
    form = _form(request, reader, None)
    if request.method == "POST" and form.is_valid():
        spec = _spec(form, form.cleaned_data["code"])
        if attempt(form, lambda: services.make_item(spec, by=reader.actor(), now=reader.now)):
            flash.done(request, _("It is on standby. Look at it once, so that its state is known."))
            return go(request, reverse("duty:standby"))
    return form_page(
        request,
        form,
        title=_("Something new on standby"),
        back=reverse("duty:standby"),
        button=_("Put it on standby"),
    )


@duty_view
def change_item(request: HttpRequest, reader: Reader, item_id: int) -> HttpResponse:
    item = item_to_touch(reader, item_id)
    if not reader.leads_unit(item.unit):
        raise PermissionDenied(_("Leaders of its unit and the administrator put something on standby."))
    form = _form(request, reader, item)
    if request.method == "POST" and form.is_valid():
        spec, seen = _spec(form, item.code), form.cleaned_data["seen_version"]
        if attempt(
            form,
            lambda: services.change_item(item.pk, spec, by=reader.actor(), seen_version=seen, now=reader.now),
        ):
            flash.done(request, _("Saved."))
            return go(request, reverse("duty:item", args=[item.pk]))
    title = _("%(item)s: change") % {"item": item}
    return form_page(request, form, title=title, back=reverse("duty:item", args=[item.pk]), button=_("Save"))


@duty_view
def item(request: HttpRequest, reader: Reader, item_id: int) -> HttpResponse:
    """One item: look at it, keep it for something, send it out; and every look so far."""
    found = standby_for(reader).filter(pk=item_id).first()
    if found is None:
        raise Http404
    touches = reader.leads_unit(found.unit) or (found.line_id in reader.pool_line_ids)
    posted = request.POST.get("form", "")
    check = forms.CheckForm(
        request.POST if posted == "check" else None,
        initial={"state": found.state, "level_percent": found.level_percent},
    )
    reserve = forms.ReserveForm(
        request.POST if posted == "reserve" else None, initial={"purpose": found.reserved_for}
    )
    if request.method == "POST":
        item_to_touch(reader, item_id)
        if check.is_bound and check.is_valid() and attempt(check, lambda: _check(check, found, reader)):
            flash.done(request, _("Looked at."))
            return go(request, reverse("duty:item", args=[found.pk]))
        if (
            reserve.is_bound
            and reserve.is_valid()
            and attempt(reserve, lambda: _reserve(reserve, found, reader))
        ):
            flash.done(request, _("Saved."))
            return go(request, reverse("duty:item", args=[found.pk]))
    context = {
        "item": found,
        "touches": touches,
        "leads": reader.leads_unit(found.unit),
        "overdue": queries.is_check_overdue(found, reader.now),
        "drivers": _drivers(found, reader),
        "checks": found.checks.select_related("by").order_by("-at", "-pk")[:30],
        "check_form": check,
        "reserve_form": reserve,
        "now": reader.now,
    }
    return render(request, "duty/item.html", context, status=422 if check.errors or reserve.errors else 200)


def _check(form: forms.CheckForm, item: StandbyItem, reader: Reader) -> None:
    services.check_item(item_id=item.pk, by=reader.actor(item.line), now=reader.now, **form.cleaned_data)


def _reserve(form: forms.ReserveForm, item: StandbyItem, reader: Reader) -> None:
    typed = form.cleaned_data
    services.reserve_item(
        item_id=item.pk,
        purpose=typed["purpose"],
        until_at=local(typed["until_on"], typed["until_time"], item.unit.authority.zone),
        by=reader.actor(item.line),
        now=reader.now,
    )


@require_POST
@duty_view
def move(request: HttpRequest, reader: Reader, item_id: int, state: str) -> HttpResponse:
    """Out, back and ready, or out of order; or gone for good."""
    found = item_to_touch(reader, item_id)
    by = reader.actor(found.line)
    try:
        if state == "gone":
            on = local_today(found.unit.authority, reader.now)
            services.close_item(item_id=found.pk, on=on, by=by, now=reader.now)
            flash.done(request, _("It is on standby no more."))
            return go(request, reverse("duty:standby"))
        if state not in StandbyItem.State.values:
            raise Http404
        services.move_item(item_id=found.pk, state=state, by=by, now=reader.now)
    except Refusal as refusal:
        flash.warn(request, wording.refusal_words(refusal))
    else:
        flash.done(request, _("Saved."))
    return go(request, reverse("duty:item", args=[found.pk]))
