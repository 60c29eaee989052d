"""The page, what it asks when there is a network, and what it sends: one thing at a time, in order."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from answerable.core import days
from answerable.core.refusals import NotYours, Refusal
from answerable.core.sentences import Said
from answerable.incidents.access import Reader, incident_for, incident_view
from answerable.incidents.field import reading, sealing, services, words
from answerable.incidents.field.rules import Claimed, claimed
from answerable.incidents.field.services import Sending, uuid_or_none
from answerable.incidents.models import Incident
from answerable.incidents.photos import services as photos
from answerable.incidents.wording import refusal_words

_WORKER = Path(__file__).parent.parent / "static" / "field" / "worker.js"
_SCRIPTS = ("field/store", "field/queue", "field/photo", "field/clock", "field/field", "counter/seal")
_STYLES = ("ui/tokens.css", "ui/base.css", "ui/parts.css", "ui/desk.css", "ui/print.css", "field/field.css")
#: Bytes of one sending that is no photograph.
MOST_BYTES = 64 << 10


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from here so that it may answer for the field's page and for no other."""
    response = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("field:page")
    return response


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
        "keep": [
            reverse("field:page"),
            *(static(name) for name in _STYLES),
            *(static(f"{name}.js") for name in _SCRIPTS),
            static("ui/mark.svg"),
            static("ui/js/textarea.js"),
        ],
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
    body = _body(request)
    number = uuid_or_none(body.get("id"))
    content: dict[str, Any] = {}
    try:
        if number is None:
            raise sealing.CannotOpenSealed("damaged")
        content = sealing.open_sealed(body.get("sealed"), str(number))
        incident = _incident(reader, content)
        if isinstance(incident, HttpResponse):
            return incident
        sending = Sending(
            id=number,
            kind=str(content.get("kind", "")),
            incident_id=incident.pk,
            text=str(content.get("text", "")),
            task_id=uuid_or_none(content.get("task")),
            claim=_claim(content, body.get("device_now"), reader.now),
        )
        services.take(sending, by=reader.actor(incident), now=reader.now)
    except (Said, NotYours) as refusal:
        return _refused(refusal, content)
    return JsonResponse({"state": "here"})


@incident_view
@require_POST
def photograph(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One photograph with its line: as the page's script sends it, sealed. Held until a human has checked it."""
    number = uuid_or_none(request.headers.get("X-Field-Id"))
    most = photos.LIMITS.file_bytes + MOST_BYTES
    about: dict[str, Any] = {}
    try:
        data = b"" if number is None else photos.read_at_most(request, most)
        if number is None:
            raise sealing.CannotOpenSealed("damaged")
        key, iv = request.headers.get("X-Field-Key", ""), request.headers.get("X-Field-Iv", "")
        about, picture = sealing.open_photo(key, iv, data, str(number))
        incident = _incident(reader, about)
        if isinstance(incident, HttpResponse):
            return incident
        photos.keep_photo(
            incident_id=incident.pk,
            photo_id=number,
            picture=photos.receive(picture, scanner=settings.ANSWERABLE_CLAMD_SOCKET or None),
            text=str(about.get("text", "")),
            claim=_claim(about, request.headers.get("X-Field-Now"), reader.now),
            by=reader.actor(incident),
            now=reader.now,
        )
    except (Said, NotYours) as refusal:
        return _refused(refusal, about)
    return JsonResponse({"state": "here"})


def _incident(reader: Reader, content: dict[str, Any]) -> Incident | HttpResponse:
    """The incident it belongs to. Somebody else's writing stays on the device until they sign in themselves."""
    if content.get("who") != reader.staff.pk:
        return JsonResponse({"state": "kept", "sentence": words.another()}, status=409)
    number = uuid_or_none(content.get("incident"))
    try:
        return incident_for(reader, number or UUID(int=0))
    except (Http404, PermissionDenied):
        return _answer(words.unknown_incident(), content)


def _claim(content: dict[str, Any], device_now: object, now: datetime) -> Claimed:
    return claimed(_instant(content.get("told_at")), _instant(device_now), now)


def _instant(text: object) -> datetime | None:
    try:
        at = parse_datetime(str(text))
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and days.is_kept(at) else None


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.read(MOST_BYTES + 1))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _refused(refusal: Refusal, content: dict[str, Any]) -> HttpResponse:
    return _answer(refusal_words(refusal), content)


def _answer(sentence: str, content: dict[str, Any]) -> HttpResponse:
    """Refused; the words come back, so that they can be put right: the device could not read them."""
    words_ = {
        name: content[name] for name in ("kind", "incident", "task", "text", "told_at") if name in content
    }
    return JsonResponse({"state": "refused", "sentence": sentence, "content": words_}, status=422)
