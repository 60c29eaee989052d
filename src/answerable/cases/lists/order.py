"""A list's order as stretches that one index scan each can give, and the statement of one stretch."""

# ruff: noqa: S608 - every fragment below is ours; what comes from outside is a parameter.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from answerable.cases.lists.sources import Source
from answerable.cases.lists.wanted import Cursor


@dataclass(frozen=True)
class Segment:
    """A stretch of the list's order that one index scan gives: a condition and a direction."""

    where: str
    params: tuple[Any, ...]
    order: str


def segments(newest: bool, at: str, cursor: Cursor | None, backward: bool) -> list[Segment]:
    """The stretches to read from a cursor on. Rows without a date stand last when sorted by date."""
    if newest:
        order = f"c.{at} ASC, c.id ASC" if backward else f"c.{at} DESC, c.id DESC"
        if cursor is None or cursor.at is None:
            return [Segment("TRUE", (), order)]
        sign = ">" if backward else "<"
        return [Segment(f"(c.{at}, c.id) {sign} (%s, %s)", (cursor.at, cursor.id), order)]
    up, down = f"c.{at} ASC NULLS LAST, c.id ASC", f"c.{at} DESC NULLS FIRST, c.id DESC"
    order = down if backward else up
    if cursor is None:
        return [Segment("TRUE", (), order)]
    sign = "<" if backward else ">"
    if cursor.at is None:
        undated = Segment(f"c.{at} IS NULL AND c.id {sign} %s", (cursor.id,), order)
        return [undated, Segment(f"c.{at} IS NOT NULL", (), order)] if backward else [undated]
    dated = Segment(f"(c.{at}, c.id) {sign} (%s, %s)", (cursor.at, cursor.id), order)
    return [dated] if backward else [dated, Segment(f"c.{at} IS NULL", (), order)]


def union(
    source: Source,
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
    joined = (" UNION ALL " if source.is_apart else " UNION ").join(sql)
    if not is_ordered:
        return f"SELECT id FROM ({joined}) found LIMIT {limit}", values
    outer = order.replace(f"c.{at}", "at").replace("c.id", "id")
    return f"SELECT id, at FROM ({joined}) found ORDER BY {outer} LIMIT {limit}", values
