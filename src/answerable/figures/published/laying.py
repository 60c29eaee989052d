"""Lays out a month or a year: what of each table may be shown, held against the attack before anybody sees it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from answerable.figures.published.attacking import IsOver, OutOfTime, Release, attack, never, system_of
from answerable.figures.published.measures import BY_NAME, TableName, families_of
from answerable.figures.published.rules import CannotPublish
from answerable.figures.published.suppression import Family, Group, Row, Shown, Table, show
from answerable.figures.published.yearly import Share, show_year

Tables = Mapping[TableName, Table]
ShownTables = dict[TableName, list[Shown]]
#: A month of a year: its name, what was counted, what was shown.
Month = tuple[str, Tables, ShownTables]
#: Hears how far it is: so many steps of so many.
Told = Callable[[int, int], None]


def to_nobody(_at: int, _of: int) -> None:
    """Nobody watches."""


def lay_out(
    period: str,
    tables: Tables,
    months: Sequence[Month],
    before: ShownTables | None,
    share: Share,
    told: Told = to_nobody,
) -> ShownTables:
    """What may be shown of a month, or of a year with its `months`. Raises CannotPublish("gives_away").

    Where time is up, the year says no more than its months did (`show_year`), and a month rests on what needs no
    search: the width of each number that is laid together (`suppression`).
    """
    steps = len(tables) * 2  # each table is laid out, then attacked
    if months:
        shown = show_whole_year(period, tables, months, before, share, lambda at: told(at, steps))
    else:
        shown = show_month(tables, before)
    for at, name in enumerate(tables):
        told(len(tables) + at, steps)
        # Out of time it rests on what needs no search.
        with suppress(OutOfTime):
            require_tight(period, {name: tables[name]}, shown, months, is_over=share(len(tables) - at))
    return shown


def show_month(tables: Tables, before: ShownTables | None = None) -> ShownTables:
    """What may be shown of each table, families of one count after the count alone."""
    found: ShownTables = {}
    for name, table in tables.items():
        out: list[Shown] = []
        for family in families_of(name):
            out.append(show(table, family, alone=_alone(out, family), before=_earlier(before, name, family)))
        found[name] = out
    return found


def _alone(out: Sequence[Shown], family: Family) -> Shown | None:
    return next((one for one in out if family.parts and one.family.measures == (family.whole,)), None)


def _earlier(before: ShownTables | None, name: TableName, family: Family) -> Shown | None:
    if before is None:
        return None
    return next((one for one in before.get(name, ()) if one.family == family), None)


def show_whole_year(
    period: str,
    tables: Tables,
    months: Sequence[Month],
    before: ShownTables | None,
    share: Share,
    told: Callable[[int], None],
) -> ShownTables:
    found: ShownTables = {}
    for at, (name, table) in enumerate(tables.items()):
        told(at)
        left = len(tables) - at
        found[name] = show_year(
            period,
            table,
            families_of(name),
            [Release(month, parts[name], shown[name]) for month, parts, shown in months],
            before=(before or {}).get(name, ()),
            # A part of the time that is kept for the last look at all of it.
            share=lambda families, left=left: share(left * families * 2),  # type: ignore[misc]
        )
    return found


def require_tight(
    period: str,
    tables: Tables,
    shown: ShownTables,
    months: Sequence[Month] = (),
    *,
    is_over: IsOver = never,
) -> None:
    """Attack what is about to go out. Raises CannotPublish where it gives a small number away, OutOfTime."""
    for name, table in tables.items():
        release = Release(period, table, shown[name])
        if months:
            parts = [Release(month, inner[name], said[name]) for month, inner, said in months]
            system = system_of(parts, [(release, [month for month, _, _ in months])])
        else:
            system = system_of([release])
        if attack(system, is_over=is_over):
            raise CannotPublish("gives_away")


# ---------------------------------------------------------------- to and from JSON


def counted(tables: Tables) -> dict[str, Any]:
    """The counts themselves, for the year to be made of. Never served."""
    return {
        name: {
            "rows": [[row.id, row.parent] for row in table.rows],
            "own": {str(row): dict(counts) for row, counts in table.own.items()},
        }
        for name, table in tables.items()
    }


def read_counted(said: Mapping[str, Any]) -> dict[TableName, Table]:
    return {
        TableName(name): Table(
            tuple(Row(row, parent) for row, parent in table["rows"]),
            {int(row): counts for row, counts in table["own"].items()},
        )
        for name, table in said.items()
    }


def as_lines(shown: ShownTables) -> dict[str, Any]:
    """What is shown, by the numbers of rows; for another process."""
    return {
        name: [
            [
                one.family.name,
                dict(one.total) if one.total is not None else None,
                [[group.parent, list(group.members), dict(group.counts)] for group in one.groups],
            ]
            for one in families
        ]
        for name, families in shown.items()
    }


def read_lines(said: Mapping[str, Any]) -> ShownTables:
    return {
        TableName(name): [
            Shown(
                BY_NAME[family],
                total,
                tuple(Group(parent, tuple(members), counts) for parent, members, counts in groups),
            )
            for family, total, groups in families
        ]
        for name, families in said.items()
    }
