"""Swaps and give-aways: asked, answered, decided."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.core.refusals import NotYours, Refusal
from answerable.duty import changing, typed
from answerable.duty.access import Reader, duty_view, lines_for
from answerable.duty.models import Assignment, DutyPerson, Line, Swap
from answerable.duty.roster_steps import CannotRoster
from answerable.duty.roster_wording import refusal_text
from answerable.duty.services import swaps as services
from answerable.ui import flash
from answerable.ui.htmx import go
from answerable.ui.leading import lead_on

AHEAD = timedelta(days=62)
MOST_WORDS = 300
OVER_SHOWN = timedelta(days=31)
DONE = {
    "agree": gettext_lazy("Agreed. Now the leader decides; until then everything stays as it was."),
    "decline": gettext_lazy("Declined. Everything stays as it was."),
    "back": gettext_lazy("Taken back. Everything stays as it was."),
    "consent": gettext_lazy("Done. The duties have changed hands."),
    "refuse": gettext_lazy("Refused. Everything stays as it was."),
}


@require_safe
@duty_view
def swaps(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What waits for oneself, what one may take, what waits for one's consent, and what is over."""
    rows = list(
        Swap.objects.filter(line__in=lines_for(reader))
        .filter(Q(state__in=services.OPEN) | Q(decided_at__gt=reader.now - OVER_SHOWN))
        .select_related(
            "line__authority",
            "line__unit",
            "gives__shift",
            "gives__role",
            "gets__shift",
            "gets__role",
            "asked_by",
            "asked_of",
        )
        .order_by("gives__from_at", "pk")
    )
    me = reader.staff.pk
    pools = set(DutyPerson.objects.filter(staff=me).values_list("line_id", flat=True))
    leads = {line.pk for line in {row.line for row in rows} if reader.leads(line)}
    open_ = [row for row in rows if row.state in services.OPEN]
    context = {
        "for_me": [row for row in open_ if row.state == "asked" and row.asked_of_id == me],
        "to_take": [
            row
            for row in open_
            if row.state == "asked"
            and row.asked_of_id is None
            and row.asked_by_id != me
            and row.line_id in pools
        ],
        "to_decide": [row for row in open_ if row.state == "agreed" and row.line_id in leads],
        "mine": [row for row in open_ if row.asked_by_id == me],
        "over": [
            row
            for row in rows
            if row.state not in services.OPEN
            and (me in (row.asked_by_id, row.asked_of_id) or row.line_id in leads)
        ],
    }
    return render(request, "rosters/swaps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@duty_view
def ask(request: HttpRequest, reader: Reader, assignment_id: int) -> HttpResponse:
    """Offer a duty of one's own: to all, to one person, or for one of theirs."""
    gives = get_object_or_404(
        Assignment.objects.select_related("shift__line__authority", "shift__line__unit", "role"),
        pk=assignment_id,
        staff=reader.staff,
        voided_at=None,
    )
    line = gives.shift.line
    error = ""
    if request.method == "POST":
        try:
            gets, other = _chosen(request.POST.get("for", ""))
            services.ask_swap(
                gives_id=gives.pk,
                gets_id=gets,
                asked_of_id=other,
                note=typed.words(request, "note", MOST_WORDS),
                by=reader.actor(line),
                now=reader.now,
            )
        except Refusal as refusal:
            error = refusal_text(refusal)
        else:
            flash.done(request, _("Asked. Until it is agreed and decided, the duty stays yours."))
            return go(request, reverse("rosters:swaps"))
    people, turns = _offers(gives, line, reader)
    context = {"gives": gives, "line": line, "people": people, "turns": turns, "error": error}
    return render(request, "rosters/ask.html", context, status=422 if error else 200)


def _chosen(text: str) -> tuple[int | None, int | None]:
    """What the form asks for: somebody's duty, somebody, or whoever takes it."""
    what, _dash, number = text.partition("-")
    found = typed.number(number)
    if what == "turn" and found is not None:
        return found, None
    if what == "person" and found is not None:
        return None, found
    if text != "any":
        raise CannotRoster("gone")
    return None, None


def _offers(gives: Assignment, line: Line, reader: Reader) -> tuple[list[DutyPerson], list[Assignment]]:
    """Who could take it, and whose duties it could be changed for, by every rule as things stand."""
    me = reader.staff.pk
    others = list(
        Assignment.objects.filter(
            shift__line=line,
            voided_at=None,
            from_at__gt=reader.now,
            from_at__lt=reader.now + AHEAD,
        )
        .exclude(staff=me)
        .select_related("shift", "staff", "role")
        .order_by("from_at", "pk")
    )
    weighing = changing.Weighing(line, [gives.shift, *(one.shift for one in others)], now=reader.now)
    pool = DutyPerson.objects.filter(line=line).exclude(staff=me).select_related("staff")
    people = [one for one in pool.order_by("staff_id") if _may(weighing, [(gives, one.staff_id)])]
    turns = [one for one in others if _may(weighing, [(gives, one.staff_id), (one, me)])]
    return people, turns


def _may(weighing: changing.Weighing, moves: list[tuple[Assignment, int]]) -> bool:
    try:
        weighing.require(moves)
    except CannotRoster:
        return False
    return True


@require_POST
@duty_view
def decide(request: HttpRequest, reader: Reader, swap_id: int, what: str) -> HttpResponse:
    """Agree, decline, take back; consent or refuse."""
    swap = get_object_or_404(
        Swap.objects.select_related("line__authority", "line__unit"), pk=swap_id, line__in=lines_for(reader)
    )
    by, now = reader.actor(swap.line), reader.now
    why = typed.words(request, "why", MOST_WORDS)
    try:
        if what in ("agree", "decline"):
            services.answer_swap(swap_id=swap.pk, agrees=what == "agree", by=by, now=now)
        elif what == "back":
            services.take_back_swap(swap_id=swap.pk, by=by, now=now)
        elif what in ("consent", "refuse"):
            services.decide_swap(swap_id=swap.pk, consents=what == "consent", by=by, now=now, why=why)
        else:
            raise Http404
    except NotYours as refusal:
        raise PermissionDenied(refusal_text(refusal)) from refusal
    except Refusal as refusal:
        return lead_on(request, reverse("rosters:swaps"), refusal_text(refusal))
    flash.done(request, str(DONE[what]))
    return go(request, reverse("rosters:swaps"))
