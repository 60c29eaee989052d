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
from uuid import UUID

from django.db import connection
from django.db.models import Min

from answerable.cases.access import Reader
from answerable.cases.lists.order import segments, union
from answerable.cases.lists.sources import candidates, conditions, own_units, source_of
from answerable.cases.lists.wanted import COUNT_TO, NEWEST_FIRST, PAGE, Cursor, ListName, Wanted
from answerable.cases.models import Case, Deadline
from answerable.cases.naming import name_all
from answerable.core import search
from answerable.core.statements import prepared, written_out

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
    *("code", "authority", "unit", "subject", "place", "handler_post", "charge_post", "leader_post", "lead"),
    *("state", "stage", "intake", "privacy", "received_at", "due_at", "decided_at", "ended_at"),
    *("is_danger_told", "is_lifted", "is_waiting", "is_draft_ready", "office_solved", "person_solved"),
)


# In the model's own order, as `from_db` expects them.
_SHOWN = [field for field in Case._meta.concrete_fields if field.primary_key or field.name in SHOWN]
_FIELDS = [field.attname for field in _SHOWN]
_ROWS = f"""SELECT {", ".join(f"c.{field.column}" for field in _SHOWN)}, t.title, left(t.claim, %s)
    FROM cases_case c LEFT JOIN cases_text t ON t.case_id = c.id
    WHERE c.id = ANY(%s::uuid[])"""  # noqa: S608 - the model's own columns


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
        with prepared() as db:
            db.execute(*written_out(sql, values))
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

    Units, posts, subjects and places are few and shared by many rows: they are not joined to every row.
    """
    with prepared() as cursor:
        cursor.execute(_ROWS, [TITLE_CHARS, list(ids)])
        found = cursor.fetchall()
    rows = []
    for *values, title, opening in found:
        row = Case.from_db(connection.alias, _FIELDS, values)
        row.title, row.opening = title, opening  # type: ignore[attr-defined]
        rows.append(row)
    name_all(rows)
    leads = Case.objects.only("code").in_bulk({row.lead_id for row in rows} - {None})
    for row in rows:
        row.lead = leads.get(row.lead_id) if row.lead_id else None
    by_id = {case.pk: case for case in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def watching_dates(ids: Sequence[UUID], reader: Reader) -> dict[UUID, datetime]:
    """The date that a supervising clock gives the reader's own units in each of these cases, the nearest one."""
    rows = Deadline.objects.filter(
        case__in=ids, is_supervising=True, met_seq=None, voided_seq=None, unit__in=own_units(reader)
    )
    return {row["case"]: row["at"] for row in rows.values("case").annotate(at=Min("late_from")).order_by()}


def count_listed(wanted: Wanted, reader: Reader, now: datetime, page: Listed | None = None) -> int:
    """How many rows the list has, exact up to 1000; 1001 stands for more.

    A `page` of the same list spares looking for its words again.
    """
    if wanted.words and not search.tsquery(wanted.words):
        return 0
    found = page.found if page else _found(wanted, reader)
    if wanted.words and wanted == Wanted(ListName.ALL, wanted.words, soon_before=wanted.soon_before):
        # Without a filter the hits are the list, and too many hits to be kept are more than are counted.
        return min(len(found), COUNT_TO + 1) if found is not None else COUNT_TO + 1
    newest = wanted.name in NEWEST_FIRST
    source = source_of(wanted, reader, found)
    where, params = conditions(wanted, reader, now)
    every = " AND ".join(filter(None, [where, source.words]))
    each = [*params, *source.words_params]
    # The order costs nothing where the index has it, and keeps the planner on that index.
    at = "received_at" if newest else "due_at"
    order = f"c.{at} DESC, c.id DESC" if newest else f"c.{at} ASC NULLS LAST, c.id ASC"
    sql, values = union(source, every, each, at=at, order=order, limit=COUNT_TO + 1, is_ordered=False)
    with prepared() as db:
        db.execute(*written_out(f"SELECT count(*) FROM ({sql}) counted", values))  # noqa: S608 - `union` makes it of ours
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
