"""Files of a case: looked at by a human before they are passed on; redacted copies beside the original."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
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
from answerable.core.pixels import Box
from answerable.core.refusals import NotYours
from answerable.core.sentences import Said, sentence
from answerable.record.actors import Actor
from answerable.ui import flash
from answerable.ui.htmx import SeeOther, go, page_or_part
from answerable.ui.photos import checking as checking_form
from answerable.ui.photos import proposals_answer, some_marks_in


def _attachment(page: CasePage, file_id: UUID) -> Attachment:
    found = Attachment.objects.filter(case=page.case, pk=file_id).select_related("held_in").first()
    if found is None:
        raise Http404
    if found.check_state != Attachment.Check.CLEARED and not page.can(Doing.CHECK_FILE):
        # Held and refused files stay with those who may check them; auditors get redacted copies.
        raise NotYours("role_may_not", doing=str(Doing.CHECK_FILE))
    return found


def _by(desk: Desk, page: CasePage, found: Attachment) -> Actor:
    is_cleared = found.check_state == Attachment.Check.CLEARED
    return desk.reader.actor_on(Doing.READ if is_cleared else Doing.CHECK_FILE, page.case)


@desk_view
@require_safe
def download(request: HttpRequest, desk: Desk, case_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A file as a download, never inside our pages. Raises 404 after erasure."""
    page = CasePage(desk, case_id)
    found = _attachment(page, file_id)
    try:
        content = checking.open_file(attachment_id=found.pk, by=_by(desk, page, found), now=desk.now)
    except CannotAct as refusal:
        if refusal.code not in ("file_closed", "file_elsewhere"):
            raise Http404 from None
        flash.warn(request, sentence(refusal))
        return SeeOther(reverse("desk:case", args=[case_id]) + "#files")
    return HttpResponse(content, headers=uploads.download_headers(found.name))


@desk_view
@require_safe
def picture(request: HttpRequest, desk: Desk, case_id: UUID, file_id: UUID) -> HttpResponse:
    """A picture that was written anew here, for the page on which it is checked."""
    page = CasePage(desk, case_id)
    found = _attachment(page, file_id)
    if found.media_type not in files.PICTURES:
        raise Http404
    try:
        content = checking.open_file(attachment_id=found.pk, by=_by(desk, page, found), now=desk.now)
    except CannotAct:
        raise Http404 from None
    return HttpResponse(content, headers=uploads.picture_headers(found.media_type))


@desk_view
@require_safe
def proposals(request: HttpRequest, desk: Desk, case_id: UUID, file_id: UUID) -> HttpResponse:
    """What the computer proposes to blur, for who may check it."""
    page = CasePage(desk, case_id, Doing.CHECK_FILE)
    return proposals_answer(_proposed(_attachment(page, file_id)))


def _proposed(found: Attachment) -> list[Box] | None:
    try:
        return checking.propose_marks(found.pk) if found.media_type in files.PICTURES else None
    except CannotAct:
        return None


def _opens(desk: Desk, page: CasePage, found: Attachment) -> bool:
    unit = _by(desk, page, found).unit_id
    is_here = found.check_state == Attachment.Check.CLEARED or files.is_with(found, unit)
    return is_here and found.sealed is not None


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, desk: Desk, case_id: UUID, file_id: UUID) -> HttpResponse:
    """Look at a file and say whether it may be shown: as it is, blurred, with a copy beside it, or not at all."""
    page = CasePage(desk, case_id, Doing.CHECK_FILE)
    found = _attachment(page, file_id)
    error = ""
    if request.method == "POST":
        by = desk.reader.actor_on(Doing.CHECK_FILE, page.case)
        try:
            flash.done(request, _decided(request, found, by, desk.now))
            return go(request, reverse("desk:case", args=[case_id]) + "#files")
        except Said as refusal:
            error = sentence(refusal)
    is_open = _opens(desk, page, found)
    context = case_context(page, file=found, error=error, why=request.POST.get("why", ""), is_open=is_open)
    if found.media_type in files.PICTURES and is_open:
        asked = "propose" in request.GET
        context["checking"] = checking_form(
            request,
            picture=reverse("desk:picture", args=[case_id, file_id]),
            proposals=reverse("desk:proposals", args=[case_id, file_id]),
            found=_proposed(found) if asked else None,
            asked=asked,
        )
    return page_or_part(request, "desk/check.html", "main", context, status=422 if error else 200)


def _decided(request: HttpRequest, found: Attachment, by: Actor, now: datetime) -> str:
    """Do what was decided about a file; says what was done. Raises Said."""
    do = request.POST.get("do")
    if do == "redact":
        accepted = [accept(sent) for sent in request.FILES.getlist("file")[:1]]
        if not accepted:
            raise CannotAct("wrong_file")
        checking.add_redacted_copy(attachment_id=found.pk, accepted=accepted[0], by=by, now=now)
        return _("The copy stands beside the original and may be shown.")
    if do == "blur":
        marked = some_marks_in(request.POST)
        checking.blur_file(attachment_id=found.pk, marked=marked, by=by, now=now)
        return _("Blurred: the copy may be shown, and the original was destroyed.")
    why = request.POST.get("why", "")[:500]
    checking.check_file(attachment_id=found.pk, cleared=do == "clear", why=why, by=by, now=now)
    return _("Checked: it may be shown.") if do == "clear" else _("Checked: it is not shown.")


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
