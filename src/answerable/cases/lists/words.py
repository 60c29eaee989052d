"""Which cases hold the words: the index is looked through from its newest stretch on, until enough are found.

A stretch is some days of receipt (`core.search`), so a word that every third text holds costs the few stretches that
hold enough of it, and a rare one a probe for each.
"""

# ruff: noqa: S608 - every fragment below is ours; what comes from outside is a parameter.

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.cases.access import Reader
from answerable.cases.lists.hidden import HIDDEN, KEPT, hidden_params, own_units
from answerable.cases.lists.wanted import COUNT_TO, Cursor, Wanted
from answerable.core import search
from answerable.core.statements import prepared, written_out
from answerable.orgs.standing import standing

# Up to so many units the index of words itself keeps a search within them; above, merging their long lists of
# rows costs more than looking at each hit's unit.
UNIT_TOKENS = 12

# The stretches between the first and the last receipt of the units, in the list's order; of each what it holds. Each
# is looked into when the ones before it have not given enough, for a nested loop asks for its next row as it needs it.
# OFFSET 0 keeps the planner from turning that loop round: from the texts to the stretches, the limit would cut off hits
# of the newest ones, and matters would be missing from a list.
_LOOK = """SELECT n, count(*), string_agg(case_id::text, ',' ORDER BY received_at {way}, case_id {way})
    FROM (SELECT x.case_id, x.received_at, s.n FROM (
        SELECT answerable_stretch(min(low.at)) AS first, answerable_stretch(max(high.at)) AS last
        FROM unnest(%s::bigint[]) AS u(id)
        CROSS JOIN LATERAL (SELECT received_at AS at FROM cases_case WHERE unit_id = u.id
            ORDER BY received_at, id LIMIT 1) low
        CROSS JOIN LATERAL (SELECT received_at AS at FROM cases_case WHERE unit_id = u.id
            ORDER BY received_at DESC, id DESC LIMIT 1) high) ends
    CROSS JOIN LATERAL generate_series({series}) AS s(n)
    CROSS JOIN LATERAL (SELECT t.case_id, t.received_at FROM cases_text t
        WHERE answerable_search_index(t.received_at, t.tsv) @@ replace(%s, '~', s.n::text)::tsquery
            AND {where} OFFSET 0) x
    LIMIT {limit}) found GROUP BY n"""
# Characters of an id, with the comma behind it.
_ID = 37
_BACK = "least(ends.last, {from_}), ends.first, -1"
_ON = "greatest(ends.first, {from_}), ends.last"


@dataclass(frozen=True)
class Hits:
    """Cases that hold the words: every one that was received until (or, forwards, before) `reach`; None is all.

    Their ids stay as the database wrote them, in the order they were looked for: they only go back to it.
    """

    count: int = 0
    ids: str = ""
    reach: datetime | None = None

    def __add__(self, other: Hits) -> Hits:
        ids = ",".join(filter(None, (self.ids, other.ids)))
        return Hits(self.count + other.count, ids, self.reach or other.reach)

    def first(self, many: int, *, after: UUID | None = None) -> Hits:
        """The first so many, or those that follow a case; all where that case is none of them."""
        at = 0
        if after is not None:
            found = self.ids.find(str(after))
            if found < 0:
                return self
            at = found + _ID
        ids = self.ids[at : at + many * _ID - 1]
        return Hits((len(ids) + 1) // _ID, ids, self.reach)

    def as_array(self) -> str:
        return "{" + self.ids + "}"


def look(
    wanted: Wanted, reader: Reader, *, cursor: Cursor | None = None, forwards: bool = False, limit: int
) -> Hits:
    """The hits of the words in the reader's own units, from the newest on or from a place of that order.

    Fewer than `limit` of them: whole stretches, so that nothing of the time they lie in is missing.
    """
    units, phrases = units_of(wanted, reader), phrases_of(wanted.words)
    if not units:
        return Hits()
    where: list[str] = [HIDDEN.replace("c.id", "t.case_id")]
    params: list[Any] = []
    for phrase in phrases:
        where.append(_WHOLE)
        params.append(phrase)
    tokens = units if len(units) <= UNIT_TOKENS else []
    if not tokens and not are_all(units):
        where.append("(SELECT u.unit_id = ANY(%s) FROM cases_case u WHERE u.id = t.case_id)")
        params.append(units)
    start: list[Any] = []
    if cursor is not None and cursor.at is not None:
        where.append(f"(t.received_at, t.case_id) {'>' if forwards else '<'} (%s, %s)")
        params += [cursor.at, cursor.id]
        start = [cursor.at]
    series = (_ON if forwards else _BACK).format(from_="answerable_stretch(%s)" if start else "NULL")
    way, query = "ASC" if forwards else "DESC", search.in_stretch(wanted.words, tokens)
    sql = KEPT + _LOOK.format(series=series, where=" AND ".join(where), limit=limit, way=way)
    with prepared() as db:
        db.execute(*written_out(sql, [*hidden_params(reader), units, *start, query, *params]))
        rows = sorted(db.fetchall(), reverse=not forwards)
    count = sum(row[1] for row in rows)
    if count < limit:
        return Hits(count, ",".join(row[2] for row in rows))
    cut, whole = rows[-1][0], rows[:-1]
    reach = search.stretch_start(cut if forwards else cut + 1)
    return Hits(sum(row[1] for row in whole), ",".join(row[2] for row in whole), reach)


def involved(wanted: Wanted, reader: Reader) -> Hits | None:
    """Cases of other units that the reader's are involved with and that hold the words; None for over a thousand.

    Those have another unit's token: they are tested one by one.
    """
    units = units_of(wanted, reader)
    if are_all(units):
        return Hits()
    test, test_params = text_test(wanted.words)
    sql = (
        f"{KEPT} SELECT count(*), coalesce(string_agg(id::text, ','), '') FROM (SELECT DISTINCT c.id "
        "FROM cases_involvement i JOIN cases_case c ON c.id = i.case_id "
        f"WHERE i.unit_id = ANY(%s) AND c.unit_id <> ALL(%s) AND {HIDDEN} AND {test} LIMIT {COUNT_TO + 1}) found"
    )
    with prepared() as db:
        db.execute(*written_out(sql, [*hidden_params(reader), own_units(reader), units, *test_params]))
        found = Hits(*db.fetchone())
    return found if found.count <= COUNT_TO else None


def units_of(wanted: Wanted, reader: Reader) -> list[int]:
    """The reader's units, narrowed where a filter names some: then the others are not even looked at."""
    return [unit for unit in reader.unit_ids if not wanted.units or unit in wanted.units]


def are_all(units: list[int]) -> bool:
    """Whether there is no other unit, so that no case can be somebody else's with which one's own are involved."""
    return standing().units.keys() <= set(units)


def phrases_of(words: str) -> list[str]:
    """Chinese runs of three characters and more: their windows may lie apart, so they are compared whole."""
    runs = re.findall(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{3,}", unicodedata.normalize("NFC", words))
    return list(dict.fromkeys(runs))


_WHOLE = "position(%s IN concat_ws(' ', t.title, t.claim, t.wants, t.place_text)) > 0"


def text_test(words: str) -> tuple[str, tuple[Any, ...]]:
    """A condition on a row `c`: its text holds all the words.

    A scalar subquery, not EXISTS: the planner thinks words independent of each other, expects next to nothing of
    four common ones, and would fetch every text that holds them before it looks at the list.
    """
    phrases = phrases_of(words)
    test = " AND ".join(["t.tsv @@ %s::tsquery", *[_WHOLE] * len(phrases)])
    return f"(SELECT {test} FROM cases_text t WHERE t.case_id = c.id)", (
        search.tsquery(words) or "''",
        *phrases,
    )
