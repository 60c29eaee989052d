"""The way in to every page of one's own case: the receipt opened it, and nothing else does."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from answerable.cases.models import Case
from answerable.cases.packs import PackError
from answerable.cases.person import session
from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.forms import FollowForm
from answerable.core import clock
from answerable.core.sentences import Said, sentence
from answerable.ui import flash
from answerable.ui.errors import Typed, typed_in
from answerable.ui.htmx import SeeOther

log = logging.getLogger(__name__)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, PersonPage, P], HttpResponseBase]


def person_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Give a view the `PersonPage` of the case that is open in this browser, in the office's own time.

    Where none is open, code and secret are asked for; what was typed meanwhile is kept on that page. A refusal of
    a rule is said on the case's page, or on one that gives back what was typed.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = clock.now()
        visit = session.visit_in(request, now)
        if visit is None:
            return _ask_again(request)
        if session.is_from_another(request, visit.case):
            return _ask_whose(request)
        with timezone.override(visit.case.authority.zone):
            try:
                return view(request, PersonPage(visit.case, now), *args, **kwargs)
            except PackError:
                log.exception("the page of a case cannot be shown", extra={"pack": visit.case.pack})
                return _unwell(request, visit.case)
            except Said as refusal:
                # Read anew: it was refused because the case is not any more what the page was made from.
                return turned_back(request, PersonPage(_again(visit.case), now), sentence(refusal))

    return never_cache(entered)


def turned_back(request: HttpRequest, page: PersonPage, why: str) -> HttpResponse:
    """What was asked for is not possible (any more): said on the page of the case. Where something was typed, on a page
    that gives it back, to be copied; not what stands in the case already."""
    typed = unsaid_in(request, page)
    if typed is None or not typed.shown:
        flash.warn(request, why)
        return SeeOther(reverse("person:page"))
    context = {"page": page, "case": page.case, "once": secrets.token_hex(8), "typed": typed, "why": why}
    return render(request, "person/unsent.html", context, status=409)


def unsaid_in(request: HttpRequest, page: PersonPage) -> Typed | None:
    """What was typed, without the words that stand in the case."""
    typed = typed_in(request)
    said = [page.text.claim, *(one.body for one in page.messages)] if typed else []
    return typed and typed.not_in("\n".join(said))


def once(request: HttpRequest) -> bytes:
    """A form's own token: what is sent twice with it is done once."""
    return request.POST.get("once", "")[:64].encode()


def _ask_again(request: HttpRequest) -> HttpResponse:
    """The page was shut: ask for code and secret once more, and keep what was typed in the form."""
    typed = typed_words(request)
    if typed is None and not request.COOKIES.get(session.NAME):
        return SeeOther(reverse("person:enter"))
    context = {"form": FollowForm(), "typed": typed, "is_shut": True}
    response = render(request, "person/enter.html", context, status=200 if typed is None else 403)
    session.forget(request, response)
    return response


def _ask_whose(request: HttpRequest) -> HttpResponse:
    """Another case was opened in this browser since the form was shown: nothing of it is done there. Code and secret of
    the one that it belongs to are asked for, and what was typed is kept; the other stays open until then."""
    context = {"form": FollowForm(), "typed": typed_words(request), "is_another": True}
    return render(request, "person/enter.html", context, status=409)


def typed_words(request: HttpRequest) -> Typed | None:
    """What was typed, or None where a form carried nothing but whose it is."""
    typed = typed_in(request)
    return typed if typed and any(name != session.MATTER for name, _value in typed.values) else None


def _again(case: Case) -> Case:
    return Case.objects.select_related(*session.BESIDE).get(pk=case.pk)


def _unwell(request: HttpRequest, case: Case) -> HttpResponse:
    """The rules under which the case runs cannot be read: said as it is, and what was typed is given back."""
    typed = typed_in(request)
    is_sent = request.method not in ("GET", "HEAD")
    context = {"case": case, "typed": typed, "is_sent": is_sent}
    return render(request, "person/unwell.html", context, status=503 if is_sent else 200)


def not_here() -> str:
    """Said where a page is about something that the case does not have (any more)."""
    return gettext("That is no longer there. This is how your matter stands now.")
