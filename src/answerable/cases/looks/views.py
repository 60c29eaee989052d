"""A lost receipt at the counter: the clerk asks, confirms, and hands over a new one; the person sees that it was so."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from answerable.cases.access import case_for
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.looks.forms import ReissueForm
from answerable.cases.models import Case
from answerable.cases.portal import receipts as shown
from answerable.cases.portal.draft import Shown
from answerable.cases.rules import Doing
from answerable.cases.services import receipts
from answerable.core.sentences import Said, sentence
from answerable.ui.htmx import SeeOther
from answerable.ui.print import render as print_as


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def reissue(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """Ask for what only the person can know; then show code and new secret, once, to be handed over."""
    case = case_for(desk.reader, case_id, Doing.LOOK)
    has_names = receipts.has_names(case)
    form = ReissueForm(request.POST if request.method == "POST" else None, has_names=has_names)
    if request.method == "POST" and form.is_valid():
        by = desk.reader.actor_on(Doing.LOOK, case)
        try:
            if has_names:
                receipts.compare_identity(
                    case_id=case_id, name=form.cleaned_data["name"], by=by, now=desk.now
                )
            done = receipts.reissue_at_counter(
                case_id=case_id,
                known=tuple(form.cleaned_data["told"]),
                by=by,
                seen_version=None,
                now=desk.now,
            )
        except Said as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return _page(request, "issued", done.case, secret=done.secret)
    return _page(request, "reissue", case, form=form, status=422 if form.errors else 200)


def _page(request: HttpRequest, name: str, case: Case, *, status: int = 200, **more: object) -> HttpResponse:
    response = render(request, f"looks/{name}.html", {"case": case, **more}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@sensitive_post_parameters("secret")
@desk_view
@require_POST
def paper(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """The new receipt on paper, in the person's language. The secret comes from the page that shows it, and must
    be the one that works now."""
    case = case_for(desk.reader, case_id, Doing.LOOK)
    secret = request.POST.get("secret", "")
    if not receipts.is_secret_of(case, secret):
        return SeeOther(reverse("looks:reissue", args=[case_id]))
    with translation.override(case.language):
        receipt = shown.receipt_of(Shown(str(case.pk), case.code, secret), desk.now)
        pdf = print_as.receipt(shown.printed(receipt, desk.now), shown.print_language())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="receipt.pdf"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
