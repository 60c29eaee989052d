"""What a telephone's page sends, opened and answered: for every page that works without a network.

200 it is here, now or since an earlier sending; 422 refused, with its words; 409 it stays on the device.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime

from answerable.cases.counter.sealing import CannotOpenSealed, Purpose
from answerable.core import days
from answerable.incidents.field import sealing, words
from answerable.incidents.field.rules import Claimed, claimed
from answerable.incidents.field.services import uuid_or_none
from answerable.incidents.photos import services as photos

#: Bytes of one sending that is no photograph.
MOST_BYTES = 64 << 10


def opened(request: HttpRequest, purpose: Purpose) -> tuple[UUID, dict[str, Any], object]:
    """The number that the device gave it, what was written, and the device's clock. Raises CannotOpenSealed."""
    body = _body(request)
    number = uuid_or_none(body.get("id"))
    if number is None:
        raise CannotOpenSealed("damaged")
    return (
        number,
        whole(sealing.open_sealed(body.get("sealed"), str(number), purpose)),
        body.get("device_now"),
    )


def opened_photo(request: HttpRequest, purpose: Purpose) -> tuple[UUID, dict[str, Any], bytes, object]:
    """The same of a photograph: number, what goes with it, the picture, the device's clock.

    Raises CannotOpenSealed, CannotKeepPhoto("too_large").
    """
    number = uuid_or_none(request.headers.get("X-Field-Id"))
    if number is None:
        raise CannotOpenSealed("damaged")
    data = photos.read_at_most(request, photos.LIMITS.file_bytes + MOST_BYTES)
    key, iv = request.headers.get("X-Field-Key", ""), request.headers.get("X-Field-Iv", "")
    about, picture = sealing.open_photo(key, iv, data, str(number), purpose)
    return number, whole(about), picture, request.headers.get("X-Field-Now")


def whole(said: Any) -> Any:
    """The same with its broken characters made whole: half a sign or a NUL from a careless program loses no words."""
    if isinstance(said, str):
        return (
            said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")
        )
    if isinstance(said, list):
        return [whole(one) for one in said]
    if isinstance(said, dict):
        return {whole(name): whole(one) for name, one in said.items()}
    return said


def claim_of(content: Mapping[str, Any], device_now: object, now: datetime) -> Claimed:
    """When it is said to have happened, put right by how far the device's clock is off."""
    return claimed(_instant(content.get("told_at")), _instant(device_now), now)


def stays(content: Mapping[str, Any], staff_id: int) -> HttpResponse | None:
    """Somebody else's writing stays on the device until they sign in themselves."""
    if content.get("who") == staff_id:
        return None
    return JsonResponse({"state": "kept", "sentence": words.another()}, status=409)


def here() -> HttpResponse:
    return JsonResponse({"state": "here"})


def refused(sentence: str, content: Mapping[str, Any], names: Iterable[str]) -> HttpResponse:
    """Refused; the words come back, so that they can be put right: the device could not read them."""
    given_back = {name: content[name] for name in names if name in content}
    return JsonResponse({"state": "refused", "sentence": sentence, "content": given_back}, status=422)


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
