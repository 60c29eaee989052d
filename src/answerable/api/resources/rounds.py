"""GET /api/v1/rounds and /findings: what is looked at, whether in time, and whether what was found is mended.

Places and things, posts and days. What was answered, written or photographed stays with the office, and so do rounds on
open matters, which look at what people brought (rights, rule 11).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from answerable.api.door import Key, LetIn, let_in
from answerable.api.paging import Asked, MarkIn, Most, Order, PageOut, mark_of, rows_of
from answerable.api.schemas import FindingOut, RejectedOut, RoundOut
from answerable.api.scopes import Scope
from answerable.readiness.rounds.models import Finding, Round

router = Router(tags=["rounds"])
REFUSED = {frozenset({400, 401, 403, 422, 429, 503}): RejectedOut}


class RoundsOut(PageOut):
    items: list[RoundOut]


@router.get(
    "/rounds",
    auth=Key(Scope.ROUNDS_READ),
    response={200: RoundsOut, **REFUSED},
    summary="Rounds that are due, done or missed",
    operation_id="list_rounds",
)
def get_rounds(
    request: HttpRequest,
    which: Annotated[Literal["all", "due", "done", "missed"], Query()] = "all",
    cursor: MarkIn = None,
    limit: Most = 50,
    order: Order = "newest",
) -> dict[str, Any]:
    """By the instant at which they are due: what was looked at, by which post, and how much was found."""
    let = let_in(request)
    asked = Asked(let, "rounds", (which,), order, cursor, limit)
    rows = _of_things(Round.objects.filter(authority=let.client.authority_id), let)
    rows = rows.select_related("plan", "place", "item", "unit", "post").exclude(state=Round.State.DROPPED)
    if which != "all":
        rows = rows.filter(state=which)
    return asked.page(rows_of(asked, rows, at="due_at"), _round, lambda row: mark_of(row.due_at, row.pk))


def _of_things(rows: Any, let: LetIn) -> Any:
    """Rounds on open matters have neither place nor thing: they are desk reviews, and stay inside."""
    return rows.filter(unit__in=let.unit_ids).exclude(place=None, item=None)


def _round(row: Round) -> dict[str, Any]:
    return {
        "id": row.pk,
        "plan": row.plan.name,
        "place": row.place.code if row.place else None,
        "thing": row.item.name if row.item else None,
        "unit": {"code": row.unit.code, "name": row.unit.name},
        "post": {"code": row.post.code, "name": row.post.name},
        "state": row.state,
        "due_at": row.due_at,
        "late_at": row.late_at,
        "done_at": row.done_at,
        "in_period": row.in_period,
        "findings": row.findings_count,
    }


class FindingsOut(PageOut):
    items: list[FindingOut]


@router.get(
    "/findings",
    auth=Key(Scope.ROUNDS_READ),
    response={200: FindingsOut, **REFUSED},
    summary="What rounds have found, until it is mended and checked",
    operation_id="list_findings",
)
def get_findings(
    request: HttpRequest,
    which: Annotated[Literal["all", "open", "mended", "closed"], Query()] = "all",
    cursor: MarkIn = None,
    limit: Most = 50,
    order: Order = "newest",
) -> dict[str, Any]:
    """By the instant at which they were found. `closed`: somebody else has seen that it is mended."""
    let = let_in(request)
    asked = Asked(let, "findings", (which,), order, cursor, limit)
    rows = _of_things(Finding.objects.filter(authority=let.client.authority_id), let)
    rows = rows.select_related("place", "item", "unit", "post")
    if which != "all":
        rows = rows.filter(state=which)
    return asked.page(
        rows_of(asked, rows, at="found_at"), _finding, lambda row: mark_of(row.found_at, row.pk)
    )


def _finding(row: Finding) -> dict[str, Any]:
    return {
        "id": row.pk,
        "round": row.round_id,
        "what": row.name,
        "place": row.place.code if row.place else None,
        "thing": row.item.name if row.item else None,
        "unit": {"code": row.unit.code, "name": row.unit.name},
        "post": {"code": row.post.code, "name": row.post.name},
        "severity": row.severity,
        "state": row.state,
        "times": row.times,
        "found_at": row.found_at,
        "due_on": row.due_on,
        "first_due_on": row.first_day,
        "postponed": row.postponed,
        "late_at": row.late_at,
        "mended_at": row.mended_at,
        "check_on": row.check_on,
        "checked_at": row.checked_at,
    }
