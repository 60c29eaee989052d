"""What is published: the lines and their rosters; one line's month, week and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerable.core import days
from answerable.duty.access import Reader, duty_view, line_for, lines_for
from answerable.duty.models import Apart, Line, Roster
from answerable.duty.queries import gaps
from answerable.duty.roster_steps import may_draft
from answerable.duty.rosters.board import Board, published_board
from answerable.orgs.queries import local_today
from answerable.ui.parts import Tab

VIEWS = ("month", "week", "people")


def drafts_for(reader: Reader, line: Line) -> bool:
    """Whether they make drafts for the line."""
    return any(may_draft(post, line) for post in reader.posts)


@dataclass
class LineShown:
    line: Line
    published: list[Roster]
    drafts: list[Roster]
    gap_count: int
    can_draft: bool


@require_safe
@duty_view
def overview(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every line with what is published, what is being drafted, and whether there is a gap ahead."""
    shown = []
    for line in lines_for(reader).filter(closed_on=None).order_by("authority_id", "pk"):
        can_draft = drafts_for(reader, line)
        rosters = Roster.objects.filter(line=line, dropped_at=None)
        today = local_today(line.authority, reader.now)
        published = rosters.exclude(published_at=None).filter(until_on__gt=today)
        ahead = gaps(line.pk, reader.now, reader.now + timedelta(days=line.horizon_days))
        shown.append(
            LineShown(
                line=line,
                published=list(published.order_by("from_on", "pk")),
                drafts=list(rosters.filter(published_at=None).order_by("from_on")) if can_draft else [],
                gap_count=len(ahead),
                can_draft=can_draft,
            )
        )
    return render(request, "rosters/overview.html", {"lines": shown})


def month_of(day: date) -> tuple[date, date]:
    """The first day of a day's month and of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def period(request: HttpRequest, line: Line, reader: Reader) -> tuple[str, date, date, date]:
    """Which view is asked for, the day it is about, and its first and last (left out) day."""
    view = request.GET.get("view", "month")
    view = view if view in VIEWS else "month"
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        on = local_today(line.authority, reader.now)
    if not days.FIRST_DAY + timedelta(days=400) < on < days.LAST_DAY - timedelta(days=400):
        on = local_today(line.authority, reader.now)
    if view == "week":
        first = on - timedelta(days=on.weekday())
        return view, on, first, first + timedelta(days=7)
    return view, on, *month_of(on)


@require_safe
@duty_view
def line(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """A month or a week of a line as it stands, or its people with their counts."""
    found = line_for(reader, line_id)
    view, on, first, last = period(request, found, reader)
    board = published_board(found, first, last, now=reader.now)
    here = reverse("rosters:line", args=[found.pk])
    words = {"month": _("Month"), "week": _("Week"), "people": _("People")}
    proof = latest_proof(found, on)
    context = {
        "line": found,
        "board": board,
        "view": view,
        "first": first,
        "last": last - timedelta(days=1),
        "on": on,
        "tabs": [Tab(words[one], f"{here}?view={one}&on={on}", one == view) for one in VIEWS],
        "before": f"{here}?view={view}&on={first - timedelta(days=1)}",
        "after": f"{here}?view={view}&on={last}",
        "can_draft": drafts_for(reader, found),
        "leads": reader.leads(found),
        "proof": proof,
        "groups": board.groups(proof.proof) if proof else [],
        "grid": people_grid(board) if view == "people" else None,
        "me": reader.staff.pk,
        "apart": _apart(found) if reader.leads(found) else [],
    }
    return render(request, "rosters/line.html", context)


def _apart(found: Line) -> list[Apart]:
    return list(Apart.objects.filter(line=found).select_related("one", "other").order_by("pk"))


def latest_proof(line: Line, on: date) -> Roster | None:
    """The roster that was published last for a day, with its proof."""
    rows = Roster.objects.filter(line=line, from_on__lte=on, until_on__gt=on).exclude(published_at=None)
    return rows.order_by("-published_at").first()


@dataclass
class PersonRow:
    id: int
    name: str
    #: For each shift of the period its day, and the role's name where they stand it.
    marks: list[tuple[str, date]]
    count: int


def people_grid(board: Board) -> list[PersonRow]:
    """Everyone with a mark for each shift of the period that they stand: the role's name."""
    stands: dict[int, dict[int, str]] = {pk: {} for pk in board.asked.pool.people}
    roles = {role.pk: str(role) for role in board.roles}
    for (index, role), ids in board.filling.items():
        for one in ids:
            stands.setdefault(one, {})[index] = roles.get(role, "?")
    rows = [
        PersonRow(
            pk,
            board.names.get(pk, str(pk)),
            [(marks.get(n, ""), row.on) for n, row in enumerate(board.rows)],
            len(marks),
        )
        for pk, marks in stands.items()
    ]
    return sorted(rows, key=lambda row: (-row.count, row.id))
