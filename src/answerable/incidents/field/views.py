"""The page, what it asks when there is a network, and what it sends: one thing at a time, in order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import NotYours, Refusal
from answerable.core.sentences import Said
from answerable.incidents.access import Reader, incident_for, incident_view
from answerable.incidents.field import arriving, kept_page, reading, sealing, services, words
from answerable.incidents.field.services import Sending, uuid_or_none
from answerable.incidents.models import Incident
from answerable.incidents.photos import services as photos
from answerable.incidents.wording import refusal_words

#: What comes back of a sending that is refused.
GIVEN_BACK = ("kind", "incident", "task", "text", "told_at")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from here so that it may answer for the field's page and for no other."""
    return kept_page.worker("answerable-field", reverse("field:page"))


@incident_view
@require_safe
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One page that works alone: no person, no member of staff, nothing of a session. The device may keep it."""
    data = {
        "office_key": sealing.public_key(),
        "say": words.sentences(),
        "zone": reader.zone,
        "language": request.LANGUAGE_CODE,
        "photo_bytes": photos.LIMITS.file_bytes,
        "keep": kept_page.addresses(reverse("field:page"), "field/field"),
    }
    return render(request, "field/field.html", {"data": data})


@incident_view
@require_safe
def state(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Whether somebody may send here now, the server's time, and what they have to do."""
    who = {"csrf": get_token(request), "now": reader.now.isoformat(), "who": reader.staff.pk}
    return JsonResponse(who | reading.as_data(reader))


@incident_view
@require_POST
def send(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One line or one task. 200 it is here, now or since an earlier sending; 422 refused, with its words; 409 it
    stays on the device."""
    content: dict[str, Any] = {}
    try:
        number, content, device_now = arriving.opened(request, sealing.FIELD)
        incident = _incident(reader, content)
        if isinstance(incident, HttpResponse):
            return incident
        sending = Sending(
            id=number,
            kind=str(content.get("kind", "")),
            incident_id=incident.pk,
            text=str(content.get("text", "")),
            task_id=uuid_or_none(content.get("task")),
            claim=arriving.claim_of(content, device_now, reader.now),
        )
        services.take(sending, by=reader.actor(incident), now=reader.now)
    except (Said, NotYours) as refusal:
        return _refused(refusal, content)
    return arriving.here()


@incident_view
@require_POST
def photograph(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One photograph with its line: as the page's script sends it, sealed. Held until a human has checked it."""
    about: dict[str, Any] = {}
    try:
        number, about, picture, device_now = arriving.opened_photo(request, sealing.FIELD)
        incident = _incident(reader, about)
        if isinstance(incident, HttpResponse):
            return incident
        photos.keep_photo(
            incident_id=incident.pk,
            photo_id=number,
            picture=photos.receive(picture, scanner=settings.ANSWERABLE_CLAMD_SOCKET or None),
            text=str(about.get("text", "")),
            claim=arriving.claim_of(about, device_now, reader.now),
            by=reader.actor(incident),
            now=reader.now,
        )
    except (Said, NotYours) as refusal:
        return _refused(refusal, about)
    return arriving.here()


def _incident(reader: Reader, content: dict[str, Any]) -> Incident | HttpResponse:
    """The incident it belongs to. Somebody else's writing stays on the device until they sign in themselves."""
    kept = arriving.stays(content, reader.staff.pk)
    if kept is not None:
        return kept
    number = uuid_or_none(content.get("incident"))
    try:
        return incident_for(reader, number or UUID(int=0))
    except (Http404, PermissionDenied):
        return arriving.refused(words.unknown_incident(), content, GIVEN_BACK)


def _refused(refusal: Refusal, content: dict[str, Any]) -> HttpResponse:
    return arriving.refused(refusal_words(refusal), content, GIVEN_BACK)
