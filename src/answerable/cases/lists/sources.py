"""Where a list's rows come from, as parts of a UNION: units, posts, involvements, or the hits of a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.cases.access import Reader
from answerable.cases.lists.hidden import HIDDEN, own_units
from answerable.cases.lists.wanted import ListName, Wanted
from answerable.cases.lists.words import Hits, are_all, text_test, units_of
from answerable.cases.rules import WORKING

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


def conditions(wanted: Wanted, now: datetime) -> tuple[str, list[Any]]:
    """The WHERE of every row, with its parameters, in a fixed order. Its statement begins with `hidden.KEPT`."""
    where: list[str] = [HIDDEN]
    params: list[Any] = []

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
        # Nearly all that is open; the planner would take it for as few as among all, the ended ones with them.
        add("NULLIF(c.state = ANY(%s), FALSE) IS NOT NULL", sorted(WORKING))
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


def source_of(wanted: Wanted, reader: Reader, found: Hits | None) -> Source:
    """The parts of the list's UNION; with words, the candidates `found` where they are few enough (else None)."""
    posts = [post.pk for post in reader.posts if post.unit_id in reader.unit_ids]
    units, own = units_of(wanted, reader), own_units(reader)
    if wanted.words and found is not None:
        if wanted.name is ListName.SUPERVISED:
            return Source((_SUPERVISED,), (own, own), *text_test(wanted.words))
        if wanted.name is ListName.MINE:
            wanted_ids = "(c.handler_post_id = ANY(%s) OR c.charge_post_id = ANY(%s)) AND {where}"
            return Source((_BY_IDS.replace("{where}", wanted_ids),), (found.as_array(), posts, posts))
        if wanted.name is ListName.ALL and not are_all(units):
            return Source((_BY_IDS,), (found.as_array(),))
        return Source(
            (_BY_IDS.replace("{where}", "c.unit_id = ANY(%s) AND {where}"),), (found.as_array(), units)
        )
    test = text_test(wanted.words) if wanted.words else ("", ())
    if wanted.name is ListName.MINE:
        parts = (_BY_KEY.replace("{key}", "handler_post_id"), _BY_CHARGE)
        return Source(parts, (posts, posts, list(reader.unit_ids), list(reader.unit_ids)), *test)
    if wanted.name is ListName.SUPERVISED:
        return Source((_SUPERVISED,), (own, own), *test)
    if wanted.words and 1 < len(units) <= MERGED_UNITS:
        return _merged(wanted, units, own, *test)
    by_unit = _BY_KEY.replace("{key}", "unit_id")
    if wanted.name is ListName.ALL and not are_all(units):
        return Source((by_unit, _INVOLVED), (units, own, units), *test)
    return Source((by_unit,), (units,), *test)


def _merged(
    wanted: Wanted, units: list[int], own: list[int], words: str, words_params: tuple[Any, ...]
) -> Source:
    """A common word over several units: their newest are merged, and only as many texts are looked into as it takes.

    One scan a unit, each up to a whole page of hits, would look into as many pages as there are units.
    """
    parts: tuple[str, ...] = (_OF_UNIT,) * len(units)
    params: tuple[Any, ...] = tuple(units)
    if wanted.name is ListName.ALL and not are_all(units):
        parts, params = (*parts, _INVOLVED), (*params, own, units)
    return Source(parts, params, words, words_params, is_apart=True)
