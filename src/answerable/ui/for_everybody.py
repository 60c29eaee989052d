"""Pages for everybody: no sign-in, no cookie needed; one copy serves all who ask, and it is asked for again by its tag."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]
#: What `?lang=` may be.
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def public_page(seconds: int) -> Callable[[View], View]:
    """In the language that the address names, else the reader's; kept for so many seconds by whoever stands between."""

    def of(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            language = LANGUAGES.get(request.GET.get("lang", ""), translation.get_language() or "zh-hans")
            with translation.override(language):
                response = view(request, *args, **kwargs)
            response["Content-Language"] = language
            if response.status_code == 200:
                patch_vary_headers(response, ["Accept-Language", "Cookie"])
                response = kept(request, response, seconds)
            return response

        return require_safe(entered)

    return of


def kept(request: HttpRequest, response: HttpResponse, seconds: int) -> HttpResponse:
    """With a tag by which a reader asks again, and how long whoever stands between may keep it."""
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    vary = response.get("Vary", "")
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={seconds}"
    if vary:
        response["Vary"] = vary
    return response


def context_of(request: HttpRequest) -> dict[str, Any]:
    """The other language's address: the same page, so that no cookie is needed to read it."""
    is_zh = (translation.get_language() or "").startswith("zh")
    return {
        "other_url": f"{request.path}?lang={'en' if is_zh else 'zh'}",
        "keep": f"?lang={'zh' if is_zh else 'en'}" if "lang" in request.GET else "",
        "other_lang": "en" if is_zh else "zh-Hans",
        "other_name": "English" if is_zh else "中文",
    }
