"""Where a request came from, for limits only: the address is never stored or logged (rights, rule 2)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """The network address that the outermost of our own proxies saw; with none, the peer's.

    Only the last ANSWERABLE_PROXIES entries of X-Forwarded-For were written by proxies of ours; what stands left
    of them is the client's own claim. Where there are fewer, fewer proxies stood in between, and all are theirs: the
    first is the nearest to the client. The peer would be a proxy of ours, and everyone who came through it one source.
    """
    proxies = int(getattr(settings, "PROXIES", 0))
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and seen:
        return _without_port(seen[-min(proxies, len(seen))])
    return str(request.META.get("REMOTE_ADDR", ""))


def _without_port(said: str) -> str:
    """`192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write them, without the port: it is new each time."""
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.partition(":")[0] if said.count(":") == 1 else said
