"""Telling an absence and taking it back: one's own, or for somebody of a line one leads."""

from __future__ import annotations

from datetime import time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from answerable.core.refusals import Refusal
from answerable.duty import forms, shifts, wording
from answerable.duty.access import Reader, duty_view, lines_for
from answerable.duty.models import Absence, DutyPerson, LineRole
from answerable.duty.services import absences as services
from answerable.duty.views.lines import attempt
from answerable.orgs.models import Staff
from answerable.ui import flash
from answerable.ui.htmx import go


@duty_view
def absence(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Say from when until when; never why. What it opens is named at once."""
    people = _theirs(reader)
    form = forms.AbsenceForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        told: list[services.Told] = []
        if attempt(form, lambda: told.append(_tell(form, reader))):
            _say(request, told[0])
            return go(request, reverse("duty:absence"))
    rows = Absence.objects.filter(
        staff__in=[reader.staff.pk, *(one.pk for one in people)], taken_back_at=None, until_at__gt=reader.now
    ).select_related("staff")
    context = {
        "form": form,
        "rows": rows.order_by("from_at", "pk"),
        "reader": reader,
        "on_a_line": bool(reader.pool_line_ids) or bool(people),
    }
    return render(request, "duty/absence.html", context, status=422 if form.errors else 200)


def _theirs(reader: Reader) -> list[Staff]:
    """The people of the lines that they lead."""
    led = [line for line in lines_for(reader) if reader.directs(line)]
    rows = DutyPerson.objects.filter(line__in=led).exclude(staff=reader.staff)
    ids = rows.values_list("staff_id", flat=True)
    return list(Staff.objects.filter(pk__in=ids, is_active=True).order_by("username"))


def _tell(form: forms.AbsenceForm, reader: Reader) -> services.Told:
    typed, zone = form.cleaned_data, reader.zone
    until_on = typed["until_on"] if typed["until_time"] else typed["until_on"] + timedelta(days=1)
    return services.tell_absence(
        staff_id=typed.get("staff") or reader.staff.pk,
        from_at=shifts.instant(zone, typed["from_on"], typed["from_time"] or time()),
        until_at=shifts.instant(zone, until_on, typed["until_time"] or time()),
        by=reader.actor(),
        now=reader.now,
    )


def _say(request: HttpRequest, told: services.Told) -> None:
    """What it did, without a name: the line may pass through a cookie."""
    if not told.pieces:
        flash.done(request, _("Told. No duty falls into that time."))
        return
    flash.done(
        request,
        ngettext(
            "Told. One stretch of duty is free now.",
            "Told. %(count)s stretches of duty are free now.",
            len(told.pieces),
        )
        % {"count": len(told.pieces)},
    )
    roles = LineRole.objects.select_related("line").in_bulk({gap.role_id for gap in told.gaps})
    for gap in told.gaps[:5]:
        line = roles[gap.role_id].line
        flash.warn(
            request,
            _("%(line)s is not covered now: %(gap)s") % {"line": line, "gap": wording.gap_text(gap, roles)},
        )


@require_POST
@duty_view
def take_back(request: HttpRequest, reader: Reader, absence_id: int) -> HttpResponse:
    allowed = [reader.staff.pk, *(one.pk for one in _theirs(reader))]
    row = get_object_or_404(Absence, pk=absence_id, staff__in=allowed)
    try:
        again = services.take_back_absence(absence_id=row.pk, by=reader.actor(), now=reader.now)
    except Refusal as refusal:
        flash.warn(request, wording.refusal_words(refusal))
    else:
        flash.done(
            request,
            _("Taken back. Duty that nobody else has taken is theirs again: %(when)s")
            % {"when": wording.listed(wording.stretch_text(one.from_at, one.until_at) for one in again)}
            if again
            else _("Taken back. No duty comes back with it."),
        )
    return go(request, reverse("duty:absence"))
