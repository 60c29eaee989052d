"""Duty lines: the list, one line, and the forms that set it up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Changed, Refusal
from answerable.duty import act_words, forms, looking, wording
from answerable.duty.access import Reader, duty_view, line_for, line_to_lead, lines_for
from answerable.duty.models import DutyPerson, ExtraNeed, Line, LineRole, Pattern, Qualification
from answerable.duty.services import lines as services
from answerable.orgs.models import Place, Post, Role, Unit
from answerable.orgs.queries import local_today
from answerable.record.models import Act
from answerable.record.queries import shown
from answerable.ui import flash
from answerable.ui.htmx import go

#: Acts on one page of a line's history.
HISTORY = 100


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


def form_page(
    request: HttpRequest, form: django_forms.Form, *, title: str, back: str, button: str, hint: str = ""
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "button": button, "hint": hint}
    return render(request, "duty/form.html", context, status=422 if form.errors else 200)


@require_safe
@duty_view
def lines(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every line, what is wrong with it, and whether it is covered."""
    rows = []
    for line in lines_for(reader).order_by("closed_on", "pk"):
        is_open = line.closed_on is None or line.closed_on > local_today(line.authority, reader.now)
        said = looking.contradictions(line, reader.now) if is_open else []
        rows.append((line, is_open, said, looking.coverage_of(line, reader.now) if is_open else None))
    return render(request, "duty/lines.html", {"rows": rows, "can_make": bool(_units(reader))})


@require_safe
@duty_view
def line(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """One line: its roles, patterns, needs and people, and the next two weeks as they come out of it."""
    found = line_for(reader, line_id)
    patterns = [
        (row, wording.pattern_text(row), [(need.role, need.count) for need in row.needs.all()])
        for row in found.patterns.prefetch_related("needs__role").order_by("starts", "pk")
    ]
    today = local_today(found.authority, reader.now)
    context = {
        "line": found,
        "leads": reader.leads(found),
        "is_of": reader.is_of(found),
        "today": today,
        "roles": [(role, _who_fills(role)) for role in found.roles.all()],
        "patterns": patterns,
        "extras": found.extra_needs.select_related("role").order_by("from_on"),
        "people": _people(found) if reader.is_of(found) else None,
        "said": looking.contradictions(found, reader.now),
        "coverage": looking.coverage_of(found, reader.now),
        "days": looking.preview(found, today),
    }
    return render(request, "duty/line.html", context)


@require_safe
@duty_view
def history(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """Every change of a line and its rosters, newest first, for those who lead it."""
    found = line_to_lead(reader, line_id)
    acts = Act.objects.filter(matter_id=found.matter, kind__in=act_words.KINDS).select_related("opening")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 10:
        acts = acts.filter(seq__lt=int(before))
    some = list(acts.order_by("-seq")[: HISTORY + 1])
    context = {
        "line": found,
        "entries": act_words.timeline(shown(act) for act in some[:HISTORY]),
        "older": some[HISTORY - 1].seq if len(some) > HISTORY else None,
    }
    return render(request, "duty/history.html", context)


def _people(line: Line) -> list[tuple[DutyPerson, list[Qualification]]]:
    rows = line.people.select_related("staff").order_by("leaves_on", "staff__username")
    held: dict[int, list[Qualification]] = {}
    for one in Qualification.objects.filter(staff__duty_lines__line=line).order_by("code"):
        held.setdefault(one.staff_id, []).append(one)
    return [(row, held.get(row.staff_id, [])) for row in rows]


def _who_fills(role: LineRole) -> str:

    who = [str(dict(Role.choices)[code]) for code in role.post_roles if code in dict(Role.choices)]
    who += [str(unit) for unit in Unit.objects.filter(pk__in=role.units).order_by("pk")]
    who += [str(post) for post in Post.objects.filter(pk__in=role.posts).order_by("pk")]
    text = wording.listed(who) if who else _("anybody of the line")
    if role.qualifications:
        return _("%(who)s; needs %(what)s") % {"who": text, "what": wording.listed(role.qualifications)}
    return text


def _units(reader: Reader) -> list[Unit]:
    rows = Unit.objects.filter(authority__in=reader.body_ids, closed_on=None).select_related("authority")
    return [unit for unit in rows.order_by("path", "pk") if reader.leads_unit(unit)]


def _line_form(request: HttpRequest, reader: Reader, line: Line | None) -> forms.LineForm:
    places = Place.objects.filter(authority__in=reader.body_ids, closed_on=None).order_by("pk")
    initial = (
        {name: getattr(line, name) for name in forms.LineForm.base_fields if hasattr(line, name)}
        | {"unit": line.unit_id, "place": line.place_id, "seen_version": line.version}
        if line
        else {}
    )
    form = forms.LineForm(request.POST or None, initial=initial, units=_units(reader), places=places)
    if line is not None:
        form.fix_code()
    return form


def _spec(form: forms.LineForm, code: str) -> services.LineSpec:
    values = dict(form.cleaned_data)
    values.pop("seen_version")
    unit, place = values.pop("unit"), values.pop("place")
    return services.LineSpec(**(values | {"code": code, "unit_id": unit, "place_id": place}))


@duty_view
def new_line(request: HttpRequest, reader: Reader) -> HttpResponse:
    if not _units(reader):
        raise PermissionDenied(_("Leaders of its unit and the administrator set a duty line up."))
    form = _line_form(request, reader, None)
    made: list[Line] = []
    if request.method == "POST" and form.is_valid():
        spec = _spec(form, form.cleaned_data["code"])
        if attempt(form, lambda: made.append(services.make_line(spec, by=reader.actor(), now=reader.now))):
            flash.done(request, _("The line is there. Now say which roles it needs, and when."))
            return go(request, reverse("duty:line", args=[made[0].pk]))
    return form_page(
        request, form, title=_("New duty line"), back=reverse("duty:lines"), button=_("Make the line")
    )


@duty_view
def change_line(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    form = _line_form(request, reader, found)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen_version"]
        spec = _spec(form, found.code)
        change = partial(
            services.change_line, found.pk, spec, by=reader.actor(found), seen_version=seen, now=reader.now
        )
        if attempt(form, change):
            flash.done(request, _("Saved."))
            return go(request, reverse("duty:line", args=[found.pk]))
    back = reverse("duty:line", args=[found.pk])
    return form_page(
        request, form, title=_("%(line)s: change") % {"line": found}, back=back, button=_("Save")
    )


@duty_view
def close_line(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """The line needs nobody from a day on; or it is run again."""
    found = line_to_lead(reader, line_id)
    back = reverse("duty:line", args=[found.pk])
    if found.closed_on is not None and request.method == "POST":
        services.open_line(line_id=found.pk, by=reader.actor(found), now=reader.now)
        flash.done(request, _("The line is run again."))
        return go(request, back)
    form = forms.EndForm(request.POST or None, initial={"on": local_today(found.authority, reader.now)})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        if attempt(
            form, lambda: services.close_line(line_id=found.pk, on=on, by=reader.actor(found), now=reader.now)
        ):
            flash.done(request, _("Closed. Nobody is needed on it from that day on."))
            return go(request, back)
    return form_page(
        request,
        form,
        title=_("%(line)s: close it") % {"line": found},
        back=back,
        button=_("Close the line"),
        hint=_("From that day on nobody is needed on it; who was on duty from then is free."),
    )


# ---------------------------------------------------------------- roles


@duty_view
def edit_role(request: HttpRequest, reader: Reader, line_id: int, role_id: int | None = None) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    role = get_object_or_404(LineRole, pk=role_id, line=found) if role_id else None
    initial = (
        {
            name: getattr(role, name)
            for name in ("name_zh", "name_en", "is_lead", "position", "post_roles", "units")
        }
        | {"qualifications": " ".join(role.qualifications)}
        if role
        else {"position": found.roles.count()}
    )
    units = Unit.objects.filter(authority=found.authority, closed_on=None).order_by("path", "pk")
    form = forms.RoleForm(request.POST or None, initial=initial, all_units=units)
    if role is not None:
        form.fix_code()
    back = reverse("duty:line", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values |= {"code": role.code, "posts": role.posts} if role else {}
        spec = services.RoleSpec(**values)
        if attempt(
            form,
            lambda: services.set_role(
                found.pk, spec, by=reader.actor(found), now=reader.now, role_id=role.pk if role else None
            ),
        ):
            flash.done(request, _("Saved."))
            return go(request, back)
    title = _("%(role)s: change") % {"role": role} if role else _("New role on %(line)s") % {"line": found}
    return form_page(request, form, title=title, back=back, button=_("Save"))


@require_POST
@duty_view
def remove_role(request: HttpRequest, reader: Reader, line_id: int, role_id: int) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    get_object_or_404(LineRole, pk=role_id, line=found)
    try:
        services.remove_role(role_id=role_id, by=reader.actor(found), now=reader.now)
    except Refusal as refusal:
        flash.warn(request, wording.refusal_words(refusal))
    else:
        flash.done(request, _("Taken away."))
    return go(request, reverse("duty:line", args=[found.pk]))


# ---------------------------------------------------------------- patterns and more


@duty_view
def edit_pattern(
    request: HttpRequest, reader: Reader, line_id: int, pattern_id: int | None = None
) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    pattern = get_object_or_404(Pattern, pk=pattern_id, line=found) if pattern_id else None
    form = forms.PatternForm(
        request.POST or None, initial=_pattern_initial(found, pattern, reader), roles=found.roles.all()
    )
    if pattern is not None:
        form.fix_code()
    back = reverse("duty:line", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if not name.startswith("need_")}
        values["weekdays"] = sum(1 << bit for bit in values["weekdays"])
        values |= {"code": pattern.code} if pattern else {}
        spec = services.PatternSpec(**(values | {"needs": form.needs}))
        if attempt(
            form,
            lambda: services.set_pattern(
                found.pk,
                spec,
                by=reader.actor(found),
                now=reader.now,
                pattern_id=pattern.pk if pattern else None,
            ),
        ):
            flash.done(request, _("Saved. Below are the next two weeks as they come out of it."))
            return go(request, back)
    title = (
        _("%(pattern)s: change") % {"pattern": pattern}
        if pattern
        else _("New shift pattern on %(line)s") % {"line": found}
    )
    hint = "" if found.roles.exists() else _("Make the roles of the line first.")
    return form_page(request, form, title=title, back=back, button=_("Save"), hint=hint)


def _pattern_initial(line: Line, pattern: Pattern | None, reader: Reader) -> dict[str, Any]:
    if pattern is None:
        return {"from_on": local_today(line.authority, reader.now), "weekdays": list(range(7))}
    names = (
        "name_zh",
        "name_en",
        "starts",
        "ends",
        "ends_days_later",
        "day_kind",
        "is_night",
        "from_on",
        "until_on",
    )
    values = {name: getattr(pattern, name) for name in names}
    values["weekdays"] = [bit for bit in range(7) if pattern.weekdays >> bit & 1]
    return values | {f"need_{need.role_id}": need.count for need in pattern.needs.all()}


@duty_view
def end_pattern(request: HttpRequest, reader: Reader, line_id: int, pattern_id: int) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    pattern = get_object_or_404(Pattern, pk=pattern_id, line=found)
    form = forms.EndForm(request.POST or None, initial={"on": local_today(found.authority, reader.now)})
    back = reverse("duty:line", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        if attempt(
            form,
            lambda: services.end_pattern(
                pattern_id=pattern.pk, last_on=on, by=reader.actor(found), now=reader.now
            ),
        ):
            flash.done(request, _("Ended. Who was on duty in it after that is free."))
            return go(request, back)
    return form_page(
        request,
        form,
        title=_("%(pattern)s: end it") % {"pattern": pattern},
        back=back,
        button=_("End the pattern"),
        hint=_("Its last shift begins on that day."),
    )


@duty_view
def new_extra(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    form = forms.ExtraForm(request.POST or None, roles=found.roles.all())
    back = reverse("duty:line", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["role_id"] = values.pop("role")
        if attempt(
            form,
            lambda: services.set_extra(line_id=found.pk, by=reader.actor(found), now=reader.now, **values),
        ):
            flash.done(request, _("Saved. Where too few are on duty now, that is a gap."))
            return go(request, back)
    title = _("More on duty on %(line)s") % {"line": found}
    return form_page(request, form, title=title, back=back, button=_("Save"))


@require_POST
@duty_view
def remove_extra(request: HttpRequest, reader: Reader, line_id: int, extra_id: int) -> HttpResponse:
    found = line_to_lead(reader, line_id)
    get_object_or_404(ExtraNeed, pk=extra_id, line=found, because=None)
    services.remove_extra(extra_id=extra_id, by=reader.actor(found), now=reader.now)
    flash.done(request, _("Taken away."))
    return go(request, reverse("duty:line", args=[found.pk]))
