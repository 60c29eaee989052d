"""Where providers report on messages that they took (docs/reference/callbacks.md). No session, no page."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from answerable.alerts.answering.hooks import MOST_BYTES, is_gateway
from answerable.alerts.reports import report
from answerable.core import clock

LONGEST_NAME = 120


@csrf_exempt
@require_POST
def delivery_report(request: HttpRequest, kind: str) -> HttpResponse:
    """200: taken down, or known already; 404: nobody knows the message; 403: not signed by the gateway; 400: unreadable."""
    body = request.read(MOST_BYTES + 1)
    key = {"sms": settings.SMS_INBOUND_KEY, "voice": settings.VOICE_INBOUND_KEY}.get(kind, "")
    if not is_gateway(request, key, body):
        return _said(403, "this is not signed with the key that was agreed, or too late")
    said = _read(body)
    if said is None:
        return _said(400, 'JSON is needed: {"id": "…", "state": "delivered" or "failed"}')
    name, has_arrived = said
    if not report(kind, name, has_arrived=has_arrived, now=clock.now()):
        return _said(404, "no message went out under this id")
    return _said(200, "taken down")


def _read(body: bytes) -> tuple[str, bool] | None:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("state") not in ("delivered", "failed"):
        return None
    name = said.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool) or not 0 < len(str(name)) <= LONGEST_NAME:
        return None
    text = str(name).encode("utf-8", "replace").decode()  # half of a surrogate pair is no name
    return (text, said["state"] == "delivered") if "\0" not in text else None


def _said(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"said": sentence}, status=status)
