"""Where gateways hand in what came back: text messages and digits (docs/reference/ways.md). No session, no page.

The answer tells a gateway whether it was taken down, never what it did: who forges one learns nothing.
"""

from __future__ import annotations

import hmac
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from answerable.alerts.answering.reading import read_answer, read_digit
from answerable.alerts.services import answering
from answerable.alerts.signed import HEADER, is_genuine
from answerable.alerts.telephone import CannotReadNumber, read_number
from answerable.core import clock

MOST_BYTES = 10_000
LONGEST_NAME = 200


@csrf_exempt
@require_POST
def text_message(request: HttpRequest) -> HttpResponse:
    """`{"id", "from", "text"}`: 200 taken down or known already; 403 not the gateway; 400 unreadable."""
    said, refused = _from_gateway(request, str(settings.SMS_INBOUND_KEY), ("id", "from", "text"))
    if said is None:
        return refused
    try:
        number = str(read_number(said["from"]))
    except CannotReadNumber:
        return _answer(200, "taken down")
    reading = read_answer(said["text"])
    answering.take_text(name=said["id"], number=number, reading=reading, now=clock.now())
    return _answer(200, "taken down")


@csrf_exempt
@require_POST
def digits(request: HttpRequest) -> HttpResponse:
    """`{"id", "call", "digits"}`: `call` is the gateway's name for the call, or the id that we sent."""
    said, refused = _from_gateway(request, str(settings.VOICE_INBOUND_KEY), ("id", "call", "digits"))
    if said is None:
        return refused
    has_it = read_digit(said["digits"])
    answering.take_digit(name=said["id"], call=said["call"], has_it=has_it, now=clock.now())
    return _answer(200, "taken down")


def _from_gateway(
    request: HttpRequest, key: str, names: tuple[str, ...]
) -> tuple[dict[str, str] | None, HttpResponse]:
    body = request.read(MOST_BYTES + 1)
    if not is_gateway(request, key, body):
        return None, _answer(403, "this is not signed with the key that was agreed, or too late")
    said = _read(body, names)
    if said is None:
        return None, _answer(400, f"JSON with these texts is needed: {', '.join(names)}")
    return said, HttpResponse()


def is_gateway(request: HttpRequest, key: str, body: bytes) -> bool:
    """Signed over time and body; or, for gateways that cannot sign, the key itself as a bearer token. Never without
    a key."""
    if not key or len(body) > MOST_BYTES:
        return False
    given = request.headers.get("Authorization", "").encode()
    if given.startswith(b"Bearer "):
        return hmac.compare_digest(given, b"Bearer " + key.encode())
    header = request.headers.get(HEADER, "")
    return is_genuine(header, key=key, body=body, at=clock.now().timestamp())


def _read(body: bytes, names: tuple[str, ...]) -> dict[str, str] | None:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    found = {}
    for name in names:
        value = said.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if (
            not isinstance(value, str)
            or "\0" in value
            or (name == "id" and not 0 < len(value) <= LONGEST_NAME)
        ):
            return None
        found[name] = value.encode("utf-8", "replace").decode()
    return found


def _answer(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"said": sentence}, status=status)
