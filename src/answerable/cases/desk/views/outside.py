"""Letters to bodies outside: those that are not done with, one as a sheet to print, its bundle, its receipt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.db.models import F
from django.db.models.functions import Left
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.alerts.models import Delivery
from answerable.cases import outside_papers, printing
from answerable.cases.access import Reader, readable_cases
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.forms import Line
from answerable.cases.desk.rows import title_of
from answerable.cases.enclosures import enclosures_of
from answerable.cases.models import Case
from answerable.cases.naming import name_all
from answerable.cases.queries import TITLE_CHARS
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services import letters_out
from answerable.core import uploads
from answerable.core.sentences import sentence
from answerable.orgs.models import Authority, Post
from answerable.orgs.standing import standing
from answerable.record.actors import Actor
from answerable.ui import flash
from answerable.ui.htmx import go
from answerable.ui.leading import lead_on
from answerable.ui.paging import Page, page_number, page_of
from answerable.ui.parts import Tab

#: Why a body outside is written to, in a list.
WHY: dict[str, Any] = {
    "conduct": gettext_lazy("An accusation that no office here may handle"),
    "late_above": gettext_lazy("Late at the body below it"),
    "raised": gettext_lazy("Raised by its person"),
    "passed_on": gettext_lazy("Passed on to it"),
    "review": gettext_lazy("A review is asked of it"),
    "dispute": gettext_lazy("Two units here dispute who is competent"),
    "late_own": gettext_lazy("Late at that body"),
    "written": gettext_lazy("Its person wrote more"),
    "withdrawn": gettext_lazy("Withdrawn by its person"),
    "withdrawal_undone": gettext_lazy("The withdrawal was taken back"),
}
PRINT, RECEIPT = "print", "receipt"


@dataclass(frozen=True)
class Row:
    """One letter of the list. `since`: from when on it waits for what has to be done next."""

    body: str
    why: Any
    case: Case
    title: str
    since: datetime
    is_long: bool
    address: str
    next: str


def _open_letters(reader: Reader, which: str) -> list[Delivery]:
    cases = readable_cases(reader)
    return printing.to_print(cases) if which == PRINT else printing.without_receipt(cases)


@desk_view
@require_safe
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What lies here about the matters that one reads, the oldest first: to print, and gone without a receipt."""
    which = RECEIPT if request.GET.get("list") == RECEIPT else PRINT
    pages = {
        name: page_of(_open_letters(desk.reader, name), page_number(request.GET.get("page")))
        for name in (PRINT, RECEIPT)
    }
    context = {
        "tabs": _tabs(pages, which),
        "page": pages[which],
        "rows": _rows(pages[which].rows, desk, which),
        "which": which,
        "days": printing.LONG.days,
    }
    return render(request, "desk/outside_letters.html", context)


def _tabs(pages: dict[str, Page], which: str) -> list[Tab]:
    words = {PRINT: _("To print and hand over"), RECEIPT: _("Receipt still to come")}
    address = reverse("desk:outside_letters")
    return [
        Tab(
            name=words[name],
            url=address if name == PRINT else f"{address}?list={name}",
            is_current=name == which,
            count=page.count,
        )
        for name, page in pages.items()
    ]


def _rows(letters: Iterable[Delivery], desk: Desk, which: str) -> list[Row]:
    letters = list(letters)
    found = Case.objects.filter(pk__in={row.matter for row in letters})
    cases = {case.pk: case for case in found.annotate(title=F("text__title"), opening=_opening())}
    name_all(list(cases.values()))
    return [_row(row, cases[row.matter], desk, which) for row in letters if row.matter in cases]


def _opening() -> Left:
    return Left("text__claim", TITLE_CHARS)


def _row(row: Delivery, case: Case, desk: Desk, which: str) -> Row:
    since = row.queued_at if which == PRINT else row.ended_at or row.queued_at
    body = _body(row)
    todo = _("Print it and hand it over") if which == PRINT else _("Record the receipt")
    return Row(
        body=body.name if body else "",
        why=WHY.get(str(row.facts.get("why")), ""),
        case=case,
        title=title_of(case),
        since=since,
        is_long=since <= desk.now - printing.LONG,
        address=reverse("desk:outside_letter", args=[case.pk, row.pk]),
        next=todo if desk.reader.post_for(Doing.WRITE) else _("Look at the letter"),
    )


class HandedOverForm(django_forms.Form):
    """What the other side gave for it, and whether what is enclosed went along."""

    receipt = Line(
        label=gettext_lazy("Their number, or who took it (a post, no name)"),
        help_text=gettext_lazy(
            "It can be added later. Where none will come, say how it went: “registered letter, 3 March”."
        ),
        max_length=120,
        required=False,
    )
    with_files = django_forms.BooleanField(label=gettext_lazy("What is enclosed went along"), required=False)

    def __init__(self, data: Any = None, *, is_later: bool, files: int) -> None:
        super().__init__(data, auto_id="out-%s")
        self.fields["receipt"].required = is_later
        if is_later or not files:
            del self.fields["with_files"]


def _letter(page: CasePage, delivery_id: UUID) -> Delivery:
    """What goes to the body outside about this matter, however the body was told of it. Raises 404."""
    rows = letters_out.letters_to_outside(page.case.pk)
    row = next((one for one in rows if one.pk == delivery_id), None)
    if row is None or page.case.erased_at is not None:
        raise Http404
    return row


def _written(page: CasePage, row: Delivery) -> str:
    """What the person wrote while the matter lay with that body: theirs to read, where the letter is about it."""
    said = (m.body for m in page.messages if m.from_person and m.act_seq == row.facts.get("seq"))
    return next(said, "") if row.facts.get("why") == "written" else ""


def _body(row: Delivery) -> Authority | None:
    return standing().authorities.get(int(row.facts.get("body") or 0))


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, desk: Desk, case_id: UUID, delivery_id: UUID) -> HttpResponse:
    """The sheet: to whom, what it is about, the person's words, what is enclosed. Who they are is not in it."""
    page = CasePage(desk, case_id)
    row, enclosed = _letter(page, delivery_id), enclosures_of(page.case)
    waits, is_later = row.kind == "letter" and row.state == "queued", letters_out.lacks_receipt(row)
    if request.method == "POST" and row.kind != "letter":
        raise Http404  # a machine's message has a receipt of its own
    form = HandedOverForm(request.POST or None, is_later=is_later, files=len(enclosed.files))
    if request.method == "POST" and form.is_valid():
        by, typed = desk.reader.actor(Doing.WRITE, page.case.unit_id), form.cleaned_data
        try:
            letters_out.record_letter(case_id=case_id, delivery_id=delivery_id, by=by, now=desk.now, **typed)
        except CannotAct as refusal:
            return lead_on(request, reverse("desk:case", args=[case_id]), sentence(refusal))
        flash.done(request, _recorded(is_later=is_later, receipt=typed["receipt"]))
        return go(request, reverse("desk:case", args=[case_id]))
    body = _body(row)
    with outside_papers.in_office_language():
        address = outside_papers.address_of(body) if body else ""
        enclosed_words = [outside_papers.enclosure_words(file) for file in enclosed.files]
    context = {
        "page": page,
        "case": page.case,
        "row": row,
        "form": form,
        "body": body,
        "address": address,
        "written": _written(page, row),
        "enclosed": enclosed,
        "enclosed_words": enclosed_words,
        "left_words": outside_papers.left_words(enclosed),
        "receipt": letters_out.receipts_of(page.acts).get(str(row.pk), ""),
        "waits": waits,
        "is_later": is_later,
        "is_letter": row.kind == "letter",
        "may_record": bool(desk.reader.post_for(Doing.WRITE)),
        "now": desk.now,
    }
    return render(request, "desk/outside_letter.html", context, status=422 if form.errors else 200)


def _recorded(*, is_later: bool, receipt: str) -> str:
    if is_later:
        return _("Recorded. The letter is done with.")
    if receipt:
        return _("Recorded. The person's page says that the letter was handed over.")
    return _(
        "Recorded. The person's page says that the letter was handed over; it stays under “Receipt still to come”."
    )


@desk_view
@require_POST
def bundle(request: HttpRequest, desk: Desk, case_id: UUID, delivery_id: UUID) -> HttpResponseBase:
    """The letter as a PDF with what is enclosed, to print or to hand over; that files were taken out is an act."""
    page = CasePage(desk, case_id)
    row = _letter(page, delivery_id)
    by, body = desk.reader.actor(Doing.WRITE, page.case.unit_id), _body(row)
    if body is None:
        raise Http404
    try:
        taken = letters_out.take_enclosures(case_id=case_id, delivery_id=delivery_id, by=by, now=desk.now)
    except CannotAct as refusal:
        flash.warn(request, sentence(refusal))
        return go(request, reverse("desk:outside_letter", args=[case_id, delivery_id]))
    content = outside_papers.bundle(_pdf(page, row, body, by), taken)
    return HttpResponse(content, headers=uploads.download_headers(f"{page.case.code}.zip"))


def _pdf(page: CasePage, row: Delivery, body: Authority, by: Actor) -> bytes:
    post: Post = standing().posts[by.post]
    with outside_papers.in_office_language():
        return outside_papers.letter_pdf(
            row,
            body,
            post=post,
            facts=[(str(term), str(value)) for term, value in page.outside_facts if value],
            asked=(page.text.claim, page.text.wants),
            written=_written(page, row),
            enclosed=enclosures_of(page.case),
            now=page.desk.now,
        )
