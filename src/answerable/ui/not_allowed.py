"""A page for whoever opens the address of a form: by reloading, by changing the language, from a bookmark."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from answerable.ui import errors


class NotAllowedPage:
    """Middleware: an empty 405 to somebody who looks becomes a page that says so and leads on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        looks = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")
        if response.status_code != 405 or response.content or not looks:
            return response
        page = errors.not_allowed(request)
        page["Allow"] = response["Allow"]
        return page
