"""Pages of a list with honest counts: counting stops at a ceiling and says "1000+"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PER_PAGE = 50
COUNT_TO = 1000


@dataclass(frozen=True)
class Page:
    """`rows` of page `number` (from 1). `total` is exact unless `is_capped`, then it is a floor."""

    rows: Sequence[Any]
    number: int
    per_page: int
    total: int
    is_capped: bool
    has_next: bool

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def count(self) -> str:
        return f"{self.total}+" if self.is_capped else str(self.total)

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def page_number(said: str | None) -> int:
    """A page number from an address; nonsense means the first page, and 10 000 is the last one asked for."""
    if said and said.isascii() and said.isdigit():
        return min(max(int(said[:6]), 1), 10_000)
    return 1


def page_of(
    rows: QuerySet[Any] | Sequence[Any], number: int, *, per_page: int = PER_PAGE, count_to: int = COUNT_TO
) -> Page:
    """One page of `rows` in two cheap queries: one row more than the page, and a count that stops early."""
    start = (number - 1) * per_page
    found = list(rows[start : start + per_page + 1])
    if isinstance(rows, QuerySet):
        counted = rows.order_by()[: count_to + 1].count()
    else:
        counted = len(rows)
    capped = isinstance(rows, QuerySet) and counted > count_to
    total = max(count_to if capped else counted, start + len(found[:per_page]) if found else 0)
    return Page(found[:per_page], number, per_page, total, capped, len(found) > per_page)
