"""The guided tour of the demo: one case from both sides, each step with the page it speaks of.

What the steps say belongs to the demo, which stands to the right of this room; it hands them in when it starts.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from answerable.cases.models import Case
from answerable.core.names import in_language

PERSON, DESK = "person", "desk"


@dataclass(frozen=True)
class Words:
    """The same in both languages; templates show it in the reader's."""

    zh: str
    en: str

    def __str__(self) -> str:
        return in_language(self.zh, self.en)


@dataclass(frozen=True)
class Step:
    """`side` is person or desk; `page` a key of PAGES."""

    side: str
    page: str
    title: Words
    text: Words


@dataclass(frozen=True)
class Tour:
    """The steps in order, and the words by which the case that they follow is found."""

    steps: tuple[Step, ...] = ()
    claim: str = ""


@dataclass(frozen=True)
class Shown:
    """A step as the page lists it; `url` is empty where its page cannot be opened from here."""

    step: Step
    url: str


#: (url name, whether it is a page of the tour's own case) by page; the person's pages ask for code and secret.
PAGES: dict[str, tuple[str, bool]] = {
    "portal-start": ("portal:start", False),
    "portal-privacy": ("site:rights", False),
    "receipt": ("portal:start", False),
    "work-list": ("desk:worklist", False),
    "case": ("desk:case", True),
    "case-ask": ("desk:case", True),
    "person-case": ("person:enter", False),
    "person-looks": ("person:enter", False),
    "decision": ("desk:case", True),
    "person-word": ("person:enter", False),
    "late-case": ("desk:worklist", False),
    "person-raise": ("person:enter", False),
}

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


def shown_steps() -> list[Shown]:
    """Each step with its address; the case's pages only while the case of the tour is there."""
    case = Case.objects.filter(text__claim=_tour.claim).order_by("pk").values_list("pk", flat=True).first()
    rows = []
    for step in _tour.steps:
        name, of_case = PAGES[step.page]
        url = "" if of_case and case is None else reverse(name, args=[case] if of_case else [])
        rows.append(Shown(step, url))
    return rows


@require_safe
@never_cache
def tour(request: HttpRequest) -> HttpResponse:
    """The steps, in order, from both sides; 404 where this is no demo."""
    if not is_offered():
        raise Http404
    return render(request, "site/tour.html", {"rows": shown_steps()})
