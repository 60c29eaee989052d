"""The public log's own page: how it stands, how to verify it by oneself; and what a paper's small code leads to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from answerable.orgs import queries as orgs
from answerable.record.overview import entry_at, overview


@require_safe
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    """Size, newest head, witnesses, how to check. With `entry` and `leaf`, the place that a letter names."""
    asked = request.GET
    entry = None
    if "entry" in asked:
        entry = entry_at(asked["entry"], asked.get("leaf", ""), asked.get("log", "1"))
    office = next(iter(orgs.serving()), None)
    with timezone.override(office.zone if office else None):
        context = {"log": overview(), "entry": entry, "is_asked": "entry" in asked}
        return render(request, "site/record.html", context)
