"""The list behind a number: page by page, and taken out as an act."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.rows import title_of
from answerable.cases.desk.views.exporting import XLSX, in_language
from answerable.cases.rules import ROLES, Doing
from answerable.cases.services.exports import marked, record_export, while_held
from answerable.core import clock
from answerable.figures import cursors, lists, queries, sheets
from answerable.figures.lists import COUNT_TO, NAMES, OF_TURNS, Behind
from answerable.figures.models import Turn
from answerable.figures.pages import around
from answerable.figures.scope import Scope, figures_view, scope_of
from answerable.figures.wording import TITLES, age_text, days_text
from answerable.orgs.standing import standing
from answerable.ui.htmx import page_or_part

DAY = timedelta(days=1)
#: What an address may say beside body, unit and months.
KEPT = ("list", "of", "post", "subject", "place", "age", "conduct")


def read_behind(scope: Scope, query: QueryDict) -> Behind:
    """Which number an address opens. Raises Http404 for one that there is not, or a unit that is not the reader's."""
    name = query.get("list", "")
    if name not in NAMES:
        raise Http404
    of = _key(query, "of")
    if of is not None and of not in scope.unit_ids:
        raise Http404
    from_at, until_at = scope.instants()
    is_now = name not in OF_TURNS
    subject, place, age = _key(query, "subject"), _key(query, "place"), _key(query, "age")
    since = until = None
    if age is not None:
        found = next((one for one in queries.AGES if one[0] == age), None)
        if found is None:
            raise Http404
        since, until = queries.age_bounds(*found, scope.today, scope.calendar)
    return Behind(
        name=name,
        units=(of,) if of is not None else tuple(scope.unit_ids),
        from_at=None if is_now else from_at,
        until_at=None if is_now else until_at,
        post=_key(query, "post"),
        subjects=(subject,) if subject is not None else (),
        places=(place,) if place is not None else (),
        received_from=since,
        received_until=until,
        is_conduct=query.get("conduct") == "1",
        months=None if is_now else scope.period,
    )


def _key(query: QueryDict, name: str) -> int | None:
    said = query.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise Http404
    return int(said)


@require_safe
@figures_view
def listed(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The cases behind a number that this reader may read, newest first; and how many are not theirs to read."""
    behind = read_behind(scope, request.GET)
    after = cursors.parse(request.GET.get("after", ""), cursors.number)
    page = lists.page(behind, scope.reader, scope.now, after=after)
    kept = {name: request.GET.get(name) for name in KEPT}
    context = around(scope, "list") | {
        "title": TITLES[behind.name],
        "about": _about(scope, behind, request.GET),
        "is_now": behind.from_at is None,
        "rows": [_row(turn, scope.now) for turn in page.rows],
        "said": _said(page),
        "next_url": scope.address(**kept, after=str(page.after)) if page.after else "",
        "first_url": scope.address(**kept) if after else "",
        "back_url": reverse("figures:home") + scope.address(),
        "address": scope.address(**kept).removeprefix("?"),
        "can_export": bool(scope.reader.roles & ROLES[Doing.EXPORT]),
        "conduct": behind.is_conduct,
    }
    return page_or_part(request, "figures/list.html", "main", context)


def _said(page: lists.Page) -> str:
    """How many there are, and honestly how many of them are shown."""
    mine = f"{COUNT_TO:,}+" if page.readable > COUNT_TO else f"{page.readable:,}"
    if page.total is None or page.total == page.readable or page.readable > COUNT_TO:
        total = page.readable if page.total is None else page.total
        return _("%(count)s in all.") % {"count": mine if page.total is None else f"{total:,}"}
    return _("%(mine)s of %(all)s; the others are not yours to read.") % {
        "mine": mine,
        "all": f"{page.total:,}",
    }


def _about(scope: Scope, behind: Behind, query: QueryDict) -> list[str]:
    """What the list is narrowed to, in words."""
    found, said = standing(), []
    if query.get("of"):
        said.append(found.units[behind.units[0]].name)
    elif scope.chosen is not None:
        said.append(scope.chosen.name)
    if behind.post in found.posts:
        said.append(found.posts[behind.post].name)
    said += [str(found.subjects[key]) for key in behind.subjects if key in found.subjects]
    said += [str(found.places[key]) for key in behind.places if key in found.places]
    if query.get("age"):
        said.append(age_text(*next(one for one in queries.AGES if str(one[0]) == query["age"])))
    return said


def _row(turn: Turn, now: datetime) -> dict[str, Any]:
    found, case = standing(), turn.case
    case.title, case.opening = turn.title, turn.opening  # type: ignore[attr-defined]
    found.fill(case, subject=found.subjects, place=found.places)
    late = (turn.ended_at or now) - turn.own_due_at if turn.own_due_at else None
    outcome = ""
    if late is not None and (turn.ended_at or late >= timedelta(0)):
        outcome = "in_time" if late < timedelta(0) else "late"
    return {
        "title": title_of(case),
        "code": case.code,
        "url": reverse("desk:case", args=[case.pk]),
        "subject": case.subject,
        "unit": found.units[turn.unit_id].name,
        "post": found.posts[turn.post_id].name if turn.post_id in found.posts else "",
        "began_at": turn.began_at,
        "ended_at": turn.ended_at,
        "own_due_at": turn.own_due_at,
        "outcome": outcome,
        "late": days_text(max(1, -(-late // DAY))) if late is not None and outcome == "late" else "",
        "elapsed": days_text(-(-turn.elapsed // DAY)) if turn.elapsed is not None else "",
    }


@desk_view
@require_POST
def export(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """All rows of the list that this reader may read, as CSV or XLSX. The act comes before the first byte (rule 10)."""
    query = QueryDict(request.POST.get("address", "")[:2000])
    scope = scope_of(desk.reader, desk.now, query)
    behind = read_behind(scope, query)
    form = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    count = lists.count_readable(behind, scope.reader, scope.now)
    done = record_export(
        reader=desk.reader,
        form=form,
        filters="figures: "
        + "&".join(f"{key}={query[key]}" for key in sorted(query) if key != "after")[:400],
        count=f"{COUNT_TO}+" if count > COUNT_TO else str(count),
        now=clock.now(),
    )
    zone = ZoneInfo(scope.authority.zone)
    found = lists.every(behind, scope.reader, scope.now, ("case_id", *sheets.COLUMNS))
    rows = (row[1:] for row in marked(while_held(found, desk.reader), done, case_of=lambda row: row[0]))
    name = f"{behind.name}-{desk.now.astimezone(zone):%Y%m%d-%H%M}.{form}"
    if form == "xlsx":
        title = re.sub(r"[\\/*?:\[\]]", " ", str(TITLES[behind.name]))
        response: HttpResponseBase = FileResponse(
            sheets.xlsx_file(rows, zone, title), as_attachment=True, filename=name, content_type=XLSX
        )
    else:
        lines = in_language(sheets.csv_lines(rows, zone), translation.get_language())
        response = StreamingHttpResponse(
            lines,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    response["Cache-Control"] = "no-store"
    return response
