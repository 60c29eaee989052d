"""The board as a page, as the part that a page without a stream asks for, and earlier lines of its log."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from answerable.core.sentences import Said, sentence
from answerable.incidents.access import Reader, incident_for, incident_to_write, incident_view
from answerable.incidents.board import reading, rows
from answerable.incidents.board import sketch as sketches
from answerable.incidents.field import services
from answerable.incidents.models import Incident
from answerable.incidents.rules import WRITTEN_IN
from answerable.ui.htmx import SeeOther

#: A page without a stream asks for what changed this often.
POLL_S = 10


@incident_view
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """The board; `?screen=1` for the duty room's wall. htmx is told only what is newer than `?since=`."""
    if request.method == "POST":
        return _write(request, reader, incident_id)
    incident = incident_for(reader, incident_id)
    if getattr(request, "htmx", False) and _is_as_it_was(request, incident):
        return HttpResponse(status=204)
    return _page(request, reader, incident)


def _is_as_it_was(request: HttpRequest, incident: Incident) -> bool:
    since = request.GET.get("since", "")
    return reading.is_number(since) and reading.marks([incident.pk]).get(incident.pk, 0) == int(since)


def _page(
    request: HttpRequest, reader: Reader, incident: Incident, *, said: str = "", error: str = ""
) -> HttpResponse:
    with timezone.override(ZoneInfo(incident.authority.zone)):
        loaded = reading.load(incident)
        lists = _lists(loaded, reader.now)
        is_screen = request.GET.get("screen") == "1"
        context = {
            "incident": incident,
            "lists": lists,
            "seq": loaded.seq,
            "now": reader.now,
            "words": rows.due_words(),
            "stream": _stream_of(incident),
            "poll_s": POLL_S,
            "is_screen": is_screen,
            "open_tasks": len(lists["tasks"]),
            "unanswered": sum(1 for role in loaded.roles if role.acknowledged_at is None),
            "before": loaded.entries[-1].seq if len(loaded.entries) == reading.PAGE else None,
            "has_map": sketches.point_of(incident) is not None,
            "may_write": incident.state in WRITTEN_IN and reader.writes(incident),
            "whole": route_of("incidents:show", incident),
            "photos": route_of("photos:list", incident),
            "said": said,
            "error": error,
        }
        if getattr(request, "htmx", False):
            template = "board/live.html"
        else:
            template = "board/screen.html" if is_screen else "board/board.html"
        return render(request, template, context, status=422 if error else 200)


def _lists(loaded: reading.Loaded, now: datetime) -> dict[str, list[SafeString]]:
    """The markup of each list of the board, in order."""
    found: dict[str, list[tuple[str, SafeString]]] = defaultdict(list)
    for row in (*rows.all_rows(loaded, now), *rows.log_rows(loaded.entries)):
        # A row's own template has escaped what it holds.
        found[row.list].append((row.order, mark_safe(row.html(now))))
    empty: dict[str, list[SafeString]] = {
        name: [] for name in ("head", "reports", "roles", "strands", "tasks", "ended", "sent", "log")
    }
    return empty | {name: [html for _order, html in sorted(all_)] for name, all_ in found.items()}


def route_of(name: str, incident: Incident) -> str:
    """The address of another room's page about an incident, "" while it does not serve one."""
    try:
        return reverse(name, args=[incident.pk])
    except NoReverseMatch:
        return ""


def _stream_of(incident: Incident) -> str:
    """Where to listen; "" where there is no streaming process."""
    if not settings.LIVE_STREAM:
        return ""
    return f"{settings.LIVE_STREAM}?of=board&id={incident.pk}&in={translation.get_language()}"


def _write(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """A line for the log, from the board itself."""
    incident = incident_to_write(reader, incident_id)
    text = request.POST.get("text", "")
    try:
        services.write(
            incident_id=incident.pk,
            text=text,
            entry_id=services.uuid_or_none(request.POST.get("id", "")),
            by=reader.actor(incident),
            now=reader.now,
        )
    except Said as refusal:
        return _page(request, reader, incident, said=text, error=sentence(refusal))
    return SeeOther(reverse("board:show", args=[incident.pk]) + "#log")


@incident_view
@require_safe
def log(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """The log before a number, newest first: a part for htmx, a page of its own without."""
    incident = incident_for(reader, incident_id)
    before = request.GET.get("before", "")
    if before and not reading.is_number(before):
        raise Http404
    entries = reading.entries_of(incident.pk, before=int(before) if before else None)
    with timezone.override(ZoneInfo(incident.authority.zone)):
        context = {
            "incident": incident,
            "rows": [mark_safe(row.html(reader.now)) for row in rows.log_rows(entries)],
            "before": entries[-1].seq if len(entries) == reading.PAGE else None,
        }
        template = "board/earlier.html" if getattr(request, "htmx", False) else "board/log.html"
        return render(request, template, context)


@incident_view
@require_safe
def sketch(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """Where the hazard lies among the places of the list; drawn here, no map service is asked."""
    incident = incident_for(reader, incident_id)
    svg = sketches.drawn(incident, _("here"), pgettext("on a map", "N"))
    if not svg:
        raise Http404
    return HttpResponse(svg, content_type="image/svg+xml", headers={"X-Content-Type-Options": "nosniff"})
