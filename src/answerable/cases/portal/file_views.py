"""The question of files: chosen one by one or several at once, inspected on arrival, removable."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from answerable.cases.files import FILES_A_CASE
from answerable.cases.portal import arrivals, cookie, flow, limits
from answerable.cases.portal import draft as forms
from answerable.cases.portal.another import another
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.office import Office, office_for
from answerable.cases.portal.views import next_url, step_url
from answerable.core import clock
from answerable.core.sentences import Said, sentence
from answerable.ui.htmx import SeeOther, go


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def files(request: HttpRequest) -> HttpResponse:
    """Show what was added; add, remove, go on."""
    now = clock.now()
    draft = cookie.draft_in(request, now)
    office = office_for(draft) if draft else None
    if draft is None or office is None:
        return SeeOther(reverse("portal:start"))
    if cookie.is_from_another(request, draft):
        return another(request)
    if draft.receipt is not None or not flow.may_visit("files", draft.answers, office.setting):
        return SeeOther(next_url(draft, office))
    if request.method != "POST":
        return _page(request, draft, office, [])
    action, faults = request.POST.get("do", ""), []
    if action.startswith("remove:"):
        forms.remove_file(draft, action.removeprefix("remove:"))
    elif uploads := request.FILES.getlist("files"):
        waits = limits.over(request, "portal file", now)
        if waits is not None:
            return waits
        faults = add_uploads(draft, uploads, now)
    if action in ("continue", "save") and not faults:
        draft.answers = flow.answered(draft.answers, "files", {})
    if action == "save":
        forms.save(draft, now)
    else:
        forms.keep(draft, now)
    if faults:
        response = _page(request, draft, office, faults, status=422)
    elif action == "continue":
        response = go(request, next_url(draft, office))
    else:
        response = go(request, reverse("portal:saved" if action == "save" else "portal:files"))
    cookie.put(response, draft)
    return response


def add_uploads(draft: Draft, uploads: list[UploadedFile], now: datetime) -> list[str]:
    """Keep what passes inspection; a sentence for each file that does not."""
    faults = []
    for upload in uploads:
        if len(draft.files) >= FILES_A_CASE:
            text = gettext(
                "%(limit)s files fit with one matter; “%(name)s” and what came after it were not added. Send the "
                "rest on paper, or put several pages into one document."
            )
            faults.append(text % {"limit": FILES_A_CASE, "name": arrivals.shown_name(upload)})
            break
        try:
            kept, data = arrivals.accept(upload)
        except Said as refusal:
            faults.append(_fault(arrivals.shown_name(upload), refusal))
            continue
        if all(other.sha256 != kept.sha256 for other in draft.files):
            forms.add_file(draft, kept, data, now)
    return faults


def _fault(name: str, refusal: Said) -> str:
    """The refusal's sentence, with the file's name where it does not say it itself."""
    why = sentence(refusal)
    return why if name in why else gettext("%(name)s: %(why)s") % {"name": name, "why": why}


def _page(
    request: HttpRequest, draft: Draft, office: Office, faults: list[str], *, status: int = 200
) -> HttpResponse:
    number, of = flow.place_of("files", draft.answers, office.setting)
    before = flow.before("files", draft.answers, office.setting)
    context = {
        "draft": draft,
        "kept": [(file, arrivals.cautions_of(file)) for file in draft.files],
        "faults": faults,
        "room": FILES_A_CASE - len(draft.files),
        "most": FILES_A_CASE,
        "number": number,
        "of": of,
        "back": step_url(before) if before else reverse("portal:start"),
    }
    return render(request, "portal/files.html", context, status=status)
