"""What the bar on the desk's pages asks: which alarms wait for me, and my answer to one. JSON, for the script alone."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from answerable.alerts import alarm_words
from answerable.alerts.answering.access import may_answer
from answerable.alerts.live import queries
from answerable.alerts.models import Asked
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.services import acknowledge, decline
from answerable.alerts.services.alarms import actor_of
from answerable.core import clock
from answerable.orgs.models import Staff
from answerable.orgs.standing import held
from answerable.ui.shell import route


@never_cache
@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """The urgent alarms that ask whoever is signed in, and how many others; 304 where they are as they were, 204 for nobody.

    `stream`: where to listen instead of asking, where there is such a process.
    """
    staff = request.user
    if not isinstance(staff, Staff):
        return HttpResponse(status=204)
    body = json.dumps(_told(staff, clock.now()), ensure_ascii=False)
    mark = f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = mark
    return response


def _told(staff: Staff, at: datetime) -> dict[str, object]:
    with held():
        rows = queries.asking(staff.pk, at)
        return {
            "alarms": [_one(row) for row in rows],
            "calm": _calm(queries.calm_count(staff.pk, at)),
            "stream": settings.LIVE_STREAM,
        }


def _calm(count: int) -> dict[str, str]:
    """One quiet line for all that is not urgent; empty where nothing waits."""
    if not count:
        return {}
    text = ngettext(
        "%(count)s alarm that is not urgent waits for you",
        "%(count)s alarms that are not urgent wait for you",
        count,
    ) % {"count": count}
    return {"text": text, "link": reverse("alerts:board") + "?list=calm"}


def _one(row: Asked) -> dict[str, object]:
    return {
        "id": str(row.alert_id),
        "asked": row.pk,
        "text": alarm_words.headline_of(row.alert),
        "drill": row.alert.is_drill,
        "urgent": row.alert.is_urgent,
        "link": row.alert.link or route("alerts:board") or reverse("site:desk"),
        "answer": reverse("live:answer", args=[row.alert_id]),
        "at": row.at.astimezone(ZoneInfo(row.alert.authority.zone)).strftime("%H:%M"),
    }


@require_POST
def answer(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """ "I have it" or "Pass to the next" from the bar. 404 where the alarm does not ask this person."""
    staff = request.user
    if not isinstance(staff, Staff):
        return JsonResponse({}, status=401)
    at, said = clock.now(), ""
    rows = Asked.objects.filter(alert=alert_id, staff=staff).select_related("alert__authority", "staff")
    row = next(iter(may_answer(rows.order_by("-pk"), at)), None)
    if row is None:
        raise Http404
    doing = acknowledge if request.POST.get("answer") == "have_it" else decline
    try:
        doing(alert_id=alert_id, by=actor_of(row), now=at, way="bar")
    except CannotAnswer as refusal:
        said = alarm_words.cannot_answer(refusal, row.alert.authority.zone)
    return JsonResponse(_told(staff, clock.now()) | {"said": said})


@require_GET
def stream(_request: HttpRequest) -> HttpResponse:
    """Nobody stands in front of us who would hand this to the streaming process: 204 ends the browser's tries."""
    return HttpResponse(status=204)
