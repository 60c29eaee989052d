"""Where a list's rows come from, as parts of a UNION: units, posts, involvements, or the hits of a search."""

# ruff: noqa: S608 - every fragment below is ours; what comes from outside is a parameter.

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.cases.access import Reader
from answerable.cases.lists.wanted import COUNT_TO, ListName, Wanted
from answerable.cases.rules import WORKING
from answerable.core import search
from answerable.core.statements import prepared, written_out
from answerable.orgs.standing import standing

# Up to so many units the index of words itself keeps a search within them; above, merging their long lists of
# rows costs more than looking at each hit's unit.
UNIT_TOKENS = 12
# Up to so many units a common word's hits are merged: each is a branch of the statement that has to be planned.
MERGED_UNITS = 24


@dataclass(frozen=True)
class Source:
    """Where rows come from: parts of a UNION, each with a place for further conditions, order and limit.

    `is_apart`: no row stands in two parts, so that they are merged in their order without being gathered first.
    """

    parts: tuple[str, ...]
    params: tuple[Any, ...]
    words: str = ""
    words_params: tuple[Any, ...] = ()
    is_apart: bool = False


# Kept from this reader whatever posts they hold: evaluated once a statement, as a hashed list of ids.
_HIDDEN = """c.id NOT IN (
    SELECT case_id FROM cases_accused WHERE staff_id = %s OR unit_id = ANY(%s)
    UNION ALL SELECT case_id FROM cases_stepped_aside WHERE staff_id = %s
    UNION ALL SELECT k.id FROM cases_case k WHERE k.is_accused_unknown AND k.unit_id <> ALL(%s)
        AND NOT EXISTS (SELECT FROM cases_involvement i WHERE i.case_id = k.id AND i.unit_id = ANY(%s)))"""

_BY_KEY = """SELECT x.id, x.at FROM unnest(%s::bigint[]) AS s(k) CROSS JOIN LATERAL (
    SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.{key} = s.k AND {where} ORDER BY {order} LIMIT {limit}) x"""
_OF_UNIT = """SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.unit_id = %s AND {where}
    ORDER BY {order} LIMIT {limit}"""
_BY_CHARGE = """SELECT c.id, c.{at} AS at FROM cases_case c
    WHERE c.charge_post_id = ANY(%s) AND (c.unit_id = ANY(%s) OR EXISTS (SELECT FROM cases_involvement i
        WHERE i.case_id = c.id AND i.unit_id = ANY(%s))) AND {where} ORDER BY {order} LIMIT {limit}"""
_SUPERVISED = """SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.id IN (
    SELECT case_id FROM cases_involvement WHERE unit_id = ANY(%s) AND capacity = 'supervises')
    AND EXISTS (SELECT FROM cases_deadline d WHERE d.case_id = c.id AND d.is_supervising
        AND d.met_seq IS NULL AND d.voided_seq IS NULL AND d.unit_id = ANY(%s))
    AND {where} ORDER BY {order} LIMIT {limit}"""
# Those of one's own units stand in the list already: they are left out before anybody looks into their words.
_INVOLVED = """SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.id IN (
    SELECT case_id FROM cases_involvement WHERE unit_id = ANY(%s)) AND c.unit_id <> ALL(%s) AND {where}
    ORDER BY {order} LIMIT {limit}"""
_BY_IDS = """SELECT c.id, c.{at} AS at FROM cases_case c WHERE c.id = ANY(%s::uuid[])
    AND {where} ORDER BY {order} LIMIT {limit}"""


# As `access.readable_cases`, for a row `c`: nobody is left to be kept from an erased accusation, so everybody is.
READABLE = f"""(c.unit_id = ANY(%s) OR EXISTS (
    SELECT FROM cases_involvement w WHERE w.case_id = c.id AND w.unit_id = ANY(%s)))
    AND NOT (c.is_conduct AND c.erased_at IS NOT NULL) AND {_HIDDEN}"""


def _hidden_params(reader: Reader) -> list[Any]:
    own = own_units(reader)
    return [reader.staff.pk, list(reader.member_unit_ids), reader.staff.pk, own, own]


def readable_params(reader: Reader) -> list[Any]:
    """What `READABLE` wants."""
    units = list(reader.unit_ids)
    return [units, units, *_hidden_params(reader)]


def own_units(reader: Reader) -> list[int]:
    """The units in which they hold a post that reads cases (not those below)."""
    return reader.own_unit_ids


def conditions(wanted: Wanted, reader: Reader, now: datetime) -> tuple[str, list[Any]]:
    """The WHERE of every row, with its parameters, in a fixed order."""
    where, params = [_HIDDEN], _hidden_params(reader)

    def add(sql: str, *values: Any) -> None:
        where.append(sql)
        params.extend(values)

    # As `access.hidden_from`: nobody is left to be kept from an erased accusation, so everybody is.
    add("NOT (c.is_conduct AND c.erased_at IS NOT NULL)")
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
    if wanted.leader is not None:
        add("c.leader_post_id = %s", wanted.leader)
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


def source_of(wanted: Wanted, reader: Reader, found: list[UUID] | None) -> Source:
    """The parts of the list's UNION; with words, the candidates `found` where they are few enough (else None)."""
    posts = [post.pk for post in reader.posts if post.unit_id in reader.unit_ids]
    units, own = _units_of(wanted, reader), own_units(reader)
    if wanted.words and found is not None:
        if wanted.name is ListName.SUPERVISED:
            return Source((_SUPERVISED,), (own, own), *_text_test(wanted.words))
        if wanted.name is ListName.MINE:
            wanted_ids = "(c.handler_post_id = ANY(%s) OR c.charge_post_id = ANY(%s)) AND {where}"
            return Source((_BY_IDS.replace("{where}", wanted_ids),), (found, posts, posts))
        if wanted.name is ListName.ALL:
            return Source((_BY_IDS,), (found,))
        return Source((_BY_IDS.replace("{where}", "c.unit_id = ANY(%s) AND {where}"),), (found, units))
    test = _text_test(wanted.words) if wanted.words else ("", ())
    if wanted.name is ListName.MINE:
        parts = (_BY_KEY.replace("{key}", "handler_post_id"), _BY_CHARGE)
        return Source(parts, (posts, posts, list(reader.unit_ids), list(reader.unit_ids)), *test)
    if wanted.name is ListName.SUPERVISED:
        return Source((_SUPERVISED,), (own, own), *test)
    if wanted.words and 1 < len(units) <= MERGED_UNITS:
        return _merged(wanted, units, own, *test)
    by_unit = _BY_KEY.replace("{key}", "unit_id")
    if wanted.name is ListName.ALL and not _are_all(units):
        return Source((by_unit, _INVOLVED), (units, own, units), *test)
    return Source((by_unit,), (units,), *test)


def _are_all(units: list[int]) -> bool:
    """Whether there is no other unit, so that no case can be somebody else's with which one's own are involved."""
    return standing().units.keys() <= set(units)


def _merged(
    wanted: Wanted, units: list[int], own: list[int], words: str, words_params: tuple[Any, ...]
) -> Source:
    """A common word over several units: their newest are merged, and only as many texts are looked into as it takes.

    One scan a unit, each up to a whole page of hits, would look into as many pages as there are units.
    """
    parts: tuple[str, ...] = (_OF_UNIT,) * len(units)
    params: tuple[Any, ...] = tuple(units)
    if wanted.name is ListName.ALL and not _are_all(units):
        parts, params = (*parts, _INVOLVED), (*params, own, units)
    return Source(parts, params, words, words_params, is_apart=True)


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


def candidates(wanted: Wanted, reader: Reader) -> list[UUID] | None:
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
    with prepared() as cursor:
        sql = f"SELECT t.case_id FROM cases_text t WHERE t.tsv @@ %s::tsquery{whole} AND {hidden}{units} LIMIT {limit}"
        cursor.execute(*written_out(sql, [query, *phrases, *_hidden_params(reader), *units_params]))
        found = [row[0] for row in cursor.fetchall()]
        if len(found) >= limit:
            return None
        if wanted.name in (ListName.ALL, ListName.SUPERVISED):
            words = search.tsquery(wanted.words)
            sql = (
                "SELECT t.case_id FROM cases_involvement i JOIN cases_text t ON t.case_id = i.case_id "
                f"WHERE i.unit_id = ANY(%s) AND t.tsv @@ %s::tsquery{whole} AND {hidden} LIMIT {limit}"
            )
            cursor.execute(*written_out(sql, [own_units(reader), words, *phrases, *_hidden_params(reader)]))
            found += [row[0] for row in cursor.fetchall()]
    return list(dict.fromkeys(found))
