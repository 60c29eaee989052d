"""Pages that belong to no feature: the portal's front, the person's rights, how to reach us, the desk's start."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases.person import session as person_session
from answerable.cases.portal import cookie as portal_cookie
from answerable.core import clock
from answerable.incidents.warnings.strip import warning_lines
from answerable.orgs.models import Responsibility, Staff
from answerable.readiness.periods.strip import lines_for as period_lines
from answerable.site import shell as filled
from answerable.site import tour
from answerable.site.promises import PROMISES, STORED
from answerable.ui.context import THEMES
from answerable.ui.htmx import SeeOther

THEME_FOR = 365 * 24 * 3600  # seconds
# Where "Leave now" leads when the office has not set another page: the weather, as on any phone.
LEAVE_TO = "https://www.weather.com.cn/"


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in one sentence; start; follow up; other ways. A public warning in force is said first."""
    context = {"has_tour": tour.is_offered(), "warnings": warning_lines(clock.now())}
    return render(request, "site/home.html", context)


@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """The rules this system holds itself to, in plain words, and what is stored."""
    return render(request, "site/rights.html", {"promises": PROMISES, "stored": STORED})


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """Every published way to reach the office, with its hours."""
    return render(request, "site/channels.html", {"offices": filled.offices()})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Leave now. POST ends the session, shuts the open matter, destroys a form that was not saved, and deletes every
    cookie of ours; GET is a neutral page that leads on."""
    if request.method == "POST":
        response: HttpResponse = SeeOther(request.path)
        try:
            logout(request)
            portal_cookie.forget(request, response, clock.now())
            person_session.forget(request, response)
        except DatabaseError:
            # Whoever leaves in fear leaves, even while the database is away: the keys go, what they open expires.
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        for name in (
            portal_cookie.NAME,
            person_session.NAME,
            settings.LANGUAGE_COOKIE_NAME,
            settings.CSRF_COOKIE_NAME,
            "theme",
        ):
            response.delete_cookie(name)
        return response
    response = render(request, "site/leave.html", {"onward": leave_to()})
    response["Referrer-Policy"] = "no-referrer"
    return response


def leave_to() -> str:
    """Where the neutral page leads; empty to stay on it."""
    return str(getattr(settings, "LEAVE_TO", LEAVE_TO))


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it; remembered in a cookie."""
    response = SeeOther(_back(request))
    chosen = request.POST.get("theme", "auto")
    if chosen in THEMES and chosen != "auto":
        response.set_cookie("theme", chosen, max_age=THEME_FOR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response


def _back(request: HttpRequest) -> str:
    said = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        return said
    return "/"


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The desk's start: who you are, which readiness period concerns you, and every room your posts open."""
    periods = period_lines(cast(Staff, request.user), clock.now())
    is_empty = not Responsibility.objects.exists()  # whoever sets an office up begins with its first steps
    return render(request, "site/desk.html", {"periods": periods, "is_empty": is_empty})


@login_required
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keyboard, as a page for whoever has no script."""
    return render(request, "site/keys.html")
