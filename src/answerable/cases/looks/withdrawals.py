"""A withdrawal told at the counter: recorded here, confirmed by another unit that heard it from the person."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from answerable.cases import rules
from answerable.cases.access import case_for
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.looks.forms import HeardForm
from answerable.cases.rules import Doing
from answerable.cases.services import withdrawing
from answerable.core.refusals import Changed
from answerable.core.sentences import Said, sentence
from answerable.ui import flash
from answerable.ui.htmx import SeeOther


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """Record what was told, or, from another unit, what the person says; else what it waits for."""
    case = case_for(desk.reader, case_id, Doing.WRITE)
    by = desk.reader.actor_on(Doing.WRITE, case)
    told = withdrawing.waiting(case_id, desk.now)
    form, error = HeardForm(request.POST if request.POST.get("do") == "heard" else None), ""
    version = str(request.POST.get("seen_version", ""))
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    try:
        if request.POST.get("do") == "tell":
            withdrawing.tell_withdrawal(case_id=case_id, by=by, seen_version=seen, now=desk.now)
            flash.done(
                request, gettext("Recorded. Nothing else changed; another unit now hears it from the person.")
            )
            return SeeOther(reverse("looks:withdrawal", args=[case_id]))
        if form.is_bound and form.is_valid():
            confirmed = form.cleaned_data["word"] == "yes"
            withdrawing.answer_withdrawal(
                case_id=case_id,
                confirmed=confirmed,
                how=form.cleaned_data["how"],
                known=tuple(form.cleaned_data["told"]),
                by=by,
                seen_version=seen,
                now=desk.now,
            )
            said = gettext("Withdrawn, as the person said.") if confirmed else gettext("The matter goes on.")
            flash.done(request, said)
            return SeeOther(reverse("desk:case", args=[case_id]))
    except Changed:
        error = gettext("The matter changed meanwhile. Look at what is new, then send again.")
    except Said as refusal:
        error = sentence(refusal)
    context = {
        "case": case,
        "told": told,
        "form": form,
        "error": error,
        "may_confirm": told is not None and withdrawing.may_confirm(by, case, told),
        "is_open": case.state in rules.OPEN,
        "days": withdrawing.LAPSES_AFTER.days,
    }
    status = 409 if error else 422 if form.errors else 200
    return render(request, "looks/withdrawal.html", context, status=status)
