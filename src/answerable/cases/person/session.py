"""The open page of one case in one browser: 20 minutes after the last click it is shut (docs/adr/person-page.md).

What is open lies sealed under a random token that only the cookie holds, in the same table as half-told forms: a
row tells neither which case nor whose it is, and nothing keeps that somebody came. One browser has one case open
at a time, so that two of them are never joined. A page that still shows another one says so by the mark in its forms:
what is sent from it is not taken for the one that is open now.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from answerable.cases.models import Case
from answerable.cases.services import drafts
from answerable.parties import keys

NAME = "case"
IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=4)
#: A click within this time of the last one writes nothing.
PROLONGED_AFTER = timedelta(minutes=1)

#: The field by which a form says whose it is.
MATTER = "matter"

#: What the pages of a case read with it.
BESIDE = ("authority", "unit__authority", "leader_post__unit", "charge_post__unit", "subject", "place")

#: By so much two requests may differ about the time.
CLOCK_DOUBT = timedelta(minutes=1)

_VERSION = "visit"
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")


@dataclass(frozen=True)
class Visit:
    """A case that is open in this browser."""

    token: str
    case: Case
    began_at: datetime
    seen_at: datetime


def begin(case: Case, now: datetime) -> str:
    """Open the page of a case; returns the token for the cookie."""
    token = drafts.new_token()
    _keep(token, case, began_at=now, now=now)
    return token


def _keep(token: str, case: Case, *, began_at: datetime, now: datetime) -> None:
    content = {
        "v": _VERSION,
        "case": str(case.pk),
        "receipt": bytes(case.secret_mac).hex(),
        "began_at": began_at.isoformat(),
        "seen_at": now.isoformat(),
    }
    drafts.keep(token, content, expires_at=min(now + IDLE, began_at + LONGEST))


def visit_in(request: HttpRequest, now: datetime) -> Visit | None:
    """The case that is open in this browser, or None: never opened, left, idle too long, or the receipt is dead."""
    token = request.COOKIES.get(NAME, "")
    content = drafts.read(token, now) if _TOKEN.match(token) else None
    if content is None or content.get("v") != _VERSION:
        return None
    case = Case.objects.select_related(*BESIDE).filter(pk=content["case"]).first()
    began_at = datetime.fromisoformat(content["began_at"])
    seen_at = datetime.fromisoformat(content["seen_at"])
    # Seen while the clock ran ahead, it would stay open for as long as the clock was put back.
    is_ahead = seen_at - now > CLOCK_DOUBT
    if case is None or is_ahead or bytes(case.secret_mac).hex() != content["receipt"]:
        drafts.drop(token)
        return None
    if now - seen_at >= PROLONGED_AFTER:
        _keep(token, case, began_at=began_at, now=now)
    return Visit(token, case, began_at, seen_at)


def mark_of(case: Case) -> str:
    """What the forms on the pages of a case carry. It tells nobody which case: a browser keeps pages."""
    return hmac.digest(keys.derived("marks of matters in forms"), case.pk.bytes, hashlib.sha256).hex()[:16]


def is_from_another(request: HttpRequest, case: Case) -> bool:
    """Whether a form was shown for another case than the one that is open in this browser by now."""
    return request.POST.get(MATTER, mark_of(case)) != mark_of(case)


def put(response: HttpResponseBase, token: str) -> None:
    """Give the browser the token, for its present session only."""
    response.set_cookie(
        NAME, token, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE)
    )


def shut(request: HttpRequest) -> None:
    """The token that this browser has opens nothing any more."""
    token = request.COOKIES.get(NAME, "")
    if _TOKEN.match(token):
        drafts.drop(token)


def forget(request: HttpRequest, response: HttpResponseBase) -> None:
    """Shut the page, and let the browser lose the token."""
    shut(request)
    response.delete_cookie(NAME)
