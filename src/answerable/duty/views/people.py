"""Who can be on duty on a line, and what they are qualified for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from answerable.duty import forms
from answerable.duty.access import Reader, duty_view, line_to_lead
from answerable.duty.models import DutyPerson, Line
from answerable.duty.services import pool
from answerable.duty.views.lines import attempt, form_page
from answerable.orgs.queries import appointments_at, local_today
from answerable.ui import flash
from answerable.ui.htmx import go


@duty_view
def edit_person(
    request: HttpRequest, reader: Reader, line_id: int, person_id: int | None = None
) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    person = (
        get_object_or_404(DutyPerson.objects.select_related("staff"), pk=person_id, line=found)
        if person_id
        else None
    )
    people = [person.staff] if person else _to_join(found, reader)
    names = ("joins_on", "leaves_on", "share_percent", "most_a_month", "can_nights")
    initial = (
        {name: getattr(person, name) for name in names} | {"staff": person.staff_id}
        if person
        else {"joins_on": local_today(found.authority, reader.now)}
    )
    form = forms.PersonForm(request.POST or None, initial=initial, people=people)
    back = reverse("duty:line", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        staff_id = values.pop("staff")
        spec = pool.PersonSpec(**values)
        if attempt(
            form,
            lambda: pool.set_person(found.pk, staff_id, spec, by=reader.actor(found), now=reader.now),
        ):
            flash.done(request, _("Saved."))
            return go(request, back)
    title = (
        _("%(name)s on %(line)s") % {"name": person.staff, "line": found}
        if person
        else _("Somebody joins %(line)s") % {"line": found}
    )
    return form_page(request, form, title=title, back=back, button=_("Save"))


def _to_join(line: Line, reader: Reader) -> list[Any]:
    """Staff of the line's body who are not among its people yet."""
    rows = appointments_at(reader.now).filter(post__unit__authority=line.authority_id).select_related("staff")
    known = set(line.people.values_list("staff_id", flat=True))
    found = {row.staff_id: row.staff for row in rows if row.staff_id not in known}
    return sorted(found.values(), key=lambda staff: staff.username)


@duty_view
def qualify(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    people = [row.staff for row in found.people.select_related("staff").order_by("staff__username")]
    form = forms.QualifyForm(
        request.POST or None, people=people, initial={"from_on": local_today(found.authority, reader.now)}
    )
    back = reverse("duty:line", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["staff_id"] = values.pop("staff")
        if attempt(
            form, lambda: pool.qualify(line_id=found.pk, by=reader.actor(found), now=reader.now, **values)
        ):
            flash.done(request, _("Saved."))
            return go(request, back)
    title = _("A qualification of somebody on %(line)s") % {"line": found}
    return form_page(request, form, title=title, back=back, button=_("Save"))
