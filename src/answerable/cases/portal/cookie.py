"""The cookie that holds the key of an unfinished form: it ends with the browser, and no script reads it."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from answerable.cases.portal import draft as forms
from answerable.cases.portal.draft import Draft

NAME = "form"
#: The field by which a page says whose it is.
MARK = "form_mark"
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")


def token_in(request: HttpRequest) -> str | None:
    token = request.COOKIES.get(NAME, "")
    return token if _TOKEN.match(token) else None


def draft_in(request: HttpRequest, now: datetime) -> Draft | None:
    """The unfinished form of this browser, or None."""
    token = token_in(request)
    return forms.load(token, now) if token else None


def is_from_another(request: HttpRequest, draft: Draft) -> bool:
    """Whether a page was shown for another form than the one that is open in this browser by now."""
    return request.POST.get(MARK, "") not in ("", draft.mark)


def put(response: HttpResponse, draft: Draft) -> None:
    """Give the browser the form's key, for this session of the browser only."""
    response.set_cookie(
        NAME, draft.token, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE)
    )


def forget(request: HttpRequest, response: HttpResponse, now: datetime) -> None:
    """Leave now: the browser loses the key, and a form that was not saved is destroyed.

    One that was saved still opens with its return code; a receipt on show is gone for good.
    """
    draft = draft_in(request, now)
    if draft is not None and (draft.receipt is not None or not draft.is_saved):
        forms.destroy(draft)
    response.delete_cookie(NAME)
