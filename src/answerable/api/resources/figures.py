"""GET /api/v1/figures: what the office has published of its figures, frozen, small cells suppressed. Nothing else.

The same numbers that everybody has at /figures/: with a key they come one a line, and asked for again by a tag.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Path, Router, Schema

from answerable.api.door import Key, let_in
from answerable.api.schemas import EditionOut, EditionWholeOut, RejectedOut
from answerable.api.scopes import Scope
from answerable.figures.published import files, queries
from answerable.figures.published.models import Edition

router = Router(tags=["figures"])
Period = Annotated[
    str, Path(pattern=r"^[12][0-9]{3}(-(0[1-9]|1[0-2]))?$", description="A month (2026-03) or a year (2026).")
]


class EditionsOut(Schema):
    items: list[EditionOut]


@router.get(
    "/figures",
    auth=Key(Scope.FIGURES_READ),
    response={200: EditionsOut, frozenset({401, 403, 422, 429, 503}): RejectedOut},
    summary="The months and years that the office has published",
    operation_id="list_figures",
)
def get_editions(request: HttpRequest) -> dict[str, Any]:
    """The newest edition of each; earlier ones stay where they were published."""
    rows = queries.newest_editions(let_in(request).client.authority)
    return {"items": [_edition(row) for row in rows]}


def _edition(row: Edition) -> dict[str, Any]:
    at = [row.content["body"]["code"], row.period, row.number]
    return {
        "period": row.period,
        "edition": row.number,
        "released_at": row.released_at,
        "sha256": bytes(row.sha256).hex(),
        "licence": row.content["licence"]["name"],
        "url": settings.BASE_URL + reverse("published:numbered", args=at),
    }


@router.get(
    "/figures/{period}",
    auth=Key(Scope.FIGURES_READ),
    response={200: EditionWholeOut, frozenset({401, 403, 404, 422, 429, 503}): RejectedOut},
    summary="One month or year, one number a line",
    operation_id="get_figures",
)
def get_figures(request: HttpRequest, period: Period) -> dict[str, Any]:
    """Every number is nothing or at least five; rows that are too small stand together in one line, with + between
    their codes. What the columns and measures mean is in the dictionary at /figures/."""
    row = queries.released(let_in(request).client.authority, period)
    if row is None:
        raise Http404
    names = [name for name, _kind, _means in files.COLUMNS]
    return _edition(row) | {
        "figures": [dict(zip(names, line, strict=True)) for line in files.lines(row.content)]
    }
