"""At the counter or on the telephone: how far a matter is, by code and secret; a lost receipt, by the code."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from answerable.cases.access import readable_cases
from answerable.cases.counter import limits
from answerable.cases.counter.views import Counter, counter_view
from answerable.cases.naming import named
from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.forms import FollowForm, LostForm
from answerable.cases.rules import Doing
from answerable.cases.services import progress as services
from answerable.ui.htmx import SeeOther


class ProgressForm(FollowForm):
    """Code and secret as the person reads them out."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["code"].label = _("Code on the receipt")
        self.fields["secret"].label = _("Secret of the receipt")


class WhichForm(LostForm):
    """The code of a receipt whose secret was lost."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["code"].label = _("Code on the receipt")


@counter_view
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Where a matter of any unit stands, in the sentences of the person's own page, and nothing of its content."""
    form = ProgressForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and not _waits(form, "counter progress", counter, counter.now):
        said = form.cleaned_data
        case = services.matter_to_tell(said["code"], said["secret"], counter.desk.reader)
        if case is not None:
            services.tell_progress(case=case, by=counter.by, now=counter.now)
            page = PersonPage(named(case), counter.now)
            return render(request, "counter/told.html", {"page": page, "case": case})
        form.add_error(None, _not_told())
    return render(request, "counter/progress.html", {"form": form}, status=422 if form.errors else 200)


def _not_told() -> str:
    return gettext(
        "With this code and secret nothing can be told here. Compare both with the receipt; if there is a newer "
        "receipt, only its secret works. What is about someone's conduct is told only by the office that has it. On "
        "the person's own page everything can be seen."
    )


@counter_view
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The way to a new receipt, where this clerk's unit gives it; else where it is given, whatever the code opens."""
    form = WhichForm(request.POST if request.method == "POST" else None)
    is_elsewhere = False
    if form.is_bound and form.is_valid() and not _waits(form, "counter lost", counter, counter.now):
        reader = counter.desk.reader
        case = readable_cases(reader).filter(code=form.cleaned_data["code"]).first()
        if case is not None and reader.can(Doing.LOOK, named(case)):
            return SeeOther(reverse("looks:reissue", args=[case.pk]))
        is_elsewhere = True
    context = {"form": form, "is_elsewhere": is_elsewhere}
    return render(request, "counter/lost.html", context, status=422 if form.errors else 200)


def _waits(form: forms.Form, purpose: str, counter: Counter, now: datetime) -> bool:
    """Count the try; where it was one too many, say so on the form."""
    wait = limits.over(purpose, counter.staff_id, now)
    if wait is not None:
        text = ngettext(
            "Too many codes were tried. Please try again in %(minutes)s minute.",
            "Too many codes were tried. Please try again in %(minutes)s minutes.",
            wait.minutes,
        )
        form.add_error(None, text % {"minutes": wait.minutes})
    return wait is not None
