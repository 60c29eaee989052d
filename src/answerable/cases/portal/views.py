"""The way in: one question a page, without an account, without JavaScript."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from answerable.cases.portal import cookie, flow, limits, summary
from answerable.cases.portal import draft as forms
from answerable.cases.portal.another import another
from answerable.cases.portal.asking import Question
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.office import Office, office_for
from answerable.cases.portal.place_map import svg
from answerable.cases.portal.queries import similar_cases
from answerable.cases.portal.questions import QUESTIONS, CheckQuestion
from answerable.cases.portal.sending import SubjectGone, send
from answerable.cases.rules import CannotAct
from answerable.cases.services import drafts
from answerable.core import clock
from answerable.core.sentences import sentence
from answerable.orgs.queries import serving_authorities
from answerable.ui import flash
from answerable.ui.htmx import SeeOther

#: The answers that decide which open matters are like this one.
DECIDES_SIMILAR = ("subject", "topic", "place", "spot")


def step_url(step: str) -> str:
    return reverse("portal:files") if step == "files" else reverse("portal:question", args=[step])


def next_url(draft: Draft, office: Office) -> str:
    """Where the person goes on: the receipt, or the first question without an answer."""
    if draft.receipt is not None:
        return reverse("portal:receipt")
    return step_url(flow.next_step(draft.answers, office.setting))


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """What to expect; begin, go on with the form in this browser, or with a saved one."""
    now = clock.now()
    draft = cookie.draft_in(request, now)
    office = office_for(draft or Draft(""))
    context = {
        "office": office,
        "draft": draft,
        "first": step_url(flow.path({}, office.setting)[0]) if office else "",
        "goes_on": next_url(draft, office) if office and draft and (draft.answers or draft.receipt) else "",
        "is_sent": draft is not None and draft.receipt is not None,
    }
    return render(request, "portal/start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def question(request: HttpRequest, step: str) -> HttpResponse:
    """One question: shown on GET, answered on POST; then the next one."""
    if step not in QUESTIONS:
        raise Http404
    now = clock.now()
    draft = cookie.draft_in(request, now)
    office = office_for(draft or Draft(""))
    if office is None:
        return SeeOther(reverse("portal:start"))
    if draft is not None and cookie.is_from_another(request, draft):
        return another(request)
    if draft is not None and draft.receipt is not None:
        return SeeOther(reverse("portal:receipt"))
    if request.method == "POST" and request.POST.get("language") in dict(settings.LANGUAGES):
        return _in_other_words(request, step, draft or Draft(""), office)
    if request.method == "POST":
        return _answer(request, step, draft, office, now)
    draft = draft or Draft("")
    if not flow.may_visit(step, draft.answers, office.setting):
        if not draft.answers and cookie.token_in(request):
            _say_it_is_over(request)
        return SeeOther(next_url(draft, office) if draft.answers else reverse("portal:start"))
    return _page(request, QUESTIONS[step](draft=draft, office=office))


@require_safe
@cache_control(public=True, max_age=3600)
def place_map(request: HttpRequest, body: int, under: int, language: str) -> HttpResponse:
    """The sketch of a body's places as SVG; it shows the office's public list and nothing of a form."""
    bodies = list(serving_authorities())
    authority = next((one for one in bodies if one.pk == body), None)
    if authority is None or language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        drawn = Office(authority, bodies, conduct=False).sketch(under)
        if drawn is None:
            raise Http404
        return HttpResponse(
            svg(drawn, pgettext("on a map", "N")), content_type="image/svg+xml; charset=utf-8"
        )


def _say_it_is_over(request: HttpRequest) -> None:
    text = gettext(
        "The form that was open here is no longer kept: its time was over, or it was left. Please begin again; it "
        "was removed so that nobody else could read it."
    )
    flash.warn(request, text)


def _answer(
    request: HttpRequest, step: str, draft: Draft | None, office: Office, now: datetime
) -> HttpResponse:
    if draft is None:
        waits = limits.over(request, "portal form", now)
        if waits is not None:
            return waits
        draft = Draft(drafts.new_token())
    setting = office.setting
    if not flow.may_visit(step, draft.answers, setting):
        return _typed_too_late(request, step, draft, office, now)
    if step == "check":
        return _send(request, draft, office, now)
    form = QUESTIONS[step](request.POST, draft=draft, office=office)
    if form.stays:
        return _page(request, form)
    saving = request.POST.get("do") == "save"
    if form.is_valid():
        _put(draft, office, step, form)
    elif not (saving and _is_blank(request)):
        return _page(request, form, status=422)
    if saving:
        forms.save(draft, now)
    else:
        forms.keep(draft, now)
    response = SeeOther(reverse("portal:saved") if saving else next_url(draft, office_for(draft) or office))
    cookie.put(response, draft)
    return response


def _in_other_words(request: HttpRequest, step: str, draft: Draft, office: Office) -> HttpResponse:
    """The same question in another language, with what was typed and without any error."""
    language = request.POST["language"]
    translation.activate(language)
    if flow.may_visit(step, draft.answers, office.setting):
        form = QUESTIONS[step](request.POST, draft=draft, office=office)
        form.stays = True
        response = _page(request, form)
    else:
        response = SeeOther(next_url(draft, office))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.LANGUAGE_COOKIE_SECURE
    )
    return response


def _put(draft: Draft, office: Office, step: str, form: Question) -> None:
    draft.answers = flow.answered(draft.answers, step, form.answer())
    if step in DECIDES_SIMILAR and not flow.is_answered("similar", draft.answers):
        draft.answers["similar"] = {"found": len(similar_cases(draft, office))}


def _is_blank(request: HttpRequest) -> bool:
    silent = ("csrfmiddlewaretoken", "do", cookie.MARK)
    return not any(str(value).strip() for name, value in request.POST.items() if name not in silent)


def _typed_too_late(
    request: HttpRequest, step: str, draft: Draft, office: Office, now: datetime
) -> HttpResponse:
    """An answer to a form that is gone, or out of turn: what was typed is kept, the rest is asked again."""
    form = None
    if step not in ("topic", "spot", "similar", "check", "help", "reach"):
        form = QUESTIONS[step](request.POST, draft=draft, office=office)
    if form is not None and form.is_valid():
        _put(draft, office, step, form)
        forms.keep(draft, now)
        flash.warn(
            request,
            gettext(
                "The form had been open for too long, and its earlier answers were removed so that nobody else "
                "could read them. What you have just written is kept; please answer the others again."
            ),
        )
    else:
        _say_it_is_over(request)
    response = SeeOther(next_url(draft, office))
    if draft.answers:
        cookie.put(response, draft)
    return response


def _page(request: HttpRequest, form: Question, *, status: int = 200) -> HttpResponse:
    answers, setting = form.draft.answers, form.office.setting
    before = flow.before(form.step, answers, setting)
    number, of = flow.place_of(form.step, answers, setting)
    context = {
        "form": form,
        "office": form.office,
        "back": step_url(before) if before else reverse("portal:start"),
        "number": number,
        "of": of,
        "can_save": before is not None,
    }
    if form.step == "check":
        context["rows"] = summary.rows(form.draft, form.office)
    return render(request, f"portal/{_template(form.step)}.html", context, status=status)


def _template(step: str) -> str:
    if step in ("place", "spot"):
        return "place"
    return step if step in ("help", "subject", "about", "check", "story") else "question"


def _send(request: HttpRequest, draft: Draft, office: Office, now: datetime) -> HttpResponse:
    waits = limits.over(request, "portal send", now)
    if waits is not None:
        return waits
    form = CheckQuestion(request.POST, draft=draft, office=office)
    form.is_valid()
    share = bool(form.cleaned_data.get("share"))
    try:
        send(draft, office, share=share, language=get_language() or "en", now=now)
    except SubjectGone:
        draft.answers.pop("subject", None)
        draft.answers.pop("topic", None)
        forms.keep(draft, now)
        flash.warn(request, gettext("The list of subjects has changed meanwhile. Please choose once more."))
        return SeeOther(next_url(draft, office))
    except CannotAct as refusal:
        form.add_error(None, sentence(refusal))
        return _page(request, form, status=409)
    response = SeeOther(reverse("portal:receipt"))
    cookie.put(response, draft)
    return response
