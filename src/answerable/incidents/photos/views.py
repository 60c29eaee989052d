"""The photographs of an incident: which wait for a check, the check itself, and the picture."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from answerable.core import uploads
from answerable.core.ids import uuid7
from answerable.core.marks import CannotMark, Marks
from answerable.core.pixels import Box
from answerable.core.refusals import NotYours
from answerable.core.sentences import Said
from answerable.incidents.access import Reader, incident_for, incident_to_write, incident_view
from answerable.incidents.models import Incident, Photo
from answerable.incidents.photos import rules, services
from answerable.incidents.rules import WRITTEN_IN
from answerable.incidents.wording import refusal_words
from answerable.ui import flash
from answerable.ui.htmx import SeeOther
from answerable.ui.photos import checking, proposals_answer, some_marks_in

MOST_SHOWN = 100


@incident_view
@require_http_methods(["GET", "HEAD", "POST"])
def all_(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """Those that wait come first, the oldest before the newer; a form to send one, for who writes."""
    incident = incident_for(reader, incident_id)
    error = ""
    if request.method == "POST":
        incident = incident_to_write(reader, incident_id)
        try:
            _take(request, reader, incident)
            flash.done(request, _("The photograph is held until somebody has checked it."))
            return SeeOther(reverse("photos:list", args=[incident.pk]))
        except (Said, NotYours) as refusal:
            error = refusal_words(refusal)
    rows = Photo.objects.filter(incident=incident).defer("sealed").select_related("entry")
    writes = reader.writes(incident)
    context = {
        "incident": incident,
        "held": list(rows.filter(state=Photo.State.HELD).order_by("at", "pk")[:MOST_SHOWN]),
        "checked": list(rows.exclude(state=Photo.State.HELD).order_by("-checked_at", "pk")[:MOST_SHOWN]),
        "writes": writes,
        "may_add": writes and incident.state in WRITTEN_IN,
        "limit_mb": services.LIMITS.file_bytes >> 20,
        "error": error,
    }
    return render(request, "photos/list.html", context, status=422 if error else 200)


def _take(request: HttpRequest, reader: Reader, incident: Incident) -> None:
    sent = request.FILES.get("file")
    if sent is None:
        raise rules.CannotKeepPhoto("no_picture")
    picture = services.receive(
        sent.read(services.LIMITS.file_bytes + 1), scanner=settings.ANSWERABLE_CLAMD_SOCKET or None
    )
    services.keep_photo(
        incident_id=incident.pk,
        photo_id=uuid7(),
        picture=picture,
        text=request.POST.get("text", ""),
        by=reader.actor(incident),
        now=reader.now,
    )


def _photo(incident: Incident, photo_id: UUID) -> Photo:
    found = Photo.objects.filter(incident=incident, pk=photo_id).select_related("entry").first()
    if found is None:
        raise Http404
    return found


@incident_view
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, reader: Reader, incident_id: UUID, photo_id: UUID) -> HttpResponse:
    """Look for people, plates and papers; mark what must not be seen, or put a copy in its place, or refuse it."""
    incident = incident_to_write(reader, incident_id)
    photo = _photo(incident, photo_id)
    error = ""
    if request.method == "POST":
        try:
            flash.done(request, _check(request, reader, incident, photo))
            return SeeOther(reverse("photos:list", args=[incident.pk]))
        except (Said, NotYours) as refusal:
            error = refusal_words(refusal)
    is_held = photo.state == Photo.State.HELD
    context = {"incident": incident, "photo": photo, "error": error, "is_held": is_held}
    if is_held:
        asked = "propose" in request.GET
        context["checking"] = checking(
            request,
            picture=reverse("photos:picture", args=[incident.pk, photo.pk]),
            proposals=reverse("photos:proposals", args=[incident.pk, photo.pk]),
            found=_proposed(photo) if asked else None,
            asked=asked,
        )
    return render(request, "photos/check.html", context, status=422 if error else 200)


def _check(request: HttpRequest, reader: Reader, incident: Incident, photo: Photo) -> str:
    """Do what was decided; says what was done. Raises Said."""
    by, now, do = reader.actor(incident), reader.now, request.POST.get("do", "")
    if do == "refuse":
        services.refuse_photo(photo_id=photo.pk, why=request.POST.get("why", "")[:500], by=by, now=now)
        return _("It is not shown, and was destroyed.")
    if do == "copy":
        sent = request.FILES.get("file")
        if sent is None:
            raise rules.CannotKeepPhoto("no_picture")
        copy = services.receive(
            sent.read(services.LIMITS.file_bytes + 1), scanner=settings.ANSWERABLE_CLAMD_SOCKET or None
        )
        services.clear_with_copy(photo_id=photo.pk, copy=copy, by=by, now=now)
        return _("The copy has taken its place, and may be shown.")
    found = Marks()
    if do == "blur":
        found = some_marks_in(request.POST)
    elif do != "clear":
        raise CannotMark("no_boxes")
    services.clear_photo(photo_id=photo.pk, boxes=found.boxes, strokes=found.strokes, by=by, now=now)
    return _("Checked: it may be shown.")


def _proposed(photo: Photo) -> list[Box] | None:
    try:
        return services.propose_marks(photo.pk)
    except rules.CannotKeepPhoto:
        return None


@incident_view
@require_safe
def proposals(request: HttpRequest, reader: Reader, incident_id: UUID, photo_id: UUID) -> HttpResponse:
    """What the computer proposes to blur, for who may check it."""
    photo = _photo(incident_to_write(reader, incident_id), photo_id)
    return proposals_answer(_proposed(photo))


@incident_view
@require_safe
def picture(request: HttpRequest, reader: Reader, incident_id: UUID, photo_id: UUID) -> HttpResponse:
    """The picture. While it is held: for who may check it, and each look is an act; once cleared, for who reads the
    incident; refused: for nobody."""
    incident = incident_for(reader, incident_id)
    photo = _photo(incident, photo_id)
    try:
        if photo.state == Photo.State.HELD:
            if not reader.writes(incident):
                raise PermissionDenied(_("This photograph is held until somebody has checked it."))
            photo, data = services.look_at(photo_id=photo.pk, by=reader.actor(incident), now=reader.now)
        else:
            data = services.steps.open_(photo)
    except rules.CannotKeepPhoto:
        raise Http404 from None
    return HttpResponse(data, headers=uploads.picture_headers(photo.media_type))
