"""The private address of an alarm, `/a/<token>`: a page for a telephone, without a sign-in.

Mail scanners and chats fetch links before anybody reads them, so GET changes nothing; a button answers, by POST. Who
has the address may answer: it takes no cookie and sets none. A forged address, an old one and one that never was get
the same page, after the same work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from answerable.alerts import alarm_words
from answerable.alerts.answering.access import may_answer
from answerable.alerts.models import Alert, Asked
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.services import answer
from answerable.alerts.steps import is_past
from answerable.alerts.tokens import digest_of
from answerable.core import clock, limits
from answerable.core.source import source_of
from answerable.orgs.standing import standing

#: Of addresses that count for nothing. Somebody who guesses gets nowhere: a token has 120 bits.
TRIES, WINDOW_S, OVERALL = 120, 60, 3000
LONGEST_TOKEN = 64

_View = Callable[[HttpRequest, str], HttpResponse]


def _private(view: _View) -> Callable[..., HttpResponse]:
    """Never kept, never named to another site, in no index; no cookie goes out."""

    @wraps(view)
    def entered(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(csrf_exempt(entered))


@_private
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What the alarm says and a button an answer; after an answer, or the end, how it stands."""
    now = clock.now()
    asked = _asked(token, now)
    if asked is None:
        return _unknown(request, now)
    refusal: CannotAnswer | None = None
    with translation.override(_language(request, asked)), timezone.override(_zone(asked)):
        if request.method == "POST" and request.POST.get("answer") in ("have_it", "passed"):
            try:
                answer(asked_id=asked.pk, has_it=request.POST["answer"] == "have_it", now=now, way="link")
            except CannotAnswer as error:
                refusal = error
            asked = _asked(token, now) or asked
        context = {"page": _page(asked), "refusal": _refused(refusal, asked)}
        return render(request, "alerts/answering/alarm.html", context)


def _unknown(request: HttpRequest, now: datetime) -> HttpResponse:
    """Who guesses is slowed down; however many do, whoever holds an address that counts can still answer."""
    verdict = limits.allow("answer link", source_of(request), TRIES, WINDOW_S, now, overall=OVERALL)
    if verdict:
        return render(request, "alerts/answering/unknown.html", status=404)
    busy = render(request, "alerts/answering/busy.html", status=429)
    busy["Retry-After"] = str(verdict.retry_after)
    return busy


def _asked(token: str, now: datetime) -> Asked | None:
    """Whom this address asks. The digest is made and looked up whatever the token is."""
    rows = Asked.objects.filter(digest=digest_of(token[:LONGEST_TOKEN]))
    found = may_answer(rows.select_related("alert", "staff", "alert__answered_by"), now)
    return found[0] if found else None


@dataclass(frozen=True)
class Page:
    """How the alarm stands, for the one who holds the address. `state`: asks, told, mine, passed, had, over."""

    headline: str
    state: str
    who: str = ""
    at: str = ""
    is_drill: bool = False
    is_urgent: bool = False


def _page(asked: Asked) -> Page:
    alert = asked.alert
    zone = _zone(asked)
    who = str(alert.answered_by) if alert.answered_by else ""
    at = alarm_words.moment(alert.answered_at or alert.ended_at, zone)
    return Page(
        headline=alarm_words.headline_of(alert),
        state=_state(asked),
        who=who,
        at=at,
        is_drill=alert.is_drill,
        is_urgent=alert.is_urgent,
    )


def _state(asked: Asked) -> str:
    alert = asked.alert
    if alert.state == Alert.State.RESOLVED:
        return "over"
    if alert.state == Alert.State.ACKNOWLEDGED:
        return "mine" if alert.answered_by_id == asked.staff_id else "had"
    if is_past(alert):
        return "over"
    if asked.answer == Asked.Answer.HAVE_IT:
        return "mine"
    if asked.answer == Asked.Answer.PASSED:
        return "passed"
    return "told" if asked.is_told_only else "asks"


def _refused(refusal: CannotAnswer | None, asked: Asked) -> str:
    if refusal is None or refusal.code in ("over", "had"):
        return ""  # the page itself says who has it, and since when
    return alarm_words.cannot_answer(refusal, _zone(asked))


def _zone(asked: Asked) -> str:
    body = standing().authorities.get(asked.alert.authority_id)
    return body.zone if body else "UTC"


def _language(request: HttpRequest, asked: Asked) -> str:
    """What was chosen in this browser; else the language that the message itself had."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    known = dict(settings.LANGUAGES)
    for one in (chosen, asked.staff.language):
        if one in known:
            return one
    return str(settings.LANGUAGE_CODE)
