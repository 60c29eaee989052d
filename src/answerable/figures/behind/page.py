"""A page of things behind a number: newest first, going on from the last row of the page before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from answerable.figures.cursors import Cursor, parse

#: Rows on a page.
PAGE = 50


@dataclass(frozen=True)
class Thing:
    """A row: what it is, when, what else is said of it, and its own page ("" where that is not the reader's)."""

    name: str
    at: datetime | None = None
    cells: tuple[str, ...] = ()
    about: str = ""
    url: str = ""


@dataclass(frozen=True)
class Opened:
    """A page of the list. `total` is the number that was opened, `readable` how many of it are the reader's; `foot`
    what its columns come to, over all pages."""

    heads: tuple[Any, ...]
    rows: Sequence[Thing]
    total: int
    readable: int
    after: str = ""
    when: Any = ""
    foot: tuple[str, ...] = ()
    note: str = ""

    @property
    def lines(self) -> list[tuple[Thing, list[tuple[Any, str]]]]:
        """Each row with its cells under their heads."""
        return [(row, list(zip(self.heads, row.cells, strict=True))) for row in self.rows]

    @property
    def feet(self) -> list[tuple[Any, str]]:
        return list(zip(self.heads, self.foot, strict=True))


def newest(
    rows: QuerySet[Any], at: str, said: str, thing: Callable[[Any], Thing], key: Callable[[str], Any]
) -> tuple[list[Thing], str]:
    """A page of rows by their instant `at`, as things, and where the next page goes on ("" for nowhere). A cursor that
    nobody was given shows the first page."""
    after = parse(said, key)
    if after is not None:
        rows = rows.filter(after.older(at))
    found = list(rows.order_by(f"-{at}", "-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return [thing(one) for one in found[:PAGE]], str(Cursor(getattr(last, at), last.pk)) if last else ""


def by_place_in_row(rows: Sequence[Thing], said: str) -> tuple[list[Thing], str]:
    """The same of rows that are all at hand, in the order that they have."""
    start = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    page = rows[start : start + PAGE]
    return list(page), str(start + PAGE) if len(rows) > start + PAGE else ""
