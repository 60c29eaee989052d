"""A draft: filled by hand, by drag and drop, by keyboard or by the solver; undone, published, dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.duty import typed
from answerable.duty.access import Reader, duty_view, line_for, line_to_lead, lines_for
from answerable.duty.models import Apart, Line, Roster, SolveRun
from answerable.duty.roster_wording import STAGES, refusal_text
from answerable.duty.rosters.board import draft_board
from answerable.duty.rosters.forms import ApartForm, BeginForm
from answerable.duty.rosters.moving import moved
from answerable.duty.rosters.picking import candidates
from answerable.duty.rosters.running import conflict_lines
from answerable.duty.rosters.views.looking import drafts_for, month_of
from answerable.duty.services import people, rosters, solving
from answerable.orgs.queries import local_today
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part

SECONDS = (20, 60, 300)
MOST_REASON = 500


def line_to_draft(reader: Reader, line_id: int) -> Line:
    """The line, for those who make its drafts; 404 or 403 for others."""
    line = line_for(reader, line_id)
    if not drafts_for(reader, line):
        raise PermissionDenied(
            _("Leaders of the line's unit, and clerks and handlers in it, make its rosters.")
        )
    return line


def draft_for(reader: Reader, roster_id: int) -> tuple[Line, Roster]:
    """A draft, for those who make the line's drafts."""
    roster = get_object_or_404(Roster, pk=roster_id, line__in=lines_for(reader))
    line = line_to_draft(reader, roster.line_id)
    if roster.dropped_at is not None:
        raise Http404
    return line, roster


@require_http_methods(["GET", "HEAD", "POST"])
@duty_view
def begin(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """Choose the days of a new draft; it starts from what is published for them."""
    line = line_to_draft(reader, line_id)
    form = BeginForm(request.POST or None, initial=_next_month(line, reader))
    if request.method == "POST" and form.is_valid():
        try:
            roster = rosters.begin_roster(
                line_id=line.pk,
                from_on=form.cleaned_data["from_on"],
                until_on=form.cleaned_data["last_on"] + timedelta(days=1),
                by=reader.actor(line),
                now=reader.now,
            )
        except (Refusal, OverflowError) as refusal:
            form.add_error(
                None, refusal_text(refusal) if isinstance(refusal, Refusal) else _("Type another day.")
            )
        else:
            return go(request, reverse("rosters:draft", args=[roster.pk]))
    context = {"line": line, "form": form}
    return render(request, "rosters/begin.html", context, status=422 if form.errors else 200)


def _next_month(line: Line, reader: Reader) -> dict[str, date]:
    """The month after the last that is published; otherwise the next."""
    last = (
        Roster.objects.filter(line=line, dropped_at=None)
        .exclude(published_at=None)
        .order_by("-until_on")
        .values_list("until_on", flat=True)
        .first()
    )
    today = local_today(line.authority, reader.now)
    first = last if last is not None and last > today else month_of(today)[1]
    return {"from_on": first, "last_on": month_of(first)[1] - timedelta(days=1)}


@require_safe
@duty_view
def draft(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    line, roster = draft_for(reader, roster_id)
    if roster.published_at is not None:
        return go(request, f"{reverse('rosters:line', args=[line.pk])}?on={roster.from_on}")
    return _page(request, reader, line, roster)


def _page(
    request: HttpRequest,
    reader: Reader,
    line: Line,
    roster: Roster,
    *,
    error: str = "",
    status: int = 200,
    is_poll: bool = False,
) -> HttpResponse:
    # First how far the run is, then the draft: a run that is over has put in before what it found.
    run = SolveRun.objects.filter(roster=roster).order_by("-asked_at").first()
    roster.refresh_from_db()
    board = draft_board(roster, line, now=reader.now)
    context = {
        "line": line,
        "roster": roster,
        "last": roster.until_on - timedelta(days=1),
        "board": board,
        "groups": board.groups(),
        "error": error,
        "leads": reader.leads(line),
        "seconds": SECONDS,
        **_run_context(run, board.names, roster),
    }
    part = "solver" if is_poll and context.get("is_open") else "board"
    response = page_or_part(request, "rosters/draft.html", part, context, status=status)
    if is_poll and part == "board":
        response["HX-Retarget"] = "#board"
    return response


def _run_context(run: SolveRun | None, names: dict[int, str], roster: Roster) -> dict[str, Any]:
    if run is None:
        return {"run": None}
    open_ = run.state in solving.OPEN
    spreads = run.progress.get("spreads") or []
    return {
        "run": run,
        "is_open": open_,
        "stage": STAGES.get(run.progress.get("stage", ""), ""),
        "found_any": bool(run.found),
        "spread": spreads[0] if spreads else None,
        "conflicts": conflict_lines(run, roster.line, names),
        "can_take": bool(run.found) and not open_ and run.roster_version == roster.version,
        "waits": bool(run.found) and not open_ and not _is_taken(run, roster),
    }


def _is_taken(run: SolveRun, roster: Roster) -> bool:
    """Whether the draft holds what the run found already, or has gone on from it."""
    return roster.version > run.roster_version and all(
        sorted(roster.proposal.get(key, ())) == sorted(ids) for key, ids in run.found.items()
    )


def _written(
    request: HttpRequest, reader: Reader, roster_id: int, write: Callable[[Line, Roster, int], Any]
) -> HttpResponse:
    """Do one thing to a draft and show it again; a refusal is shown above it, and nothing is written."""
    line, roster = draft_for(reader, roster_id)
    seen = typed.number(request.POST.get("version")) or -1
    error, status = "", 200
    try:
        write(line, roster, seen)
    except NotYours as refusal:
        raise PermissionDenied(refusal_text(refusal)) from refusal
    except Refusal as refusal:
        error, status = refusal_text(refusal), 409 if isinstance(refusal, Changed) else 422
    roster = Roster.objects.get(pk=roster_id)
    if request.headers.get("HX-Request") or error:
        return _page(request, reader, line, roster, error=error, status=status)
    return go(request, reverse("rosters:draft", args=[roster_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@duty_view
def cell(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    """Who stands one cell: everyone who could, and why the others cannot."""
    line, roster = draft_for(reader, roster_id)
    if request.method == "POST":
        ids = [one for one in map(typed.number, request.POST.getlist("person")) if one is not None]
        key = request.POST.get("key", "")
        return _written(
            request,
            reader,
            roster_id,
            lambda found, _draft, seen: rosters.change_cells(
                roster_id=roster_id,
                cells={key: ids},
                by=reader.actor(found),
                seen_version=seen,
                now=reader.now,
            ),
        )
    board = draft_board(roster, line, now=reader.now)
    key = request.GET.get("key", "")
    if key not in board.asked.keys:
        raise Http404
    index, role_id = board.asked.keys[key]
    context = {
        "line": line,
        "roster": roster,
        "key": key,
        "on": board.asked.spans[index].on,
        "role": next(role for role in board.roles if role.pk == role_id),
        "need": board.asked.spans[index].needs.get(role_id, 0),
        "people": candidates(board, key),
    }
    return page_or_part(request, "rosters/cell.html", "picker", context)


@require_POST
@duty_view
def move(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    """Somebody is dragged into a cell, from another one or from the list; onto somebody: the two change places."""

    def write(line: Line, roster: Roster, seen: int) -> None:
        cells = moved(
            roster.proposal,
            person=_number(request.POST.get("person")),
            source=request.POST.get("from", ""),
            target=request.POST.get("to", ""),
            onto=_number(request.POST.get("onto")),
        )
        if cells:
            rosters.change_cells(
                roster_id=roster_id, cells=cells, by=reader.actor(line), seen_version=seen, now=reader.now
            )

    return _written(request, reader, roster_id, write)


def _number(text: str | None) -> int:
    return typed.number(text) or 0


@require_POST
@duty_view
def undo(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    return _written(
        request,
        reader,
        roster_id,
        lambda line, _draft, seen: rosters.undo_change(
            roster_id=roster_id, by=reader.actor(line), seen_version=seen, now=reader.now
        ),
    )


@require_POST
@duty_view
def solve(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    """Have the draft filled, changing as little as possible or afresh."""
    seconds = _number(request.POST.get("seconds")) or SECONDS[1]
    return _written(
        request,
        reader,
        roster_id,
        lambda line, _draft, seen: solving.ask_solver(
            roster_id=roster_id,
            seconds=seconds,
            by=reader.actor(line),
            seen_version=seen,
            now=reader.now,
            keeps=request.POST.get("keeps") != "no",
        ),
    )


@require_POST
@duty_view
def stop(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    def write(line: Line, roster: Roster, _seen: int) -> None:
        for run in SolveRun.objects.filter(roster=roster, state__in=solving.OPEN):
            solving.stop_solver(run_id=run.pk, by=reader.actor(line), now=reader.now)

    return _written(request, reader, roster_id, write)


@require_POST
@duty_view
def take(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    """Take what the solver found although the draft was changed meanwhile; that can be undone."""

    def write(line: Line, roster: Roster, seen: int) -> None:
        run = SolveRun.objects.filter(roster=roster).order_by("-asked_at").first()
        if run is not None:
            rosters.take_found(run_id=run.pk, by=reader.actor(line), now=reader.now, seen_version=seen)

    return _written(request, reader, roster_id, write)


@require_safe
@duty_view
def progress(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    """How far the solver is; the whole board once it is done."""
    line, roster = draft_for(reader, roster_id)
    return _page(request, reader, line, roster, is_poll=True)


@require_POST
@duty_view
def publish(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    """From now on it binds; the page of the published month follows."""
    line, roster = draft_for(reader, roster_id)
    despite = typed.words(request, "despite", MOST_REASON)

    def write(found: Line, _draft: Roster, seen: int) -> None:
        rosters.publish_roster(
            roster_id=roster_id, by=reader.actor(found), seen_version=seen, now=reader.now, despite=despite
        )

    response = _written(request, reader, roster_id, write)
    if Roster.objects.exclude(published_at=None).filter(pk=roster_id).exists():
        flash.done(request, _("Published. It binds from now on."))
        view = "week" if (roster.until_on - roster.from_on).days <= 14 else "month"
        return go(request, f"{reverse('rosters:line', args=[line.pk])}?view={view}&on={roster.from_on}")
    return response


@require_POST
@duty_view
def drop(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    draft_for(reader, roster_id)

    def write(found: Line, _draft: Roster, seen: int) -> None:
        rosters.drop_roster(roster_id=roster_id, by=reader.actor(found), seen_version=seen, now=reader.now)

    if Roster.objects.filter(pk=roster_id, dropped_at=None).exists():
        response = _written(request, reader, roster_id, write)
        if Roster.objects.filter(pk=roster_id, dropped_at=None).exists():
            return response
    flash.done(request, _("Dropped. What is published stays as it is."))
    return go(request, reverse("rosters:overview"))


@require_http_methods(["GET", "HEAD", "POST"])
@duty_view
def apart(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """Name two who are never put together."""
    line = line_to_lead(reader, line_id)
    rows = line.people.select_related("staff").order_by("staff_id")
    form = ApartForm(request.POST or None, people=[(row.staff_id, str(row.staff)) for row in rows])
    if request.method == "POST" and form.is_valid():
        try:
            people.set_apart(
                line_id=line.pk,
                one_id=form.cleaned_data["one"],
                other_id=form.cleaned_data["other"],
                by=reader.actor(line),
                now=reader.now,
            )
        except Refusal as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            flash.done(request, _("Kept apart from now on, in every roster that is made."))
            return go(request, reverse("rosters:line", args=[line.pk]))
    context = {"line": line, "form": form}
    return render(request, "rosters/apart.html", context, status=422 if form.errors else 200)


@require_POST
@duty_view
def end_apart(request: HttpRequest, reader: Reader, apart_id: int) -> HttpResponse:
    pair = get_object_or_404(Apart, pk=apart_id, line__in=lines_for(reader))
    line = line_to_lead(reader, pair.line_id)
    people.end_apart(apart_id=pair.pk, by=reader.actor(line), now=reader.now)
    flash.done(request, _("They may be put together again."))
    return go(request, reverse("rosters:line", args=[line.pk]))
