"""What the system has told the posts one holds, newest first; read ones stay, marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from answerable.alerts.models import Notice
from answerable.alerts.wording import notice
from answerable.cases import access
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.glance import glance
from answerable.cases.lists.hidden import READABLE, readable_params
from answerable.cases.reactions import DANGER
from answerable.core.statements import prepared, written_out
from answerable.orgs.models import Role
from answerable.ui.paging import page_number, page_of

MOST = 200
# The state (ui.states) that a notice wears: *urgent* is danger and nothing else (rights, rule 11).
MARKS = dict.fromkeys(DANGER, "urgent") | {
    "late_above": "late",
    "late_own": "late",
    "no_level_above": "late",
    "letter_waits": "late",
    "raised": "supervised",
}


@dataclass(frozen=True)
class Row:
    text: str
    title: str
    at: datetime
    mark: str
    is_new: bool
    address: str


#: What is told of a letter leads to where all of them lie: to print, or without a receipt.
LETTERS = {"letter_to_print": "", "letter_waits": "", "letter_without_receipt": "?list=receipt"}


#: Told to whoever watches over an office. An auditor finds the act in a list of their own; a head does not read that.
OVERSEEN = frozenset(
    {"somebody_appointed", "role_changed", "way_out_changed", "sign_in_renewed", "second_factor_reset"}
)


def _address(row: Notice, reader: access.Reader) -> str:
    if row.code in LETTERS:
        return reverse("desk:outside_letters") + LETTERS[row.code]
    if row.code in OVERSEEN and Role.AUDITOR in reader.roles:
        return reverse("desk:oversight")
    return reverse("desk:case", args=[row.matter]) if row.matter else ""


def _mark(row: Notice) -> str:
    return MARKS.get(row.code, "")


def bell(request: HttpRequest) -> int | None:
    """How many notices wait for whoever is signed in; those about cases kept from them do not count.

    None for whoever holds no post that reads matters: this page is not theirs to open.
    """
    found = access.reader_of(request)
    if found is None or not found[0].unit_ids:
        return None
    reader, _now = found
    posts = [post.pk for post in reader.posts]
    if not glance(request, reader).has_unseen:
        return 0
    with prepared() as cursor:
        cursor.execute(*written_out(_COUNT, [posts, *readable_params(reader)]))
        return int(cursor.fetchone()[0])


# As `_visible`, counted where the rows are: every page of the desk asks. The newest of each post come by its index.
_COUNT = f"""SELECT count(DISTINCT left(n.key, length(n.key) - length(n.post_id::text) - 1)) FROM (
    SELECT x.* FROM unnest(%s::bigint[]) AS s(post) CROSS JOIN LATERAL (
        SELECT id, at, key, post_id, matter, seen_at FROM alerts_notice WHERE post_id = s.post
        ORDER BY at DESC, id DESC LIMIT {MOST}) x
    ORDER BY at DESC, id DESC LIMIT {MOST}) n
    LEFT JOIN cases_case c ON c.id = n.matter
    WHERE n.seen_at IS NULL AND (n.matter IS NULL OR {READABLE})"""  # noqa: S608 - ours alone


def _visible(reader: access.Reader) -> tuple[list[list[Notice]], dict[UUID, str]]:
    """What was told, newest first, and the titles of the cases it is about: both only as far as the reader reads.

    Each item holds the rows of one telling: whoever holds two posts that were told reads it once.
    """
    posts = [post.pk for post in reader.posts]
    rows = list(Notice.objects.filter(post_id__in=posts).order_by("-at", "-pk")[:MOST])
    matters = {row.matter for row in rows if row.matter}
    shown = dict(access.readable_cases(reader).filter(pk__in=matters).values_list("pk", "text__title"))
    told: dict[str, list[Notice]] = {}
    for row in rows:
        if row.matter is None or row.matter in shown:
            told.setdefault(row.key.removesuffix(f":{row.post_id}"), []).append(row)
    return list(told.values()), shown


def _is_new(told: list[Notice]) -> bool:
    return any(row.seen_at is None for row in told)


@require_GET
@desk_view
def notices(request: HttpRequest, desk: Desk) -> HttpResponse:
    told, titles = _visible(desk.reader)
    page = page_of(told, page_number(request.GET.get("page")))
    rows = [
        Row(
            text=notice(one[0].code, one[0].facts),
            title=titles.get(one[0].matter) or "" if one[0].matter else "",
            at=one[0].at,
            mark=_mark(one[0]),
            is_new=_is_new(one),
            address=_address(one[0], desk.reader),
        )
        for one in page.rows
    ]
    context = {"rows": rows, "page": page, "new": any(map(_is_new, told))}
    return render(request, "desk/notices.html", context)


@require_POST
@desk_view
def mark_seen(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Mark all of them as read, on every page; they stay in the list."""
    told, _titles = _visible(desk.reader)
    ids = [row.pk for one in told for row in one if row.seen_at is None]
    Notice.objects.filter(pk__in=ids, seen_at=None).update(seen_at=desk.now)
    return redirect("desk:notices")
