"""One round: done in a form, read afterwards; both on paper; a review from the desk with what stands beside it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from answerable.core.sentences import sentence
from answerable.orgs.queries import local_today
from answerable.readiness.rounds import from_desk, papers, queries, wording
from answerable.readiness.rounds.access import Forbidden, RoundReader, round_for, rounds_view
from answerable.readiness.rounds.forms import RoundForm
from answerable.readiness.rounds.models import Finding, Round, RoundPhoto
from answerable.readiness.rounds.services.doing import Done, do_round
from answerable.readiness.rounds.template.reading import kept_template
from answerable.readiness.rounds.template.schema import RoundFile
from answerable.readiness.rounds.views.common import attempt, pdf_response
from answerable.readiness.rounds.views.home import finding_row
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, reader: RoundReader, round_id: UUID) -> HttpResponse:
    """To do: its form, for who holds the post or types in what was written by hand. Done: its answers."""
    one = round_for(reader, round_id)
    file = kept_template(one.template_version.text)
    may = one.state == Round.State.DUE and reader.may_type_in(one)
    if request.method == "POST" and not reader.may_type_in(one):
        raise PermissionDenied(sentence(Forbidden("does_not")))
    form = RoundForm(request.POST or None, file=file, body=one.authority) if may else None
    status = 200
    if request.method == "POST":
        posted = form or RoundForm(request.POST, file=file, body=one.authority)
        done = _post(reader, one, posted, on_paper="on_paper" in request.POST)
        if done is not None:
            _say(request, done)
            return go(request, reverse("rounds:round", args=[one.pk]))
        form, status = posted, 422
    return page_or_part(
        request, "rounds/round.html", "main", _context(reader, one, file, form), status=status
    )


def _post(reader: RoundReader, one: Round, form: RoundForm, *, on_paper: bool) -> Done | None:
    if not form.is_valid():
        return None
    made: list[Done] = []

    def do() -> None:
        made.append(
            do_round(
                round_id=one.pk,
                answers=form.given(),
                by=reader.acting([one.post_id], one.unit),
                now=reader.now,
                on_paper=on_paper,
            )
        )

    return None if attempt(form, do) else made[0]


def _say(request: HttpRequest, done: Done) -> None:
    many = len(done.found)
    if not done.round.findings_count:
        flash.done(request, _("The round is done; everything is in order."))
        return
    flash.done(
        request,
        ngettext(
            "The round is done. %(count)s new finding goes to whoever mends it.",
            "The round is done. %(count)s new findings go to whoever mends them.",
            many,
        )
        % {"count": many},
    )


def _context(reader: RoundReader, one: Round, file: RoundFile, form: RoundForm | None) -> dict[str, Any]:
    today = local_today(one.authority, reader.now)
    state, word = wording.round_state(one, reader.now)
    tongue = wording.language()
    context: dict[str, Any] = {
        "round": one,
        "thing": wording.round_thing(one),
        "state": state,
        "word": word,
        "file": file,
        "purpose": file.purpose.in_language(tongue),
        "heed": file.heed.in_language(tongue) if file.heed else "",
        "form": form,
        "may_type_in": reader.leads_of(one.unit) and not reader.does(one),
        "photos": _photos(one, file, tongue),
        "checks": reader.may_type_in(one),
    }
    if form is None:
        answers = queries.answers_of(one.pk)
        context["answers"] = [
            {
                "ask": question.ask.in_language(tongue),
                "answer": wording.answer_text(question, answers.get(question.code)),
                "is_finding": question.code in answers and answers[question.code].is_finding,
                "note": answers[question.code].note if question.code in answers else "",
            }
            for question in file.questions
            if question.kind != "photograph"
        ]
        rows = (
            Finding.objects.filter(round=one).select_related("place", "item", "unit", "post").order_by("pk")
        )
        context["findings"] = [finding_row(row, today) for row in rows]
    elif file.looks_at == "matters":
        context["matters"] = from_desk.matters_near_date(reader.staff, reader.now)
    elif file.looks_at == "contacts":
        context["reached"] = from_desk.contacts_of(one.authority, reader.now)
    return context


def _photos(one: Round, file: RoundFile, tongue: str) -> list[dict[str, Any]]:
    """Each with the question it answers; the page shows those that were checked, and where the others are checked."""
    asks = {question.code: question.ask.in_language(tongue) for question in file.questions}
    rows = RoundPhoto.objects.filter(round=one).defer("sealed").order_by("at", "pk")
    return [{"photo": row, "asked": asks.get(row.question, "")} for row in rows]


@rounds_view
@require_safe
def paper(request: HttpRequest, reader: RoundReader, round_id: UUID) -> HttpResponse:
    """As PDF: the form, to be filled in by hand and typed in afterwards; or what was answered and found."""
    one = round_for(reader, round_id)
    file = kept_template(one.template_version.text)
    if one.state == Round.State.DONE:
        pdf = papers.done_of(one, file, now=reader.now)
    else:
        address = request.build_absolute_uri(reverse("rounds:round", args=[one.pk]))
        pdf = papers.form_of(one, file, address=address, now=reader.now)
    return pdf_response(pdf, f"round-{one.due_on:%Y%m%d}-{one.plan.template.code}")
