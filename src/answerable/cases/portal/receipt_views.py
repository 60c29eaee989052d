"""The receipt after sending: shown while the person notes it, printed on request, then gone from here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from answerable.cases.portal import cookie, receipts
from answerable.cases.portal import draft as forms
from answerable.cases.portal.another import another
from answerable.core import clock
from answerable.ui.htmx import SeeOther
from answerable.ui.print import render as paper


@require_safe
@never_cache
def receipt(request: HttpRequest) -> HttpResponse:
    """Code, secret, what happens next. Kept for half an hour in this browser, or until it is put away."""
    now = clock.now()
    draft = cookie.draft_in(request, now)
    if draft is None or draft.receipt is None:
        return SeeOther(reverse("portal:start"))
    shown = receipts.receipt_of(draft.receipt, now)
    return render(request, "portal/receipt.html", {"receipt": shown, "draft": draft})


@require_POST
@never_cache
def receipt_pdf(request: HttpRequest) -> HttpResponse:
    """The same as PDF, by POST: no address leads to it."""
    now = clock.now()
    draft = cookie.draft_in(request, now)
    if draft is None or draft.receipt is None:
        return SeeOther(reverse("portal:start"))
    shown = receipts.receipt_of(draft.receipt, now)
    pdf = paper.receipt(receipts.printed(shown, now), receipts.print_language())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="receipt.pdf"'
    return response


@require_POST
def receipt_done(request: HttpRequest) -> HttpResponse:
    """The person has code and secret: nothing of it stays in this browser or here."""
    draft = cookie.draft_in(request, clock.now())
    if draft is not None and cookie.is_from_another(request, draft):
        return another(request)
    if draft is not None:
        forms.destroy(draft)
    response = SeeOther(reverse("site:home"))
    response.delete_cookie(cookie.NAME)
    return response
