"""The page of one case, the verbs on it, and what takes some of them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.deadline_moves import CannotExtend
from answerable.cases.deadline_wording import cannot_extend
from answerable.cases.desk import forms, verbs
from answerable.cases.desk.casepage import CasePage, still_open_to
from answerable.cases.desk.door import Desk, desk_view, not_yours
from answerable.cases.desk.unsent import seen_by, unsent_in
from answerable.cases.models import Case
from answerable.cases.rules import Doing
from answerable.cases.services import dividing, grouping, handling, looks
from answerable.cases.services.looks import Looked
from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.core.sentences import Said, sentence
from answerable.core.uploads import download_headers
from answerable.orgs.standing import standing
from answerable.parties.models import Party
from answerable.record.receipts import receipt_of
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence, whichever room it comes from."""
    if isinstance(refusal, CannotExtend):
        return cannot_extend(refusal)
    if isinstance(refusal, Said):
        return sentence(refusal)
    raise refusal


def case_context(page: CasePage, **more: Any) -> dict[str, Any]:
    """What the case page needs, whichever verb is open on it."""
    found = verbs.open_verbs(page)
    menus = [(label, [v for v in found if v.place == place]) for place, label in verbs.PLACES.items()]
    return {
        "page": page,
        "case": page.case,
        "first_verbs": [v for v in found if v.place == verbs.FIRST],
        "menus": [(label, items) for label, items in menus if items],
        "can_decide": may_draft(page),
        "can_sign": page.may_sign,
        "can_look": page.can(Doing.LOOK) and has_identity(page.case),
        "can_reissue": page.can(Doing.LOOK),
        "can_check": page.can(Doing.CHECK_FILE),
        "can_add_files": page.can(Doing.HANDLE),
        "verb": None,
        "form": None,
        "changed": (),
        "unsent": None,
        "looked": (),
    } | more


def may_draft(page: CasePage) -> bool:
    stage = rules.STAGES[page.case.stage]
    return page.can(Doing.HANDLE) and page.case.state in rules.ALLOWED[stage.decided]


def has_identity(case: Case) -> bool:
    """Whether somebody gave a name at all; the desk learns no more than that without looking."""
    return case.privacy != "anonymous" and Party.objects.filter(case_id=case.pk, erased_at=None).exists()


@desk_view
@require_safe
def show(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """One case. Reading it leaves no trace about the reader."""
    page = CasePage(desk, case_id)
    return page_or_part(request, "desk/case.html", "panel", case_context(page))


@desk_view
@require_safe
def receipt(request: HttpRequest, desk: Desk, case_id: UUID, seq: int) -> HttpResponse:
    """The receipt of one act, without content: what the office holds, and what the person can be handed."""
    page = CasePage(desk, case_id)
    found = next((act for act in page.acts if act.seq == seq), None)
    content = receipt_of(found.id) if found else None
    if content is None:
        raise Http404
    return HttpResponse(content, headers=download_headers(f"{page.case.code}-{seq}.tlog-proof"))


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, desk: Desk, case_id: UUID, verb: str) -> HttpResponse:
    """Open a verb's form on the case's page, or do it. A page that grew old is told what changed and keeps its text."""
    chosen = verbs.BY_CODE.get(verb)
    if chosen is None:
        raise Http404
    page = CasePage(desk, case_id)
    labels = {name: field.label for name, field in chosen.form.base_fields.items()}
    if not chosen.may(page):
        return not_theirs(request, page, chosen.doing, labels)
    if not chosen.when(page):
        # Already done, perhaps by the first of two clicks, or by a colleague: show where it stands now.
        return moved_on(request, page, labels)
    if request.method != "POST":
        return _panel(request, page, chosen, chosen.form(page=page))
    form = chosen.form(request.POST, request.FILES, page=page)
    if not form.is_valid():
        return _panel(request, page, chosen, form, status=422)
    undo = chosen.undo(page)
    try:
        chosen.run(page, chosen.actor(page), form.cleaned_data["seen_version"], form)
    except Changed:
        return _changed(request, desk, case_id, chosen, form)
    except Refusal as refusal:
        if isinstance(refusal, NotYours):
            raise
        form.add_error(None, refusal_words(refusal))
        return _panel(request, page, chosen, form, status=422)
    return _done(request, desk, page, chosen, form, undo)


def moved_on(request: HttpRequest, page: CasePage, labels: Mapping[str, Any], why: str = "") -> HttpResponse:
    """What was asked for is not possible any more: where it stands now, what happened meanwhile, and what was typed."""
    why = why or _("This is not possible any more: the matter has moved on. Here is where it stands.")
    return _given_back(request, page, labels, why, status=409) or _led_back(request, page, why)


def not_theirs(request: HttpRequest, page: CasePage, doing: Doing, labels: Mapping[str, Any]) -> HttpResponse:
    """They may read it, and not do this: where it is, if it went to another unit, and what was typed. Raises NotYours for
    all others who typed nothing."""
    refusal = NotYours("role_may_not", doing=str(doing))
    reader = page.desk.reader
    is_moved = reader.post_for(doing) is not None and page.case.unit_id not in reader.unit_ids
    why = (
        _("%(unit)s has this matter now, and does what is to be done. Here is where it stands.")
        % {"unit": page.case.unit.name}
        if is_moved
        else not_yours(refusal)
    )
    given_back = _given_back(request, page, labels, why, status=403)
    if given_back is not None:
        return given_back
    if request.method == "POST" or not is_moved:
        raise refusal
    return _led_back(request, page, why)


def _given_back(
    request: HttpRequest, page: CasePage, labels: Mapping[str, Any], why: str, *, status: int
) -> HttpResponse | None:
    unsent = unsent_in(request, page, labels, why)
    if unsent is None:
        return None
    seen = seen_by(request)
    context = case_context(page, unsent=unsent, changed=() if seen is None else page.since(seen))
    return page_or_part(request, "desk/case.html", "panel", context, status=status)


def _led_back(request: HttpRequest, page: CasePage, why: str) -> HttpResponse:
    flash.warn(request, why)
    return go(request, _url(page.case))


def _url(case: Case) -> str:
    return reverse("desk:case", args=[case.pk])


def _done(
    request: HttpRequest,
    desk: Desk,
    page: CasePage,
    verb: verbs.Verb,
    form: forms.VerbForm,
    undo: tuple[str, int] | None,
) -> HttpResponse:
    case = page.case
    back = reverse("desk:undo", args=[case.pk, *undo]) if undo else ""
    flash.done(request, verb.done_words(page, form), undo_to=back)
    for text in verb.left_out(page, form):
        flash.warn(request, text)
    if not still_open_to(desk, case.pk):
        return go(request, reverse("desk:worklist"))
    return go(request, _url(case) + f"?sent={verb.code}")


def _panel(
    request: HttpRequest,
    page: CasePage,
    verb: verbs.Verb,
    form: forms.VerbForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    canned = forms.canned_texts(page) if verb.has_canned else []
    context = case_context(page, verb=verb, form=form, canned=canned, **more)
    return page_or_part(request, "desk/case.html", "panel", context, status=status)


def _changed(
    request: HttpRequest, desk: Desk, case_id: UUID, verb: verbs.Verb, form: forms.VerbForm
) -> HttpResponse:
    """The second person is told: what happened meanwhile, their own text kept, and the button works again."""
    page = CasePage(desk, case_id)
    seen = form.cleaned_data.get("seen_seq") or 0
    data = request.POST.copy()
    data["seen_version"], data["seen_seq"] = str(page.case.version), str(page.seen_seq)
    again = verb.form(data, request.FILES, page=page)
    again.is_valid()
    return _panel(request, page, verb, again, status=409, changed=page.since(seen), is_stale=True)


#: Of which acts the last one must be one's own for an undo: a colleague's later one is not taken back with it.
_LAST = {
    "assign": (A.ASSIGNED, A.STEPPED_ASIDE, A.TRANSFERRED),
    "out": (A.JOINED, A.MERGED, A.SPLIT),
    "divide": (A.DIVIDED,),
}


def _require_own_last(page: CasePage, what: str) -> None:
    """Raise Changed where somebody else has done the like since, so that nothing of theirs is overwritten."""
    last = next((act for act in reversed(page.acts) if act.kind in _LAST.get(what, ())), None)
    if last is not None and last.post_id not in {post.pk for post in page.desk.reader.posts}:
        raise Changed(shown=last.seq, now=page.case.version)


@desk_view
@require_POST
def undo(request: HttpRequest, desk: Desk, case_id: UUID, what: str, to: int) -> HttpResponse:
    """Take back what was just done, where it can be: giving it to someone, joining it to another."""
    page = CasePage(desk, case_id)
    try:
        _require_own_last(page, what)
        if what == "assign":
            if to and to not in standing().posts:
                raise Http404
            by = desk.reader.actor_on(Doing.ASSIGN, page.case)
            handling.assign_case(
                case_id=case_id, to_post=to or None, by=by, seen_version=page.case.version, now=desk.now
            )
        elif what == "out":
            by = desk.reader.actor_on(Doing.HANDLE, page.case)
            grouping.take_out(
                case_id=case_id, why=_("Undone at once."), by=by, seen_version=page.case.version, now=desk.now
            )
        elif what == "divide" and page.halves:
            dividing.undo_division(
                case_id=case_id,
                second_id=page.halves[-1].pk,
                why=_("Undone at once."),
                by=desk.reader.actor_on(Doing.HANDLE, page.case),
                now=desk.now,
            )
        else:
            raise Http404
    except Changed:
        flash.warn(request, _("Someone else was quicker; nothing was undone. Here is where it stands."))
    except Said as refusal:
        flash.warn(request, sentence(refusal))
    else:
        flash.done(request, _("Undone. Both steps stay in the record."))
    return go(request, _url(page.case))


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """Who the person is: with a reason, as an act that they see at once. Shown on this one answer, never kept."""
    page = CasePage(desk, case_id, Doing.LOOK)
    if not has_identity(page.case):
        raise Http404
    form = forms.LookForm(request.POST or None, page=page)
    looked: list[Looked] = []
    if request.method == "POST" and form.is_valid():
        try:
            looked = looks.look_at_identity(
                case_id=case_id,
                reason=form.cleaned_data["reason"],
                by=desk.reader.actor_on(Doing.LOOK, page.case),
                now=desk.now,
            )
            page = CasePage(desk, case_id, Doing.LOOK)
        except Said as refusal:
            form.add_error(None, sentence(refusal))
    status = 422 if form.is_bound and not looked else 200
    context = case_context(page, look_form=form, looked=looked)
    response = page_or_part(request, "desk/look.html", "main", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
