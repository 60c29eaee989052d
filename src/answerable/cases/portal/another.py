"""A tab that still shows one form, in a browser in which another one was begun or taken up since."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from answerable.ui.errors import typed_in


def another(request: HttpRequest) -> HttpResponse:
    """Nothing of it goes into the form that is open now: who helps two people would mix them. The words are shown."""
    typed = typed_in(request)
    return render(request, "portal/another.html", {"shown": typed.shown if typed else []}, status=409)
