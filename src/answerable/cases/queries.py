"""Work lists and search: fast at a million cases, and never a row that its reader may not see.

A list is a merge of index scans, one a unit (or a post): each gives its first rows in the order of the list
(`case_open_unit`, `case_open_handler`, `case_unit_newest`), so a page costs what it shows and not what there is.
Pages are found by keyset: `after` and `before` name the last row seen. Counting stops at 1001.

Search goes through the index of words within one's own units. A rare word (up to 1000 hits) is sorted exactly in
any order; a common one is found by walking the list itself and looking into each text, since hits come quickly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from answerable.cases.access import Reader
from answerable.cases.lists.order import segments, union
from answerable.cases.lists.sources import candidates, conditions, source_of
from answerable.cases.lists.wanted import COUNT_TO, NEWEST_FIRST, PAGE, Cursor, ListName, Wanted
from answerable.cases.models import Case
from answerable.core import search
from answerable.orgs.models import Place, Post, Subject, Unit

__all__ = [
    "COUNT_TO",
    "PAGE",
    "TITLE_CHARS",
    "Cursor",
    "ListName",
    "Listed",
    "Wanted",
    "count_listed",
    "every_listed",
    "listed",
    "tab_counts",
]

TITLE_CHARS = 90
# The columns that lists and exports show; a case has twice as many.
SHOWN = (
    *("code", "unit", "subject", "place", "handler_post", "charge_post", "leader_post", "lead"),
    *("state", "stage", "intake", "privacy", "received_at", "due_at", "decided_at", "ended_at"),
    *("is_danger_told", "is_lifted", "is_waiting", "is_draft_ready", "office_solved", "person_solved"),
)


@dataclass(frozen=True)
class Listed:
    """A page of a list. `found`: every case of the reader that holds the words that were searched for.

    None is for a list without words, and for words that more than a thousand cases hold (`is_common`).
    """

    rows: list[Case]
    has_more: bool
    first: Cursor | None
    last: Cursor | None
    found: list[UUID] | None = None
    is_common: bool = False


def _keys(
    wanted: Wanted,
    reader: Reader,
    now: datetime,
    *,
    found: list[UUID] | None,
    limit: int,
    cursor: Cursor | None,
    backward: bool,
) -> list[tuple[UUID, datetime | None]]:
    newest = wanted.name in NEWEST_FIRST
    at = "received_at" if newest else "due_at"
    source = source_of(wanted, reader, found)
    where, params = conditions(wanted, reader, now)
    keys: list[tuple[UUID, datetime | None]] = []
    for segment in segments(newest, at, cursor, backward):
        every = " AND ".join(filter(None, [where, segment.where, source.words]))
        each = [*params, *segment.params, *source.words_params]
        sql, values = union(source, every, each, at=at, order=segment.order, limit=limit - len(keys))
        with connection.cursor() as db:
            db.execute(sql, values)
            keys += db.fetchall()
        if len(keys) >= limit:
            break
    return keys


def _found(wanted: Wanted, reader: Reader) -> list[UUID] | None:
    """The hits of the words in `wanted`, looked for once a page; None as in `Listed.found`."""
    return candidates(wanted, reader) if wanted.words else None


def listed(
    wanted: Wanted,
    reader: Reader,
    now: datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    limit: int = PAGE,
) -> Listed:
    """A page of a list, in its order. `has_more`: rows follow it (with `before`: rows stand ahead of it)."""
    if wanted.words and not search.tsquery(wanted.words):
        return Listed([], False, None, None, found=[])
    backward, found = before is not None, _found(wanted, reader)
    keys = _keys(wanted, reader, now, found=found, limit=limit + 1, cursor=before or after, backward=backward)
    has_more = len(keys) > limit
    keys = keys[:limit]
    if backward:
        keys.reverse()
    rows = _rows([key for key, _ in keys])
    ends = [Cursor(at, key) for key, at in keys]
    first, last = (ends[0], ends[-1]) if ends else (None, None)
    return Listed(rows, has_more, first, last, found, is_common=bool(wanted.words) and found is None)


def _rows(ids: Sequence[UUID]) -> list[Case]:
    """The rows with what a list shows of them, in the order given. `title` and `opening` are short texts.

    Units, posts, subjects and places are few and shared by many rows: each is read once, not joined to every row.
    """
    found = Case.objects.filter(pk__in=ids).only(*SHOWN)
    rows = list(found.annotate(title=F("text__title"), opening=Substr("text__claim", 1, TITLE_CHARS)))
    for names, rest in (
        (("unit",), Unit.objects.select_related("authority")),
        (("subject",), Subject.objects.all()),
        (("place",), Place.objects.all()),
        (("handler_post", "charge_post", "leader_post"), Post.objects.all()),
        (("lead",), Case.objects.only("code")),
    ):
        _attach(rows, names, rest)
    by_id = {case.pk: case for case in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def _attach(rows: Sequence[Case], names: Sequence[str], found: QuerySet[Any]) -> None:
    """Set the rows' foreign keys `names` from one read of the table that they point to."""
    wanted = {getattr(row, f"{name}_id") for row in rows for name in names} - {None}
    by_id = found.in_bulk(wanted) if wanted else {}
    for row in rows:
        for name in names:
            setattr(row, name, by_id.get(getattr(row, f"{name}_id")))


def count_listed(wanted: Wanted, reader: Reader, now: datetime, page: Listed | None = None) -> int:
    """How many rows the list has, exact up to 1000; 1001 stands for more.

    A `page` of the same list spares looking for its words again.
    """
    if wanted.words and not search.tsquery(wanted.words):
        return 0
    found = page.found if page else _found(wanted, reader)
    if found is not None and wanted == Wanted(ListName.ALL, wanted.words, soon_before=wanted.soon_before):
        return min(len(found), COUNT_TO + 1)
    newest = wanted.name in NEWEST_FIRST
    source = source_of(wanted, reader, found)
    where, params = conditions(wanted, reader, now)
    every = " AND ".join(filter(None, [where, source.words]))
    each = [*params, *source.words_params]
    # The order costs nothing where the index has it, and keeps the planner on that index.
    at = "received_at" if newest else "due_at"
    order = f"c.{at} DESC, c.id DESC" if newest else f"c.{at} ASC NULLS LAST, c.id ASC"
    sql, values = union(source, every, each, at=at, order=order, limit=COUNT_TO + 1, is_ordered=False)
    with connection.cursor() as db:
        db.execute(f"SELECT count(*) FROM ({sql}) counted", values)  # noqa: S608 - `union` makes it of ours
        return int(db.fetchone()[0])


def every_listed(wanted: Wanted, reader: Reader, now: datetime, *, batch: int = 500) -> Iterator[Case]:
    """All rows of a list in its order, page by page: memory stays small however long it is."""
    after: Cursor | None = None
    while True:
        page = listed(wanted, reader, now, after=after, limit=batch)
        yield from page.rows
        if not page.has_more or page.last is None:
            return
        after = page.last


def tab_counts(
    wanted: Wanted, reader: Reader, now: datetime, names: Sequence[ListName]
) -> dict[ListName, int]:
    """The count of each list without further filters, each capped as in `count_listed`."""
    plain = Wanted(soon_before=wanted.soon_before)
    return {name: count_listed(replace(plain, name=name), reader, now) for name in names}
