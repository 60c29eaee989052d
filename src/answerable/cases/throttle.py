"""Over a limit nobody is refused: the page asks to wait a little and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from answerable.core import limits
from answerable.core.source import source_of
from answerable.ui.errors import typed_in

#: (times for one source, seconds, times for all sources together or 0)
Limit = tuple[int, int, int]
Throttle = Callable[[HttpRequest, str, datetime], HttpResponse | None]


def throttle(by_purpose: Mapping[str, Limit], page: str) -> Throttle:
    """A function that counts one try for a purpose: the `page` (429) when it was one too many, else None."""

    def over(request: HttpRequest, purpose: str, now: datetime) -> HttpResponse | None:
        times, window_s, overall = by_purpose[purpose]
        verdict = limits.allow(purpose, source_of(request), times, window_s, now, overall=overall)
        if verdict:
            return None
        context = {"sentence": verdict.sentence(), "typed": typed_in(request)}
        response = render(request, page, context, status=429)
        response["Retry-After"] = str(verdict.retry_after)
        return response

    return over
