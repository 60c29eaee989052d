"""The proof of each step: a page that says what it proves and what not, and the files, one by one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.door import person_view
from answerable.cases.person.proofs import StepProof, name_of, proof_of
from answerable.cases.person.views.page import show
from answerable.core.uploads import download_headers
from answerable.ui.templatetags.ui import day_text


@require_safe
@person_view
def proof(request: HttpRequest, page: PersonPage, seq: int) -> HttpResponse:
    """What can be had of this step now, what it proves, how to check and keep it."""
    found = _found(page, seq)
    by = timezone.localtime(found.promised_by)
    return show(request, "proof", page, proof=found, promised_by=f"{day_text(by.date())} {by:%H:%M}")


@require_safe
@person_view
def proof_file(request: HttpRequest, page: PersonPage, seq: int, kind: str) -> HttpResponse:
    """The receipt (no content), the promise, or the opening, as a file."""
    content = _found(page, seq).file(kind)
    if content is None:
        raise Http404
    return HttpResponse(content, headers=download_headers(name_of(seq, kind)))


def _found(page: PersonPage, seq: int) -> StepProof:
    found = proof_of(page, seq)
    if found is None:
        raise Http404
    return found
