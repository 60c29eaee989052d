"""Where a request came from, for limits only: the address is never stored or logged (rights, rule 2)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """The network address that the outermost of our own proxies saw; with none, the peer's.

    Only the last ANSWERABLE_PROXIES entries of X-Forwarded-For were written by proxies of ours; what stands left
    of them is the client's own claim.
    """
    proxies = int(getattr(settings, "PROXIES", 0))
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(seen) >= proxies:
        return str(seen[-proxies])
    return str(request.META.get("REMOTE_ADDR", ""))
