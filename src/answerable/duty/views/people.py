"""Who can be on duty on a line, and what they are qualified for."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.duty import forms, wording
from answerable.duty.access import Reader, duty_view, line_to_lead
from answerable.duty.models import DutyPerson, Line
from answerable.duty.services import pool
from answerable.duty.views.lines import attempt, form_page
from answerable.orgs.models import Post, Role, Staff
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
def add_people(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """Several join at once, listed by unit and kind of post; those that a choice lists are ticked already."""
    found = line_to_lead(reader, line_id)
    held = _posts_to_join(found, reader)
    unit, role = request.GET.get("unit", ""), request.GET.get("role", "")
    shown = {
        staff: posts for staff, posts in held.items() if any(_is_meant(post, unit, role) for post in posts)
    }
    rows = [
        (staff.pk, str(staff), wording.listed([f"{post.unit}: {post}" for post in posts]))
        for staff, posts in sorted(shown.items(), key=lambda one: (one[1][0].unit.path, one[0].username))
    ]
    initial: dict[str, Any] = {"joins_on": local_today(found.authority, reader.now)}
    if unit or role:
        initial["staff"] = [pk for pk, _name, _posts in rows]
    form = forms.PeopleForm(request.POST or None, initial=initial, people=rows)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        chosen = values.pop("staff")
        add = partial(
            pool.add_people,
            line_id=found.pk,
            staff_ids=chosen,
            spec=pool.PersonSpec(**values),
            by=reader.actor(found),
            now=reader.now,
        )
        joined: list[DutyPerson] = []
        if attempt(form, lambda: joined.extend(add())):
            text = ngettext("%(count)s person joins.", "%(count)s people join.", len(joined))
            flash.done(request, text % {"count": len(joined)})
            return go(request, reverse("duty:line", args=[found.pk]))
    posts = [post for some in held.values() for post in some]
    context = {
        "form": form,
        "line": found,
        "count": len(rows),
        "units": sorted({post.unit for post in posts}, key=lambda one: (one.path, one.pk)),
        "roles": [(code, label) for code, label in Role.choices if code in {post.role for post in posts}],
        "unit": unit,
        "role": role,
    }
    return render(request, "duty/people.html", context, status=422 if form.errors else 200)


def _is_meant(post: Post, unit: str, role: str) -> bool:
    in_unit = not unit or unit in {str(pk) for pk in post.unit.path or [post.unit_id]}
    return in_unit and (not role or post.role == role)


def _posts_to_join(line: Line, reader: Reader) -> dict[Staff, list[Post]]:
    """Staff of the line's body who are not among its people yet, with the posts that they hold."""
    rows = appointments_at(reader.now).filter(post__unit__authority=line.authority_id, staff__is_active=True)
    known = set(line.people.values_list("staff_id", flat=True))
    found: dict[Staff, list[Post]] = {}
    for row in rows.select_related("staff", "post__unit").order_by("staff__username", "post_id"):
        if row.staff_id not in known:
            found.setdefault(row.staff, []).append(row.post)
    return found


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
