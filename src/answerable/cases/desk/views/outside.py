"""A letter to a body outside, to print; and that it was handed over."""

from __future__ import annotations

from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from answerable.alerts.models import Delivery
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.forms import Line
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services.letters_out import letters_to_outside, receipts_of, record_letter
from answerable.core.names import in_language
from answerable.core.sentences import sentence
from answerable.orgs.standing import standing
from answerable.ui import flash
from answerable.ui.htmx import go


class HandedOverForm(django_forms.Form):
    """What the other side gave for it."""

    receipt = Line(
        label=gettext_lazy("Their number, or who took it (a post, no name)"), max_length=120, required=False
    )


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, desk: Desk, case_id: UUID, delivery_id: UUID) -> HttpResponse:
    """The sheet: to whom, what it is about, the person's words. Who they are is not in it."""
    page = CasePage(desk, case_id)
    row = next((one for one in letters_to_outside(page.case.pk) if one.pk == delivery_id), None)
    if row is None or row.kind != "letter" or page.case.erased_at is not None:
        raise Http404
    form = HandedOverForm(request.POST or None, auto_id="out-%s")
    if request.method == "POST" and form.is_valid():
        by = desk.reader.actor(Doing.WRITE, page.case.unit_id)
        receipt = form.cleaned_data["receipt"]
        try:
            record_letter(case_id=case_id, delivery_id=delivery_id, receipt=receipt, by=by, now=desk.now)
        except CannotAct as refusal:
            flash.warn(request, sentence(refusal))
        else:
            flash.done(request, _("Recorded. The person's page says that the letter was handed over."))
        return go(request, reverse("desk:case", args=[case_id]))
    body = standing().authorities.get(int(row.facts.get("body") or 0))
    context = {
        "page": page,
        "case": page.case,
        "row": row,
        "form": form,
        "body": body,
        "address": in_language(body.address_zh, body.address_en) if body else "",
        "receipt": receipts_of(page.acts).get(str(row.pk), ""),
        "waits": row.state == Delivery.State.QUEUED,
        "may_record": bool(desk.reader.post_for(Doing.WRITE)),
        "now": desk.now,
    }
    return render(request, "desk/outside_letter.html", context, status=422 if form.errors else 200)
