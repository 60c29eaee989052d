"""A page of a list: rows after a mark, by an instant and a key, so that new rows never shift the ones to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Query, Schema
from pydantic import Field

from answerable.api import cursors
from answerable.api.cursors import CursorWrong
from answerable.api.door import LetIn

Order = Annotated[
    Literal["newest", "oldest"],
    Query(
        description="oldest: go through everything once, keep the last `next`, and come back with it for what is new."
    ),
]
MarkIn = Annotated[
    str | None, Query(description="The `next` of the page before, with the same filters.", max_length=400)
]
Most = Annotated[int, Query(description="Rows a page.", ge=1, le=cursors.MOST)]


class PageOut(Schema):
    """`next` names the place after the last row; null where the list was empty from the start."""

    next: str | None = Field(description="Give it as `cursor` to go on; it can be kept.")
    has_more: bool = Field(description="Whether rows follow at this moment.")


@dataclass(frozen=True)
class Asked:
    """What page of which list somebody asked for; `filters` tell lists of one name apart."""

    let: LetIn
    name: str
    filters: tuple[str, ...]
    order: str
    cursor: str | None
    limit: int

    @property
    def is_newest(self) -> bool:
        return self.order == "newest"

    @property
    def _of(self) -> list[str]:
        return [str(self.let.client.pk), self.name, self.order, *self.filters]

    def place(self, length: int) -> list[Any] | None:
        """Where to go on from; None at the beginning. Raises CursorWrong."""
        return None if not self.cursor else cursors.read(self.cursor, of=self._of, length=length)

    def place_in_time(self) -> tuple[datetime, str] | None:
        place = self.place(2)
        return None if place is None else (cursors.instant_in(place[0]), str(place[1]))

    def page(
        self, rows: Sequence[Any], shown: Callable[[Any], Any], mark: Callable[[Any], list[Any]]
    ) -> dict[str, Any]:
        """The answer of up to `limit` rows; one more was asked for to know whether any follow."""
        kept = rows[: self.limit]
        following = cursors.written(mark(kept[-1]), of=self._of) if kept else self.cursor or None
        return {
            "items": [shown(row) for row in kept],
            "next": following,
            "has_more": len(rows) > self.limit,
        }


def rows_of(asked: Asked, rows: QuerySet[Any], *, at: str, key: str = "pk") -> list[Any]:
    """The rows after the mark, one more than the page has; by `at`, then by `key`."""
    place = asked.place_in_time()
    if place is not None:
        instant, pk = place
        side = "lt" if asked.is_newest else "gt"
        rows = rows.filter(
            Q(**{f"{at}__{side}e": instant}), Q(**{f"{at}__{side}": instant}) | Q(**{f"{key}__{side}": pk})
        )
    sign = "-" if asked.is_newest else ""
    return list(rows.order_by(f"{sign}{at}", f"{sign}{key}")[: asked.limit + 1])


def mark_of(at: datetime, key: UUID | int) -> list[Any]:
    return [cursors.instant_out(at), str(key)]


__all__ = ["Asked", "CursorWrong", "MarkIn", "Most", "Order", "PageOut", "mark_of", "rows_of"]
