"""How often one source may do what; generous, since a whole village may sit behind one address.

Over a limit nobody is refused: the page asks to wait a little and keeps what was typed. No limit is set on all
sources together, except on guessing return codes: nobody may use up the way in for everybody.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from answerable.core import limits
from answerable.core.source import source_of
from answerable.ui.errors import typed_in

#: purpose: (times for one source, seconds, times for all sources or 0)
LIMITS = {
    "portal form": (300, 3600, 0),
    "portal send": (120, 3600, 0),
    "portal file": (300, 3600, 0),
    "portal return code": (30, 600, 1000),
}


def over(request: HttpRequest, purpose: str, now: datetime) -> HttpResponse | None:
    """Count one try; the wait page when it was one too many, else None."""
    times, window_s, overall = LIMITS[purpose]
    verdict = limits.allow(purpose, source_of(request), times, window_s, now, overall=overall)
    if verdict:
        return None
    context = {"sentence": verdict.sentence(), "typed": typed_in(request)}
    response = render(request, "portal/wait.html", context, status=429)
    response["Retry-After"] = str(verdict.retry_after)
    return response
