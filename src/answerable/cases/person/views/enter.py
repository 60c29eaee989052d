"""The way in with code and secret, by POST alone; the way out; a lost receipt."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from answerable.cases.models import Case
from answerable.cases.person import limits, session
from answerable.cases.person.forms import FollowForm, LostForm
from answerable.cases.services import receipts
from answerable.core import clock
from answerable.ui.errors import Typed
from answerable.ui.htmx import SeeOther

_KEPT = "kept:"


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for code and secret. A code that does not exist and a wrong secret get one answer, after the same work."""
    now = clock.now()
    if request.method != "POST":
        visit = session.visit_in(request, now)
        return render(request, "person/enter.html", {"form": FollowForm(), "open": visit})
    waits = limits.over(request, "person follow", now)
    if waits is not None:
        return waits
    form = FollowForm(request.POST)
    if form.is_valid():
        case = receipts.enter(form.cleaned_data["code"], form.cleaned_data["secret"])
        if case is not None:
            return _open(request, case, now)
        form.add_error(None, _no_match())
    typed = _kept(request)
    is_another = typed is not None and session.visit_in(request, now) is not None
    context = {"form": form, "typed": typed, "is_another": is_another, "is_shut": typed is not None}
    return render(request, "person/enter.html", context, status=422)


def _no_match() -> str:
    return gettext(
        "Code and secret do not belong together. Compare both with the receipt; if you have got a new receipt, only "
        "its secret works."
    )


def _open(request: HttpRequest, case: Case, now: datetime) -> HttpResponse:
    """Open the case in this browser. Whatever was open before is shut: two cases are never open side by side."""
    typed = _kept(request)
    if typed is not None:
        response: HttpResponse = render(request, "person/resume.html", {"typed": typed, "case": case})
    else:
        response = SeeOther(reverse("person:page"))
    session.shut(request)
    session.put(response, session.begin(case, now))
    return response


def _kept(request: HttpRequest) -> Typed | None:
    """What was typed on a page that had been shut, carried through the question for code and secret."""
    pairs = [
        (name.removeprefix(_KEPT), str(value))
        for name, values in request.POST.lists()
        if name.startswith(_KEPT)
        for value in values
    ]
    action = request.POST.get("kept-action", "")
    if not pairs or not action.startswith(reverse("person:enter")):
        return None
    shown = [value for _, value in pairs if len(value) >= 20]
    lost = bool(request.POST.get("kept-files"))
    return Typed(action, get_token(request), pairs, shown, lost, lost_secrets=False)


@require_POST
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Shut the page in this browser, for good."""
    response = SeeOther(reverse("person:left"))
    session.forget(request, response)
    return response


@never_cache
def left(request: HttpRequest) -> HttpResponse:
    """Says that the page is shut, and that nothing of it stays on this device."""
    return render(request, "person/left.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def lost(request: HttpRequest) -> HttpResponse:
    """A new secret by the way the person chose. The answer never says whether there is such a case or a way."""
    form = LostForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "person/lost.html", {"form": form}, status=422 if form.errors else 200)
    now = clock.now()
    waits = limits.over(request, "person lost", now)
    if waits is not None:
        return waits
    receipts.want_new_secret(code=form.cleaned_data["code"], now=now)
    return render(request, "person/lost_done.html")
