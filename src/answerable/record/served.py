"""`/record/…` on the web: static paths out of the database, for everybody, without session, cookie or language.

A middleware, so that what proxies may keep for ever does not vary by cookie or language. Other addresses pass,
and so does `/record/` itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from answerable.record import files

_PATH = re.compile(
    rf"/record/(?:([1-9][0-9]{{0,3}})/)?({files.CHECKPOINT}|{files.POLICY}|{files.VKEY}|{files.PROMISE_VKEY}|{files.KEY_CHANGE}[0-9]+|{files.ANCHORS}.+|tile/.+)",
    re.ASCII,
)
_FOR_EVER = "public, max-age=31536000, immutable"


class RecordFiles:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _PATH.fullmatch(request.path_info)
        if found is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return _answer(found[2], int(found[1] or 1))


def _answer(path: str, epoch: int) -> HttpResponse:
    file = files.read(path, epoch)
    # Anybody's page may fetch what is public anyway: `verify.html` opened from a disk does.
    headers = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
    if file is None:
        headers["Cache-Control"] = "no-store"
        return HttpResponse("404\n", status=404, content_type="text/plain; charset=utf-8", headers=headers)
    headers["Cache-Control"] = _FOR_EVER if file.is_final else f"public, max-age={_short()}"
    kind = "text/plain; charset=utf-8" if file.is_text else "application/octet-stream"
    return HttpResponse(file.content, content_type=kind, headers=headers)


def _short() -> int:
    """Seconds that a checkpoint may be kept: far less than it takes to make the next one."""
    return max(1, min(10, int(settings.ANSWERABLE_RECORD_CADENCE / 4)))
