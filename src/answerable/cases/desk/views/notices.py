"""What the system has told the posts one holds, newest first; read ones stay, marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from answerable.alerts import queries as alerts
from answerable.alerts.models import Notice
from answerable.alerts.wording import notice
from answerable.cases import access
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.reactions import DANGER

MOST = 200
# The state (ui.states) that a notice wears: *urgent* is danger and nothing else (rights, rule 11).
MARKS = dict.fromkeys(DANGER, "urgent") | {
    "late_above": "late",
    "late_own": "late",
    "no_level_above": "late",
    "raised": "supervised",
}


@dataclass(frozen=True)
class Row:
    text: str
    at: datetime
    mark: str
    is_new: bool
    address: str


def _mark(row: Notice) -> str:
    return MARKS.get(row.code, "")


def bell(request: HttpRequest) -> int:
    """How many notices wait for whoever is signed in; those about cases kept from them do not count."""
    found = access.reader_of(request)
    if found is None:
        return 0
    reader, _now = found
    posts = [post.pk for post in reader.posts]
    if not alerts.has_unseen(posts):
        return 0
    return sum(1 for row in _visible(reader) if row.seen_at is None)


def _visible(reader: access.Reader) -> list[Notice]:
    posts = [post.pk for post in reader.posts]
    rows = list(Notice.objects.filter(post_id__in=posts).order_by("-at", "-pk")[:MOST])
    matters = {row.matter for row in rows if row.matter}
    shown = set(access.readable_cases(reader).filter(pk__in=matters).values_list("pk", flat=True))
    return [row for row in rows if row.matter is None or row.matter in shown]


@require_GET
@desk_view
def notices(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = [
        Row(
            text=notice(row.code, row.facts),
            at=row.at,
            mark=_mark(row),
            is_new=row.seen_at is None,
            address=reverse("desk:case", args=[row.matter]) if row.matter else "",
        )
        for row in _visible(desk.reader)
    ]
    return render(request, "desk/notices.html", {"rows": rows, "new": any(r.is_new for r in rows)})


@require_POST
@desk_view
def mark_seen(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Mark what is shown as read; it stays in the list."""
    ids = [row.pk for row in _visible(desk.reader) if row.seen_at is None]
    Notice.objects.filter(pk__in=ids, seen_at=None).update(seen_at=desk.now)
    return redirect("desk:notices")
