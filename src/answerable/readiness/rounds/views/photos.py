"""A round's photographs: the check before anybody else sees one, and the picture."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from answerable.core import uploads
from answerable.core.marks import CannotMark, Marks
from answerable.core.pixels import Box
from answerable.core.refusals import NotYours
from answerable.core.sentences import Said, sentence
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.readiness.rounds import wording
from answerable.readiness.rounds.access import Forbidden, RoundReader, round_for, rounds_view
from answerable.readiness.rounds.models import Round, RoundPhoto
from answerable.readiness.rounds.photos import services, steps
from answerable.ui import flash
from answerable.ui.htmx import SeeOther
from answerable.ui.photos import checking, proposals_answer, some_marks_in


def _photo(one: Round, photo_id: UUID) -> RoundPhoto:
    found = RoundPhoto.objects.filter(round=one, pk=photo_id).first()
    if found is None:
        raise Http404
    return found


def _to_check(reader: RoundReader, round_id: UUID) -> Round:
    """Whoever does the round, or leads its unit, checks its photographs; 403 for others who read it."""
    one = round_for(reader, round_id)
    if not reader.may_type_in(one):
        raise PermissionDenied(sentence(Forbidden("does_not")))
    return one


@rounds_view
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, reader: RoundReader, round_id: UUID, photo_id: UUID) -> HttpResponse:
    """Look for people, plates and papers; mark what must not be seen, or refuse it. Checked, it is shown."""
    one = round_for(reader, round_id)
    photo = _photo(one, photo_id)
    is_held = photo.state == RoundPhoto.State.HELD
    if is_held or request.method == "POST":
        one = _to_check(reader, round_id)
    error = ""
    if request.method == "POST":
        try:
            flash.done(request, _check(request, reader, one, photo))
            return SeeOther(reverse("rounds:round", args=[one.pk]))
        except (Said, NotYours) as refusal:
            error = wording.refusal_words(refusal)
    context = {
        "round": one,
        "thing": wording.round_thing(one),
        "photo": photo,
        "error": error,
        "is_held": is_held,
    }
    if is_held:
        asked = "propose" in request.GET
        context["checking"] = checking(
            request,
            picture=reverse("rounds:photo_picture", args=[one.pk, photo.pk]),
            proposals=reverse("rounds:photo_proposals", args=[one.pk, photo.pk]),
            found=_proposed(photo) if asked else None,
            asked=asked,
        )
    return render(request, "rounds/photo.html", context, status=422 if error else 200)


def _check(request: HttpRequest, reader: RoundReader, one: Round, photo: RoundPhoto) -> str:
    """Do what was decided; says what was done. Raises Said."""
    by, do = reader.acting([one.post_id], one.unit), request.POST.get("do", "")
    if do == "refuse":
        why = request.POST.get("why", "")[:500]
        services.refuse_photo(photo_id=photo.pk, why=why, by=by, now=reader.now)
        return _("It is not shown, and was destroyed.")
    hidden = Marks()
    if do == "blur":
        hidden = some_marks_in(request.POST)
    elif do != "clear":
        raise CannotMark("no_boxes")
    services.clear_photo(photo_id=photo.pk, hidden=hidden, by=by, now=reader.now)
    return _("Checked: it may be shown.")


def _proposed(photo: RoundPhoto) -> list[Box] | None:
    try:
        return services.propose_marks(photo.pk)
    except CannotKeepPhoto:
        return None


@rounds_view
@require_safe
def proposals(request: HttpRequest, reader: RoundReader, round_id: UUID, photo_id: UUID) -> HttpResponse:
    """What the computer proposes to blur, for who may check it."""
    return proposals_answer(_proposed(_photo(_to_check(reader, round_id), photo_id)))


@rounds_view
@require_safe
def picture(request: HttpRequest, reader: RoundReader, round_id: UUID, photo_id: UUID) -> HttpResponse:
    """The picture. While it is held: for who may check it, and each look is an act; cleared: for who reads the round;
    refused: for nobody."""
    one = round_for(reader, round_id)
    photo = _photo(one, photo_id)
    try:
        if photo.state == RoundPhoto.State.HELD:
            _to_check(reader, round_id)
            by = reader.acting([one.post_id], one.unit)
            photo, data = services.look_at(photo_id=photo.pk, by=by, now=reader.now)
        else:
            data = steps.open_(photo)
    except CannotKeepPhoto:
        raise Http404 from None
    return HttpResponse(data, headers=uploads.picture_headers(photo.media_type))
