"""One's own duties: what is ahead, what one wishes, and the private addresses of calendar feeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Refusal
from answerable.duty.access import Reader, duty_view
from answerable.duty.models import Calendar, Line, Swap, Wish
from answerable.duty.queries import my_shifts
from answerable.duty.roster_wording import refusal_text
from answerable.duty.rosters.forms import WishForm, wish_words
from answerable.duty.services import calendars, people
from answerable.duty.services.swaps import OPEN
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today
from answerable.ui import flash
from answerable.ui.htmx import go

AHEAD = timedelta(days=93)


@require_safe
@duty_view
def mine(request: HttpRequest, reader: Reader) -> HttpResponse:
    return _page(request, reader, WishForm(lines=_lines(reader)))


def _lines(reader: Reader) -> list[tuple[int, str]]:
    rows = Line.objects.filter(people__staff=reader.staff, closed_on=None).distinct().order_by("pk")
    return [(line.pk, str(line)) for line in rows]


def _page(
    request: HttpRequest, reader: Reader, form: WishForm, *, token: str = "", status: int = 200
) -> HttpResponse:
    turns = my_shifts(reader.staff.pk, reader.now, reader.now + AHEAD)
    offered = set(Swap.objects.filter(gives__in=turns, state__in=OPEN).values_list("gives_id", flat=True))
    today = local_today(Authority.objects.get(pk=reader.body_ids[0]), reader.now)
    context: dict[str, Any] = {
        "turns": turns,
        "offered": offered,
        "now": reader.now,
        "form": form,
        "has_lines": bool(_lines(reader)),
        "wishes": [
            (one, wish_words(one.weight))
            for one in Wish.objects.filter(staff=reader.staff, on__gte=today)
            .select_related("line")
            .order_by("on")
        ],
        "feeds": _feeds(reader),
        "address": settings.BASE_URL.rstrip("/") + reverse("calendar:feed", args=[token]) if token else "",
    }
    return render(request, "rosters/mine.html", context, status=status)


def _feeds(reader: Reader) -> list[dict[str, Any]]:
    """Each feed there may be, with the one that works now."""
    live = {
        (row.line_id, row.is_team): row
        for row in Calendar.objects.filter(staff=reader.staff, ended_at=None).order_by("pk")
    }
    kinds: list[tuple[str, str, int | None, bool]] = [("own", _("My own duties"), None, False)]
    lines = _lines(reader)
    if lines:
        kinds.append(("team", _("Everyone on the lines I belong to"), None, True))
    kinds += [(f"line-{pk}", name, pk, False) for pk, name in lines]
    return [{"code": code, "name": name, "row": live.get((pk, is_team))} for code, name, pk, is_team in kinds]


@require_POST
@duty_view
def wish(request: HttpRequest, reader: Reader) -> HttpResponse:
    form = WishForm(request.POST, lines=_lines(reader))
    if form.is_valid():
        try:
            people.wish(
                line_id=int(form.cleaned_data["line"]),
                on=form.cleaned_data["on"],
                weight=form.cleaned_data["weight"],
                by=reader.actor(),
                now=reader.now,
            )
        except Refusal as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            flash.done(request, _("Noted. It is looked at when the next roster is made."))
            return go(request, reverse("rosters:mine"))
    return _page(request, reader, form, status=422)


@require_POST
@duty_view
def make_feed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A new private address; it is shown once, on the page that answers."""
    code = request.POST.get("feed", "")
    known = {feed["code"] for feed in _feeds(reader)}
    if code not in known:
        raise Http404
    line_id = int(code.removeprefix("line-")) if code.startswith("line-") else None
    _row, token = calendars.make_calendar(
        by=reader.actor(), now=reader.now, line_id=line_id, is_team=code == "team"
    )
    return _page(request, reader, WishForm(lines=_lines(reader)), token=token)


@require_POST
@duty_view
def end_feed(request: HttpRequest, reader: Reader, calendar_id: int) -> HttpResponse:
    if not Calendar.objects.filter(pk=calendar_id, staff=reader.staff).exists():
        raise Http404
    calendars.end_calendar(calendar_id=calendar_id, by=reader.actor(), now=reader.now)
    flash.done(request, _("That address does not work any more."))
    return go(request, reverse("rosters:mine"))
