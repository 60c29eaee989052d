"""The desk wants a second factor. Who has none yet is led to set it up before anything else (not in the demo)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

GUARDED = ("/desk/", "/api/v1/desk/")


def _has_factor(user: Any) -> bool:
    known = getattr(user, "had_factor", None)
    return bool(is_mfa_enabled(user) if known is None else known)


class SecondFactor:
    """Sends a signed-in member of staff without a second factor to the page that sets one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        guarded = request.path_info.startswith(GUARDED) and not settings.DEMO
        if guarded and request.user.is_authenticated and not _has_factor(request.user):
            return redirect("mfa_index")
        return self.get_response(request)
