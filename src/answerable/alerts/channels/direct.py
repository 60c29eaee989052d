"""Requests to the one address that was set: a redirect is an answer, and is not followed.

Followed, it would carry the bearer token or the signed body elsewhere, and turn a POST into a GET that sends nothing.
"""

from __future__ import annotations

import urllib.request
from typing import Any


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def open_direct(request: urllib.request.Request, *, timeout: float) -> Any:
    """As `urlopen`; an answer of 3xx is raised as HTTPError, as 4xx and 5xx are."""
    return urllib.request.build_opener(_StayHere).open(request, timeout=timeout)
