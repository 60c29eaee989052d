"""Work lists and search: fast at a million cases, and never a row that its reader may not see.

A list is a merge of index scans, one a unit (or a post): each gives its first rows in the order of the list
(`case_open_unit`, `case_open_handler`, `case_unit_newest`), so a page costs what it shows and not what there is.
Pages are found by keyset: `after` and `before` name the last row seen. Counting stops at 1001.

Search goes through the index of words within one's own units, from its newest stretch of days on, until 1001 hits are
there (501 where the list is by receipt). A rare word's hits are sorted exactly in any order. Of a common one, the hits of the stretches looked through are
the page where the list is by receipt; where they are too many, or the order is another, the list itself is walked and
each text looked into, since hits come quickly then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Min

from answerable.cases.access import Reader
from answerable.cases.lists.hidden import KEPT, hidden_params, own_units
from answerable.cases.lists.order import segments, union
from answerable.cases.lists.sources import conditions, source_of
from answerable.cases.lists.wanted import COUNT_TO, FOUND_TO, NEWEST_FIRST, PAGE, Cursor, ListName, Wanted
from answerable.cases.lists.words import Hits, involved, look
from answerable.cases.models import Case, Deadline
from answerable.cases.naming import name_all
from answerable.core import search
from answerable.core.statements import loaded, prepared, written_out

__all__ = [
    "COUNT_TO",
    "FOUND_TO",
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
#: So many hits of a common word are looked for at a page that is not the first: enough for whole stretches.
LOOKED_FOR = 8 * PAGE
# The columns that lists and exports show; a case has twice as many.
SHOWN = (
    *("code", "authority", "unit", "subject", "place", "handler_post", "charge_post", "leader_post", "lead"),
    *("state", "stage", "intake", "privacy", "received_at", "due_at", "decided_at", "ended_at"),
    *("is_danger_told", "is_lifted", "is_waiting", "is_draft_ready", "office_solved", "person_solved"),
)


# In the model's own order, as `from_db` expects them.
_SHOWN = [field for field in Case._meta.concrete_fields if field.primary_key or field.name in SHOWN]
_FIELDS = [field.attname for field in _SHOWN]
# Units, posts, subjects and places are few and shared by many rows: they are not joined to every row.
_ROWS = f"""SELECT {", ".join(f"c.{field.column}" for field in _SHOWN)}, t.title, left(t.claim, {TITLE_CHARS})
    FROM ({{keys}}) k JOIN cases_case c ON c.id = k.id LEFT JOIN cases_text t ON t.case_id = c.id
    ORDER BY {{order}}"""  # noqa: S608 - the model's own columns


@dataclass(frozen=True)
class Listed:
    """A page of a list. `found`: every case of the reader that holds the words that were searched for.

    None is for a list without words, for words that more cases hold than are looked for (`is_common`), and for a list
    so short that each of its texts is looked into.
    """

    rows: list[Case]
    has_more: bool
    first: Cursor | None
    last: Cursor | None
    found: Hits | None = None
    is_common: bool = False


def _rows(
    wanted: Wanted,
    reader: Reader,
    now: datetime,
    *,
    found: Hits | None,
    limit: int,
    cursor: Cursor | None,
    backward: bool,
    reach: datetime | None = None,
) -> list[Any]:
    """The rows of a page as the database gives them: the columns in `SHOWN`, title, how the words begin."""
    newest = wanted.name in NEWEST_FIRST
    at = "received_at" if newest else "due_at"
    source = source_of(wanted, reader, found)
    where, params = conditions(wanted, now)
    if reach is not None:
        where, params = f"{where} AND c.received_at {'<' if backward else '>='} %s", [*params, reach]
    rows: list[Any] = []
    for segment in segments(newest, at, cursor, backward):
        every = " AND ".join(filter(None, [where, segment.where, source.words]))
        each = [*params, *segment.params, *source.words_params]
        sql, values = union(source, every, each, at=at, order=segment.order, limit=limit - len(rows))
        with prepared() as db:
            page = KEPT + _ROWS.format(keys=sql, order=segment.order)
            db.execute(*written_out(page, [*hidden_params(reader), *values]))
            rows += db.fetchall()
        if len(rows) >= limit:
            break
    return rows


@dataclass(frozen=True)
class _Found:
    """What the index says of the words, asked once a page.

    `own`: the hits in the reader's units, every one or the newest of too many (then it has a `reach`). `others`: those
    among other units' cases that theirs are involved with; None where they are too many. Both None: not asked.
    """

    own: Hits | None = None
    others: Hits | None = None

    @property
    def every(self) -> Hits | None:
        """All hits, where they are not too many."""
        if self.own is None or self.others is None or self.own.reach is not None:
            return None
        return self.own + self.others


def _found(wanted: Wanted, reader: Reader, to: int) -> _Found:
    if not wanted.words or wanted.name is ListName.SUPERVISED:
        return _Found()
    others = involved(wanted, reader) if wanted.name is ListName.ALL else Hits()
    return _Found(look(wanted, reader, limit=to + 1), others)


def _rows_of_found(
    wanted: Wanted,
    reader: Reader,
    now: datetime,
    found: _Found,
    *,
    limit: int,
    cursor: Cursor | None,
    backward: bool,
) -> list[Any]:
    """A page of hits. A common word's are those of the stretches at its place, where they hold a whole page."""
    rows_of = partial(_rows, wanted, reader, now, limit=limit, cursor=cursor, backward=backward)
    own, others = found.own, found.others
    if own is None or others is None or (own.reach is not None and wanted.name not in NEWEST_FIRST):
        return rows_of(found=None)
    after = None if cursor is None else cursor.id
    if own.reach is not None and cursor is not None:
        enough = max(LOOKED_FOR, 2 * limit)
        own, after = look(wanted, reader, cursor=cursor, forwards=backward, limit=enough), None
    if _is_plain(wanted) and not others.count and (after is None or not backward):
        # They stand in the list's order, and nothing else is asked of them.
        first = own.first(limit, after=after)
        rows = rows_of(found=first, reach=own.reach)
        if len(rows) == limit or (own.reach is None and first.count < limit):
            return rows
    rows = rows_of(found=own + others, reach=own.reach)
    return rows if own.reach is None or len(rows) == limit else rows_of(found=None)


def _is_plain(wanted: Wanted) -> bool:
    """Whether nothing but its words is asked of a case."""
    return wanted == Wanted(ListName.ALL, wanted.words, soon_before=wanted.soon_before)


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
        return Listed([], False, None, None, found=Hits())
    newest, backward = wanted.name in NEWEST_FIRST, before is not None
    found = _found(wanted, reader, FOUND_TO if newest else COUNT_TO)
    cursor = before or after
    read = _rows_of_found(wanted, reader, now, found, limit=limit + 1, cursor=cursor, backward=backward)
    has_more = len(read) > limit
    read = read[:limit]
    if backward:
        read.reverse()
    rows = _cases(read)
    at = "received_at" if newest else "due_at"
    ends = [Cursor(getattr(row, at), row.pk) for row in (rows[:1] + rows[-1:])]
    first, last = (ends[0], ends[-1]) if ends else (None, None)
    every = found.every
    return Listed(rows, has_more, first, last, every, is_common=found.own is not None and every is None)


def _cases(read: list[Any]) -> list[Case]:
    """The rows with what a list shows of them. `title` and `opening` are short texts."""
    rows = []
    for *values, title, opening in read:
        row = loaded(Case, _FIELDS, values)
        row.title, row.opening = title, opening  # type: ignore[attr-defined]
        rows.append(row)
    name_all(rows)
    joined = [row for row in rows if row.lead_id]
    leads = Case.objects.only("code").in_bulk({row.lead_id for row in joined}) if joined else {}
    for row in joined:
        row.lead = leads.get(row.lead_id)
    return rows


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
    found = page.found if page and not page.is_common else _found(wanted, reader, COUNT_TO).every
    if wanted.words and _is_plain(wanted):
        # Without a filter the hits are the list, and too many hits to be kept are more than are counted.
        return min(found.count, COUNT_TO + 1) if found is not None else COUNT_TO + 1
    newest = wanted.name in NEWEST_FIRST
    source = source_of(wanted, reader, found)
    where, params = conditions(wanted, now)
    every = " AND ".join(filter(None, [where, source.words]))
    each = [*params, *source.words_params]
    # The order costs nothing where the index has it, and keeps the planner on that index.
    at = "received_at" if newest else "due_at"
    order = f"c.{at} DESC, c.id DESC" if newest else f"c.{at} ASC NULLS LAST, c.id ASC"
    sql, values = union(source, every, each, at=at, order=order, limit=COUNT_TO + 1, is_ordered=False)
    with prepared() as db:
        counting = f"{KEPT} SELECT count(*) FROM ({sql}) counted"  # noqa: S608 - `union` makes it of ours
        db.execute(*written_out(counting, [*hidden_params(reader), *values]))
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
