"""A matter that was made two: from the first to the second without proving anything again, and its own receipt."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from answerable.cases.person import session
from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.door import person_view
from answerable.cases.person.views.page import show
from answerable.cases.services import dividing
from answerable.ui.htmx import SeeOther


@require_POST
@person_view
def second(request: HttpRequest, page: PersonPage, number: int) -> HttpResponse:
    """Open the second matter in this browser, in the place of the first: one is open at a time."""
    if not 1 <= number <= len(page.second_halves):
        raise Http404
    session.shut(request)
    response = SeeOther(reverse("person:page"))
    session.put(response, session.begin(page.second_halves[number - 1], page.now))
    return response


@require_POST
@person_view
def own_receipt(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Code and secret of the second matter, shown once. Raises CannotAct, said on the page, where they were taken."""
    case, secret = dividing.give_own_receipt(case_id=page.case.pk, now=page.now)
    session.shut(request)
    response = show(request, "own_receipt", PersonPage(case, page.now), secret=secret)
    session.put(response, session.begin(case, page.now))
    return response
