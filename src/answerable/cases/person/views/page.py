"""The page of one's own case, its decisions and files, and the same on paper."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases import downloads, files, letters
from answerable.cases.person import limits
from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.door import person_view
from answerable.cases.rules import CannotAct
from answerable.cases.services import persons
from answerable.core.sentences import sentence
from answerable.core.uploads import download_headers
from answerable.ui import flash
from answerable.ui.htmx import SeeOther


def show(
    request: HttpRequest, template: str, page: PersonPage, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A page of the case. Every one has a token of its own for "raise it", which stands on each."""
    context = {"page": page, "case": page.case, "once": secrets.token_hex(8), **more}
    return render(request, f"person/{template}.html", context, status=status)


def back() -> HttpResponse:
    return SeeOther(reverse("person:page"))


@require_safe
@person_view
def page(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Where it stands, what comes next, what one can do; then everything else."""
    return show(request, "page", page)


@require_safe
@person_view
def paper(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """The same, to be printed from the browser."""
    return show(request, "paper", page)


@require_POST
@person_view
def read(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Read the decision: proves its delivery, and the person's own days begin (rule 7, docs/adr/person-page.md)."""
    persons.see_decisions(case_id=page.case.pk, now=page.now)
    return SeeOther(reverse("person:page") + "#decision")


@require_safe
@person_view
def letter(request: HttpRequest, page: PersonPage, number: int) -> HttpResponse:
    """The letter of a decision that was read."""
    found = next((d for d in page.decisions if d.number == number and d.is_read), None)
    if found is None or page.is_erased:
        raise Http404
    response = HttpResponse(letters.letter_of(found.row), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@person_view
def file(request: HttpRequest, page: PersonPage, number: int) -> HttpResponse:
    """A file that a human has looked at, as a download."""
    found = next((f for f in page.files if f.number == number and f.can_open), None)
    if found is None:
        raise Http404
    try:
        content = files.content(found.row)
    except CannotAct as refusal:
        flash.warn(request, sentence(refusal))
        return back()
    return HttpResponse(content, headers=download_headers(found.row.name))


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def whole_file(request: HttpRequest, page: PersonPage) -> HttpResponseBase:
    """Everything about the case as one ZIP: a PDF to read, JSON for other programs, the files."""
    if page.is_erased:
        flash.warn(request, gettext("Nothing is left to take along: it was erased."))
        return back()
    if request.method != "POST":
        return show(request, "take", page)
    waits = limits.over(request, "person download", page.now)
    if waits is not None:
        return waits
    response = HttpResponse(downloads.person_zip(page), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-matter.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
