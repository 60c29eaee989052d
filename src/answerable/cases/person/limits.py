"""How often one source may try codes, and the bound on all tries together.

A secret has 61 random bits; these limits are there so that nobody even begins. A family behind one address, or a
counter's own computer, stays far below them.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from answerable.cases.portal.source import source_of
from answerable.core import limits
from answerable.ui.errors import typed_in

#: purpose: (times for one source, seconds, times for all sources or 0)
LIMITS = {
    "person follow": (30, 600, 3000),
    "person lost": (6, 3600, 300),
    "person send": (120, 3600, 0),
    "person file": (60, 3600, 0),
    "person download": (12, 3600, 0),
}


def over(request: HttpRequest, purpose: str, now: datetime) -> HttpResponse | None:
    """Count one try; the wait page when it was one too many, else None."""
    times, window_s, overall = LIMITS[purpose]
    verdict = limits.allow(purpose, source_of(request), times, window_s, now, overall=overall)
    if verdict:
        return None
    context = {"sentence": verdict.sentence(), "typed": typed_in(request)}
    response = render(request, "person/wait.html", context, status=429)
    response["Retry-After"] = str(verdict.retry_after)
    return response
