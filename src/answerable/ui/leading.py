"""Leading on from what could not be done: whoever had typed something gets it back first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from answerable.ui import flash
from answerable.ui.errors import not_done
from answerable.ui.htmx import go


def lead_on(request: HttpRequest, to: str, why: str) -> HttpResponse:
    """Send the reader to `to`, where `why` is said. Words that they had typed would be lost on the way: then a page says
    it, shows them, to be copied, and leads there."""
    page = not_done(request, why, to=to)
    if page is not None:
        return page
    flash.warn(request, why)
    return go(request, to)
