"""Files of a case: looked at by a human before they are passed on; redacted copies beside the original."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases import files
from answerable.cases.desk.arrivals import accept
from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.views.case import case_context
from answerable.cases.models import Attachment
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services import checking
from answerable.core import uploads
from answerable.core.refusals import NotYours
from answerable.core.sentences import Said, sentence
from answerable.ui import flash
from answerable.ui.htmx import SeeOther, go, page_or_part

PICTURES = ("image/png", "image/jpeg")


def _attachment(page: CasePage, file_id: UUID) -> Attachment:
    found = Attachment.objects.filter(case=page.case, pk=file_id).first()
    if found is None:
        raise Http404
    if found.check_state != Attachment.Check.CLEARED and not page.can(Doing.CHECK_FILE):
        # Held and refused files stay with those who may check them; auditors get redacted copies.
        raise NotYours("role_may_not", doing=str(Doing.CHECK_FILE))
    return found


@desk_view
@require_safe
def download(request: HttpRequest, desk: Desk, case_id: UUID, file_id: UUID) -> HttpResponse:
    """A file as a download, never inside our pages. Raises 404 after erasure."""
    found = _attachment(CasePage(desk, case_id), file_id)
    try:
        content = files.content(found)
    except CannotAct as refusal:
        if refusal.code != "file_closed":
            raise Http404 from None
        flash.warn(request, sentence(refusal))
        return SeeOther(reverse("desk:case", args=[case_id]) + "#files")
    return HttpResponse(content, headers=uploads.download_headers(found.name))


@desk_view
@require_safe
def picture(request: HttpRequest, desk: Desk, case_id: UUID, file_id: UUID) -> HttpResponse:
    """A picture that was written anew here, for the page on which it is checked."""
    found = _attachment(CasePage(desk, case_id), file_id)
    if found.media_type not in PICTURES:
        raise Http404
    try:
        content = files.content(found)
    except CannotAct:
        raise Http404 from None
    return HttpResponse(content, headers=uploads.picture_headers(found.media_type))


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, desk: Desk, case_id: UUID, file_id: UUID) -> HttpResponse:
    """Look at a file and say whether it may be shown; put a redacted copy beside it."""
    page = CasePage(desk, case_id, Doing.CHECK_FILE)
    found = _attachment(page, file_id)
    error = ""
    if request.method == "POST":
        by = desk.reader.actor_on(Doing.CHECK_FILE, page.case)
        try:
            if request.POST.get("do") == "redact":
                accepted = [accept(sent) for sent in request.FILES.getlist("file")[:1]]
                if not accepted:
                    raise CannotAct("wrong_file")
                checking.add_redacted_copy(attachment_id=found.pk, accepted=accepted[0], by=by, now=desk.now)
                flash.done(request, _("The copy stands beside the original and may be shown."))
            else:
                cleared = request.POST.get("do") == "clear"
                why = request.POST.get("why", "")[:500]
                checking.check_file(attachment_id=found.pk, cleared=cleared, why=why, by=by, now=desk.now)
                flash.done(
                    request, _("Checked: it may be shown.") if cleared else _("Checked: it is not shown.")
                )
            return go(request, reverse("desk:case", args=[case_id]) + "#files")
        except Said as refusal:
            error = sentence(refusal)
    context = case_context(
        page,
        file=found,
        is_picture=found.media_type in PICTURES,
        error=error,
        why=request.POST.get("why", ""),
    )
    return page_or_part(request, "desk/check.html", "main", context, status=422 if error else 200)


@desk_view
@require_POST
def add(request: HttpRequest, desk: Desk, case_id: UUID) -> HttpResponse:
    """The office puts files with the case."""
    page = CasePage(desk, case_id, Doing.HANDLE)
    taken = []
    for sent in request.FILES.getlist("file"):
        try:
            taken.append(accept(sent))
        except Said as refusal:
            flash.warn(request, sentence(refusal))
    if taken:
        try:
            by = desk.reader.actor_on(Doing.HANDLE, page.case)
            checking.add_files(case_id=case_id, accepted=taken, by=by, now=desk.now)
            flash.done(request, _("The files are with the matter, held until someone has checked them."))
        except CannotAct as refusal:
            flash.warn(request, sentence(refusal))
    return go(request, reverse("desk:case", args=[case_id]) + "#files")
