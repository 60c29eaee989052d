"""Work lists and search: fast at a million cases, and never a row that its reader may not see.

A list is a merge of index scans, one a unit (or a post): each gives its first rows in the order of the list
(`case_open_unit`, `case_open_handler`, `case_unit_newest`), so a page costs what it shows and not what there is.
Pages are found by keyset: `after` and `before` name the last row seen. Counting stops at 1001.

Search goes through the index of words within one's own units. A rare word (up to 1000 hits) is sorted exactly in
any order; a common one is found by walking the list itself and looking into each text, since hits come quickly.
"""

# ruff: noqa: S608 - every fragment below is ours; what comes from outside is a parameter.

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from answerable.cases.access import Reader
from answerable.cases.models import Case
from answerable.cases.rules import WORKING
from answerable.core import search
from answerable.orgs.models import Place, Post, Subject, Unit

PAGE = 50
COUNT_TO = 1000
TITLE_CHARS = 90
# The columns that lists and exports show; a case has twice as many.
SHOWN = (
    *("code", "unit", "subject", "place", "handler_post", "charge_post", "leader_post", "lead"),
    *("state", "stage", "intake", "privacy", "received_at", "due_at", "decided_at", "ended_at"),
    *("is_danger_told", "is_lifted", "is_waiting", "is_draft_ready", "office_solved", "person_solved"),
)
# Up to so many units the index of words itself keeps a search within them; above, merging their long lists of
# rows costs more than looking at each hit's unit.
UNIT_TOKENS = 12


class ListName(StrEnum):
    """Which list: each is a source of rows and an order."""

    MINE = "mine"
    UNIT = "unit"
    UNASSIGNED = "unassigned"
    SIGN = "sign"
    SOON = "soon"
    LATE = "late"
    WAITING = "waiting"
    SUPERVISED = "supervised"
    DECIDED = "decided"
    ENDED = "ended"
    ALL = "all"


NEWEST_FIRST = frozenset({ListName.ENDED, ListName.ALL})


@dataclass(frozen=True)
class Wanted:
    """What is to be listed. Empty values do not filter; all others must hold together.

    `due_from` is the first instant and `due_before` the first one too late; `soon_before` bounds "due soon".
    `handler`: a post's id, or 0 for cases that nobody has.
    """

    name: ListName = ListName.MINE
    words: str = ""
    subjects: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    state: str = ""
    stage: str = ""
    intake: str = ""
    privacy: str = ""
    handler: int | None = None
    is_lifted: bool = False
    due_from: datetime | None = None
    due_before: datetime | None = None
    soon_before: datetime | None = None


@dataclass(frozen=True)
class Cursor:
    """A row of a list by its place in the order: the instant it is sorted by (None sorts last) and its id."""

    at: datetime | None
    id: UUID

    def __str__(self) -> str:
        at = "n" if self.at is None else str(round(self.at.timestamp() * 1_000_000))
        return f"{at}-{self.id.hex}"

    @classmethod
    def parse(cls, said: str) -> Cursor | None:
        """The cursor in an address; nonsense is None, and the list begins at its beginning."""
        match = re.fullmatch(r"(n|-?\d{1,17})-([0-9a-f]{32})", said or "")
        if match is None:
            return None
        micros = None if match[1] == "n" else int(match[1])
        at = None if micros is None else datetime.fromtimestamp(micros // 1_000_000, UTC)
        return cls(at and at.replace(microsecond=(micros or 0) % 1_000_000), UUID(match[2]))


@dataclass(frozen=True)
class Listed:
    """A page of a list. `count` is None where counting would cost more than it says."""

    rows: list[Case]
    has_more: bool
    first: Cursor | None
    last: Cursor | None


@dataclass(frozen=True)
class _Source:
    """Where rows come from: parts of a UNION, each with a place for further conditions, order and limit."""

    parts: tuple[str, ...]
    params: tuple[Any, ...]
    words: str = ""
    words_params: tuple[Any, ...] = ()


# Kept from this reader whatever posts they hold: evaluated once a statement, as a hashed list of ids.
_HIDDEN = """c.id NOT IN (
    SELECT case_id FROM cases_accused WHERE staff_id = %s OR unit_id = ANY(%s)
    UNION ALL SELECT case_id FROM cases_stepped_aside WHERE staff_id = %s)"""

_BY_KEY = """SELECT x.id, x.at FROM unnest(%s::bigint[]) AS s(k) CROSS JOIN LATERAL (
    SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.{key} = s.k AND {where} ORDER BY {order} LIMIT {limit}) x"""
_BY_CHARGE = """SELECT c.id, c.{at} AS at FROM cases_case c
    WHERE c.charge_post_id = ANY(%s) AND (c.unit_id = ANY(%s) OR EXISTS (SELECT FROM cases_involvement i
        WHERE i.case_id = c.id AND i.unit_id = ANY(%s))) AND {where} ORDER BY {order} LIMIT {limit}"""
_SUPERVISED = """SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.id IN (
    SELECT case_id FROM cases_involvement WHERE unit_id = ANY(%s) AND capacity = 'supervises')
    AND EXISTS (SELECT FROM cases_deadline d WHERE d.case_id = c.id AND d.is_supervising
        AND d.met_seq IS NULL AND d.voided_seq IS NULL AND d.unit_id = ANY(%s))
    AND {where} ORDER BY {order} LIMIT {limit}"""
_INVOLVED = """SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.id IN (
    SELECT case_id FROM cases_involvement WHERE unit_id = ANY(%s)) AND {where} ORDER BY {order} LIMIT {limit}"""
_BY_IDS = """SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.id = ANY(%s::uuid[])
    AND {where} ORDER BY {order} LIMIT {limit}"""


def _hidden_params(reader: Reader) -> list[Any]:
    return [reader.staff.pk, list(reader.member_unit_ids), reader.staff.pk]


def own_units(reader: Reader) -> list[int]:
    """The units in which they hold a post that reads cases (not those below)."""
    return sorted({post.unit_id for post in reader.posts if post.unit_id in reader.unit_ids})


def _conditions(wanted: Wanted, reader: Reader, now: datetime) -> tuple[str, list[Any]]:
    """The WHERE of every row, with its parameters, in a fixed order."""
    where, params = [_HIDDEN], _hidden_params(reader)

    def add(sql: str, *values: Any) -> None:
        where.append(sql)
        params.extend(values)

    name = wanted.name
    if name is ListName.ENDED:
        add("c.ended_at IS NOT NULL")
    elif name is not ListName.ALL:
        add("c.ended_at IS NULL")
    if name in (ListName.UNASSIGNED, ListName.SIGN, ListName.MINE, ListName.SOON, ListName.LATE):
        add("c.state = ANY(%s)", sorted(WORKING))
    if name is ListName.UNASSIGNED:
        add("c.handler_post_id IS NULL AND c.charge_post_id IS NULL")
    if name is ListName.SIGN:
        add("c.is_draft_ready")
    if name is ListName.WAITING:
        add("c.is_waiting")
    if name is ListName.DECIDED:
        add("c.state = 'decided'")
    if name is ListName.SOON:
        add("c.due_at > %s AND c.due_at < %s", now, wanted.soon_before or now)
    if name is ListName.LATE:
        add("c.due_at <= %s", now)
    for column, ids in (
        ("subject_id", wanted.subjects),
        ("place_id", wanted.places),
        ("unit_id", wanted.units),
    ):
        if ids:
            add(f"c.{column} = ANY(%s)", list(ids))
    for column, value in (
        ("state", wanted.state),
        ("stage", wanted.stage),
        ("intake", wanted.intake),
        ("privacy", wanted.privacy),
    ):
        if value:
            add(f"c.{column} = %s", value)
    if wanted.handler == 0:
        add("c.handler_post_id IS NULL")
    elif wanted.handler is not None:
        add("c.handler_post_id = %s", wanted.handler)
    if wanted.is_lifted:
        add("c.is_lifted")
    if wanted.due_from is not None:
        add("c.due_at >= %s", wanted.due_from)
    if wanted.due_before is not None:
        add("c.due_at < %s", wanted.due_before)
    return " AND ".join(where), params


def _units_of(wanted: Wanted, reader: Reader) -> list[int]:
    """The reader's units, narrowed where a filter names some: then the others are not even looked at."""
    return [unit for unit in reader.unit_ids if not wanted.units or unit in wanted.units]


def _source(wanted: Wanted, reader: Reader, now: datetime) -> _Source:
    """The parts of the list's UNION; with words, the candidates themselves where they are few enough."""
    posts = [post.pk for post in reader.posts if post.unit_id in reader.unit_ids]
    units, own = _units_of(wanted, reader), own_units(reader)
    if wanted.words:
        query = search.within_units(wanted.words, list(reader.unit_ids))
        found = _candidates(wanted, reader) if query else []
        if found is not None:
            if wanted.name is ListName.SUPERVISED:
                return _Source((_SUPERVISED,), (own, own), *_text_test(wanted.words))
            if wanted.name is ListName.MINE:
                wanted_ids = "(c.handler_post_id = ANY(%s) OR c.charge_post_id = ANY(%s)) AND {where}"
                return _Source((_BY_IDS.replace("{where}", wanted_ids),), (found, posts, posts))
            if wanted.name is ListName.ALL:
                return _Source((_BY_IDS,), (found,))
            return _Source((_BY_IDS.replace("{where}", "c.unit_id = ANY(%s) AND {where}"),), (found, units))
    test = _text_test(wanted.words) if wanted.words else ("", ())
    if wanted.name is ListName.MINE:
        parts = (_BY_KEY.replace("{key}", "handler_post_id"), _BY_CHARGE)
        return _Source(parts, (posts, posts, list(reader.unit_ids), list(reader.unit_ids)), *test)
    if wanted.name is ListName.SUPERVISED:
        return _Source((_SUPERVISED,), (own, own), *test)
    by_unit = _BY_KEY.replace("{key}", "unit_id")
    if wanted.name is ListName.ALL:
        return _Source((by_unit, _INVOLVED), (units, own), *test)
    return _Source((by_unit,), (units,), *test)


def _phrases(words: str) -> list[str]:
    """Chinese runs of three characters and more: their windows may lie apart, so they are compared whole."""
    runs = re.findall(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{3,}", unicodedata.normalize("NFC", words))
    return list(dict.fromkeys(runs))


_WHOLE = " AND position(%s IN concat_ws(' ', t.title, t.claim, t.wants, t.place_text)) > 0"


def _text_test(words: str) -> tuple[str, tuple[Any, ...]]:
    """A condition on a row `c`: its text holds all the words.

    A scalar subquery, not EXISTS: the planner thinks words independent of each other, expects next to nothing of
    four common ones, and would fetch every text that holds them before it looks at the list.
    """
    phrases = _phrases(words)
    whole = _WHOLE * len(phrases)
    sql = f"(SELECT t.tsv @@ %s::tsquery{whole} FROM cases_text t WHERE t.case_id = c.id)"
    return sql, (search.tsquery(words) or "''", *phrases)


def _candidates(wanted: Wanted, reader: Reader) -> list[UUID] | None:
    """Every case of the reader that holds the words; None where there are more than a thousand.

    Those that the reader's units are only involved with have another unit's token: they are tested one by one.
    """
    phrases = _phrases(wanted.words)
    hidden = _HIDDEN.replace("c.id", "t.case_id")
    whole, limit = _WHOLE * len(phrases), COUNT_TO + 1
    query, units, units_params = search.tsquery(wanted.words), "", []
    if len(reader.unit_ids) <= UNIT_TOKENS:
        query = search.within_units(wanted.words, list(reader.unit_ids))
    else:
        units = " AND (SELECT u.unit_id = ANY(%s) FROM cases_case u WHERE u.id = t.case_id)"
        units_params = [list(reader.unit_ids)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.case_id FROM cases_text t WHERE t.tsv @@ %s::tsquery{whole} AND {hidden}{units} LIMIT {limit}",
            [query, *phrases, *_hidden_params(reader), *units_params],
        )
        found = [row[0] for row in cursor.fetchall()]
        if len(found) >= limit:
            return None
        if wanted.name in (ListName.ALL, ListName.SUPERVISED):
            cursor.execute(
                "SELECT t.case_id FROM cases_involvement i JOIN cases_text t ON t.case_id = i.case_id "
                f"WHERE i.unit_id = ANY(%s) AND t.tsv @@ %s::tsquery{whole} AND {hidden} LIMIT {limit}",
                [own_units(reader), search.tsquery(wanted.words), *phrases, *_hidden_params(reader)],
            )
            found += [row[0] for row in cursor.fetchall()]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class _Segment:
    """A stretch of the list's order that one index scan gives: a condition and a direction."""

    where: str
    params: tuple[Any, ...]
    order: str


def _segments(newest: bool, at: str, cursor: Cursor | None, backward: bool) -> list[_Segment]:
    """The stretches to read from a cursor on. Rows without a date stand last when sorted by date."""
    if newest:
        order = f"c.{at} ASC, c.id ASC" if backward else f"c.{at} DESC, c.id DESC"
        if cursor is None or cursor.at is None:
            return [_Segment("TRUE", (), order)]
        sign = ">" if backward else "<"
        return [_Segment(f"(c.{at}, c.id) {sign} (%s, %s)", (cursor.at, cursor.id), order)]
    up, down = f"c.{at} ASC NULLS LAST, c.id ASC", f"c.{at} DESC NULLS FIRST, c.id DESC"
    order = down if backward else up
    if cursor is None:
        return [_Segment("TRUE", (), order)]
    sign = "<" if backward else ">"
    if cursor.at is None:
        undated = _Segment(f"c.{at} IS NULL AND c.id {sign} %s", (cursor.id,), order)
        return [undated, _Segment(f"c.{at} IS NOT NULL", (), order)] if backward else [undated]
    dated = _Segment(f"(c.{at}, c.id) {sign} (%s, %s)", (cursor.at, cursor.id), order)
    return [dated] if backward else [dated, _Segment(f"c.{at} IS NULL", (), order)]


def _keys(
    wanted: Wanted, reader: Reader, now: datetime, *, limit: int, cursor: Cursor | None, backward: bool
) -> list[tuple[UUID, datetime | None]]:
    newest = wanted.name in NEWEST_FIRST
    at = "received_at" if newest else "due_at"
    source = _source(wanted, reader, now)
    where, params = _conditions(wanted, reader, now)
    found: list[tuple[UUID, datetime | None]] = []
    for segment in _segments(newest, at, cursor, backward):
        conditions = " AND ".join(filter(None, [where, segment.where, source.words]))
        each = [*params, *segment.params, *source.words_params]
        sql, values = _union(source, conditions, each, at=at, order=segment.order, limit=limit - len(found))
        with connection.cursor() as db:
            db.execute(sql, values)
            found += db.fetchall()
        if len(found) >= limit:
            break
    return found


def _union(
    source: _Source,
    conditions: str,
    each: list[Any],
    *,
    at: str,
    order: str,
    limit: int,
    is_ordered: bool = True,
) -> tuple[str, list[Any]]:
    """The statement of one stretch. Each part takes its own parameters first, then those of the conditions.

    A count has no order outside its parts: then it stops at its limit before it has looked into every unit.
    """
    own = list(source.params)
    sql, values = [], []
    for part in source.parts:
        head = part[: part.index("{where}")].count("%s")
        values += own[:head] + each
        own = own[head:]
        sql.append("(" + part.format(at=at, where=conditions, order=order, limit=limit) + ")")
    joined = " UNION ".join(sql)
    if not is_ordered:
        return f"SELECT id FROM ({joined}) found LIMIT {limit}", values
    outer = order.replace(f"c.{at}", "at").replace("c.id", "id")
    return f"SELECT id, at FROM ({joined}) found ORDER BY {outer} LIMIT {limit}", values


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
        return Listed([], False, None, None)
    backward = before is not None
    keys = _keys(wanted, reader, now, limit=limit + 1, cursor=before or after, backward=backward)
    has_more = len(keys) > limit
    keys = keys[:limit]
    if backward:
        keys.reverse()
    rows = _rows([key for key, _ in keys])
    ends = [Cursor(at, key) for key, at in keys]
    return Listed(rows, has_more, ends[0] if ends else None, ends[-1] if ends else None)


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


def count_listed(wanted: Wanted, reader: Reader, now: datetime) -> int:
    """How many rows the list has, exact up to 1000; 1001 stands for more."""
    if wanted.words and not search.tsquery(wanted.words):
        return 0
    newest = wanted.name in NEWEST_FIRST
    source = _source(wanted, reader, now)
    where, params = _conditions(wanted, reader, now)
    conditions = " AND ".join(filter(None, [where, source.words]))
    each = [*params, *source.words_params]
    # The order costs nothing where the index has it, and keeps the planner on that index.
    at = "received_at" if newest else "due_at"
    order = f"c.{at} DESC, c.id DESC" if newest else f"c.{at} ASC NULLS LAST, c.id ASC"
    sql, values = _union(source, conditions, each, at=at, order=order, limit=COUNT_TO + 1, is_ordered=False)
    with connection.cursor() as db:
        db.execute(f"SELECT count(*) FROM ({sql}) counted", values)
        return int(db.fetchone()[0])


def is_common(wanted: Wanted, reader: Reader) -> bool:
    """Whether more than a thousand cases of the reader hold the words: then nothing more is counted."""
    return bool(wanted.words) and bool(search.tsquery(wanted.words)) and _candidates(wanted, reader) is None


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
