"""The guided tour of the demo: one case from both sides, each step with the page it speaks of and who opens it.

What the steps say belongs to the demo, which stands to the right of this room; it hands them in when it starts. It
also hands in the receipt of its fictional case, so that a visitor can be the person too. The receipt is shown on the
tour's page and stays on the server otherwise: no address and no form holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from answerable.cases.models import Case
from answerable.cases.person import session as person_session
from answerable.cases.services import receipts
from answerable.core import clock
from answerable.core.names import in_language
from answerable.ui import flash
from answerable.ui.htmx import SeeOther

PERSON, DESK = "person", "desk"


@dataclass(frozen=True)
class Words:
    """The same in both languages; templates show it in the reader's."""

    zh: str
    en: str

    def __str__(self) -> str:
        return in_language(self.zh, self.en)


@dataclass(frozen=True)
class SignIn:
    """One of the demo's own sign-ins: user name and password, and who that is in which post."""

    name: str
    password: str
    who: Words
    post: Words


@dataclass(frozen=True)
class Receipt:
    """Code and secret of the fictional case, the same in every demo."""

    code: str
    secret: str


@dataclass(frozen=True)
class Step:
    """`side` is person or desk; `page` a key of PAGES; `sign_in` who opens it, on the desk's side."""

    side: str
    page: str
    title: Words
    text: Words
    sign_in: SignIn | None = None


@dataclass(frozen=True)
class Tour:
    """The steps in order, and the receipt of the case that they follow."""

    steps: tuple[Step, ...] = ()
    receipt: Receipt = Receipt("", "")


class Kind(StrEnum):
    """How a step's page is opened."""

    PLAIN = "plain"
    OF_CASE = "of case"  # the address names the case, and the desk asks who opens it
    WITH_RECEIPT = "with receipt"  # the person's own page: opened by code and secret


@dataclass(frozen=True)
class Page:
    """Where a step leads: a URL's name, how it is opened, and what follows the path (a list, a place on the page)."""

    name: str
    kind: Kind = Kind.PLAIN
    rest: str = ""


PAGES: dict[str, Page] = {
    "portal-start": Page("portal:start"),
    "portal-privacy": Page("site:rights"),
    "receipt": Page("person:enter"),
    "work-list": Page("desk:worklist", rest="?list=decided"),
    "case": Page("desk:case", Kind.OF_CASE),
    "case-ask": Page("desk:case", Kind.OF_CASE, "#talk"),
    "person-case": Page("person:page", Kind.WITH_RECEIPT),
    "person-looks": Page("person:looks", Kind.WITH_RECEIPT),
    "decision": Page("desk:case", Kind.OF_CASE, "#decision"),
    "person-word": Page("person:solved", Kind.WITH_RECEIPT),
    "late-case": Page("desk:worklist", rest="?list=late"),
    "person-raise": Page("person:page", Kind.WITH_RECEIPT),
}


@dataclass(frozen=True)
class Shown:
    """A step as the page lists it; `url` is empty where its page cannot be opened from here.

    A page of the person is opened by sending a form to `url`, for a link would have to hold the secret.
    """

    step: Step
    url: str
    is_sent: bool = False
    has_receipt: bool = False


_tour = Tour()


def register(tour: Tour) -> None:
    """Hand in the tour; the demo does it when it starts. Raises KeyError for a page that is not in PAGES."""
    global _tour
    for step in tour.steps:
        PAGES[step.page]
    _tour = tour


def is_offered() -> bool:
    """Whether this is a demo that has a tour."""
    return bool(settings.DEMO and _tour.steps)


def _case() -> Case | None:
    """The tour's case, while its receipt opens it."""
    return receipts.case_behind(_tour.receipt.code, _tour.receipt.secret) if _tour.receipt.code else None


def shown_steps(case: Case | None) -> list[Shown]:
    """Each step with its address; the case's pages only while the case of the tour is there."""
    return [_shown(step, PAGES[step.page], case) for step in _tour.steps]


def _shown(step: Step, page: Page, case: Case | None) -> Shown:
    if page.kind is Kind.WITH_RECEIPT:
        url = reverse("site:tour_open", args=[step.page]) if case else ""
        return Shown(step, url, is_sent=True)
    if page.kind is Kind.OF_CASE:
        return Shown(step, reverse(page.name, args=[case.pk]) + page.rest if case else "")
    is_receipt = page.name == "person:enter" and case is not None
    return Shown(step, reverse(page.name) + page.rest, has_receipt=is_receipt)


@require_safe
@never_cache
def tour(request: HttpRequest) -> HttpResponse:
    """The steps, in order, from both sides; 404 where this is no demo."""
    if not is_offered():
        raise Http404
    case = _case()
    context = {"rows": shown_steps(case), "receipt": _tour.receipt if case else None}
    return render(request, "site/tour.html", context)


@csrf_exempt  # signing in, in the tab beside it, gives a new token; and what it opens is fictional
@require_POST
@never_cache
def open_page(request: HttpRequest, page: str) -> HttpResponse:
    """Be the person of the tour: open her case in this browser, as its receipt does, at one of her pages."""
    if not is_offered() or page not in PAGES or PAGES[page].kind is not Kind.WITH_RECEIPT:
        raise Http404
    case = _case()
    if case is None:
        flash.warn(
            request, gettext("The receipt of the tour opens nothing any more: its case has a new one.")
        )
        return SeeOther(reverse("site:tour"))
    response = SeeOther(reverse(PAGES[page].name))
    person_session.shut(request)
    person_session.put(response, person_session.begin(case, clock.now()))
    return response
