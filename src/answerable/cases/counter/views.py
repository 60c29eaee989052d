"""Enter, read back, hand over the receipt. No address holds an answer, a code or a secret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases.access import readable_cases
from answerable.cases.counter import taking
from answerable.cases.counter.forms import INTAKES, MatterForm
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.files import FILES_A_CASE
from answerable.cases.portal import arrivals, receipts
from answerable.cases.portal import draft as drafts_of
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.office import Office, office_for
from answerable.cases.portal.sending import SubjectGone
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services import drafts
from answerable.core.sentences import sentence
from answerable.orgs.models import Authority, Post
from answerable.orgs.queries import serving_authorities
from answerable.record.actors import Actor
from answerable.ui import flash
from answerable.ui.htmx import SeeOther
from answerable.ui.print import render as paper

COOKIE = "counter"


class Counter:
    """A clerk at the counter: the post they take matters down under, and its body. Raises NotYours."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.now = desk, desk.now
        self.by: Actor = desk.reader.actor(Doing.HANDLE)
        post: Post = next(p for p in desk.reader.posts if p.pk == self.by.post)
        bodies = list(serving_authorities().select_related("above"))
        own = next((body for body in bodies if body.pk == post.unit.authority_id), None)
        self.bodies, self.authority = bodies, own or next(iter(bodies), None)

    @property
    def staff_id(self) -> int:
        return self.by.staff

    def draft_in(self, request: HttpRequest) -> Draft | None:
        """The matter that the page sent names, else the one this browser was at; only this clerk's own."""
        token = request.POST.get("token") or request.COOKIES.get(COOKIE, "")
        return taking.load(token, self.staff_id, self.now)

    def form(
        self,
        body: Authority,
        data: Any = None,
        initial: dict[str, Any] | None = None,
        taken_in: Sequence[int] = (),
    ) -> MatterForm:
        """`taken_in`: the units of the counter where it was taken down, where that may be another one than this."""
        office = Office(body, self.bodies, conduct=True)
        own = [*self.desk.reader.member_unit_ids, *taken_in]
        today = timezone.localdate(self.now)
        return MatterForm(data, office=office, today=today, own_units=own, initial=initial)


def counter_view(view: Callable[[HttpRequest, Counter], HttpResponse]) -> Callable[..., HttpResponse]:
    """A desk page for those who take matters down; 403 for every other role."""

    @sensitive_post_parameters()
    @desk_view
    @wraps(view)
    def entered(request: HttpRequest, desk: Desk) -> HttpResponse:
        response = view(request, Counter(desk))
        response["Cache-Control"] = "no-store"
        return response

    return entered  # type: ignore[return-value]


def _put(response: HttpResponse, draft: Draft) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        draft.token,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
        path=reverse("desk:counter"),
    )
    return response


@counter_view
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The one page on which the matter is taken down; sent, it is kept sealed and read back."""
    if counter.authority is None:
        return render(request, "counter/none.html")
    draft = counter.draft_in(request)
    if request.method != "POST":
        return _blank_or_again(request, counter, counter.authority, draft)
    if draft is not None and draft.receipt is not None:
        return _put(SeeOther(reverse("desk:counter:receipt")), draft)
    form = counter.form(counter.authority, request.POST)
    draft, faults = taking.keep_files(
        draft,
        request.POST.get("token", ""),
        request.FILES.getlist("files"),
        left_out=request.POST.getlist("leave_out"),
        staff_id=counter.staff_id,
        now=counter.now,
    )
    if not form.is_valid() or faults:
        again = _page(request, form, kept=draft, faults=faults, status=422)
        return again if draft is None else _put(again, draft)
    draft = taking.keep(form, draft, staff_id=counter.staff_id, now=counter.now)
    return _put(SeeOther(reverse("desk:counter:read_back")), draft)


def _blank_or_again(
    request: HttpRequest, counter: Counter, body: Authority, draft: Draft | None
) -> HttpResponse:
    again = draft is not None and draft.receipt is None and "change" in request.GET
    if draft is not None and again:
        return _page(request, counter.form(body, initial=taking.initial_of(draft)), kept=draft)
    intake = request.GET.get("by", "")
    initial = {
        "token": drafts.new_token(),
        "intake": intake if intake in INTAKES else INTAKES[0],
        "language": translation.get_language() or settings.LANGUAGE_CODE,
    }
    return _page(request, counter.form(body, initial=initial), open_draft=draft)


def _page(
    request: HttpRequest,
    form: MatterForm,
    *,
    open_draft: Draft | None = None,
    kept: Draft | None = None,
    faults: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "emergency": form.office.emergency,
        "open_draft": open_draft,
        "kept": [(file, arrivals.cautions_of(file)) for file in kept.files] if kept else [],
        "faults": faults,
        "most": FILES_A_CASE,
        "takes_files": True,
        "shows_accused": bool(form["conduct"].value() in ("yes", "unsure")),
    }
    return render(request, "counter/enter.html", context, status=status)


@counter_view
@require_safe
def read_back(request: HttpRequest, counter: Counter) -> HttpResponse:
    """What was taken down, large and in the person's language, before it is registered."""
    draft = counter.draft_in(request)
    if draft is None:
        return _gone(request)
    if draft.receipt is not None:
        return SeeOther(reverse("desk:counter:receipt"))
    if not taking.is_told(draft):
        return SeeOther(reverse("desk:counter") + "?change")
    office = office_for(draft)
    if office is None:
        return SeeOther(reverse("desk:counter"))
    return _read_back_page(request, draft, office)


def _read_back_page(
    request: HttpRequest, draft: Draft, office: Office, *, error: str = "", status: int = 200
) -> HttpResponse:
    own = draft.answers[taking.OWN]
    with translation.override(own["language"]):
        who_sees = receipts.who_sees(draft.get("privacy"))
    context = {
        "rows": taking.rows_for_reading(draft, office),
        "files": draft.files,
        "who_sees": who_sees,
        "emergency": office.emergency if draft.get("danger") == "yes" else (),
        "token": draft.token,
        "own": own,
        "arrived_on": date.fromisoformat(own["received_on"]) if own.get("received_on") else None,
        "error": error,
    }
    return render(request, "counter/read_back.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    flash.warn(request, gettext("Nothing is open here any more: it was put away, or its time was over."))
    return SeeOther(reverse("desk:counter"))


@counter_view
@require_POST
def register(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The person has confirmed it: register, then the receipt. A second press finds the first one's receipt."""
    draft = counter.draft_in(request)
    if draft is None:
        return _gone(request)
    office = office_for(draft)
    if office is None or not (draft.receipt or taking.is_told(draft)):
        return SeeOther(reverse("desk:counter"))
    try:
        taking.register(draft, office, by=counter.by, now=counter.now)
    except SubjectGone:
        flash.warn(request, gettext("The list of subjects has changed meanwhile. Please choose once more."))
        return _put(SeeOther(reverse("desk:counter") + "?change"), draft)
    except CannotAct as refusal:
        return _read_back_page(request, draft, office, error=sentence(refusal), status=409)
    return _put(SeeOther(reverse("desk:counter:receipt")), draft)


@counter_view
@require_safe
def receipt(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Code and secret, to be handed over. Kept for half an hour for this clerk, or until it is put away."""
    draft = counter.draft_in(request)
    if draft is None or draft.receipt is None:
        return _gone(request)
    own = draft.answers[taking.OWN]
    with translation.override(own["language"]):
        shown = receipts.receipt_of(draft.receipt, counter.now)
        kept_with = shown.kept_with
    context = {
        "receipt": shown,
        "kept_with": kept_with,
        "own": own,
        "token": draft.token,
        "may_open": readable_cases(counter.desk.reader).filter(pk=shown.case.pk).exists(),
    }
    return render(request, "counter/receipt.html", context)


@counter_view
@require_POST
def receipt_pdf(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The receipt on paper, in the person's language; by POST: no address leads to it."""
    draft = counter.draft_in(request)
    if draft is None or draft.receipt is None:
        return _gone(request)
    with translation.override(draft.get(taking.OWN, "language")):
        shown = receipts.receipt_of(draft.receipt, counter.now)
        pdf = paper.receipt(receipts.printed(shown, counter.now), receipts.print_language())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="receipt.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@counter_view
@require_POST
def put_away(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Handed over, or not brought after all: nothing of it stays here, and the next person may come."""
    draft = counter.draft_in(request)
    if draft is not None:
        drafts_of.destroy(draft)
    response = SeeOther(reverse("desk:counter"))
    response.delete_cookie(COOKIE, path=reverse("desk:counter"))
    return response
