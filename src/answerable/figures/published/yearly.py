"""A year's table beside its months: what the months laid together must not follow from the year. Pure.

The months are out already and stay as they are. The year is their exact sum. Rows of the year are laid together until
the attack on the year and all of its months at once bounds nothing too narrowly; what cannot be shown so is left out.

The attack may take hours where there are many rows. A family whose time is up is shown **plainly**: each of its lines
is a sum of lines that every month published, so that the year says nothing that the months did not say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from answerable.figures.published.attacking import (
    Cell,
    Finding,
    IsOver,
    OutOfTime,
    Release,
    attack,
    never,
    rows_in,
    system_of,
)
from answerable.figures.published.suppression import ROOT, Family, Group, Shown, Table, show


def year_table(months: Sequence[Release], newest: Table) -> Table:
    """The months added up, in the rows of the newest; rows that only earlier months had stand at the end."""
    own: dict[int, dict[str, int]] = {}
    for month in months:
        for row, counts in month.table.own.items():
            into = own.setdefault(row, {})
            for measure, number in counts.items():
                into[measure] = into.get(measure, 0) + number
    rows = {row.id: row for month in (*reversed(months), Release("", newest, ())) for row in month.table.rows}
    known = {row.id for row in newest.rows}
    return Table((*newest.rows, *(row for row in rows.values() if row.id not in known)), own)


#: Given how many pieces of work are left, when the time of the next one is up.
Share = Callable[[int], IsOver]


def _no_limit(_left: int) -> IsOver:
    return never


def show_year(
    period: str,
    table: Table,
    families: Sequence[Family],
    months: Sequence[Release],
    *,
    before: Sequence[Shown] = (),
    share: Share = _no_limit,
) -> list[Shown]:
    """What may be shown of a year whose months are `months`. Families of one count stand after the count alone."""
    out: list[Shown] = []
    for at, family in enumerate(families):
        alone = next((one for one in out if family.parts and one.family.measures == (family.whole,)), None)
        earlier = next((one for one in before if one.family == family), None)
        plain = _plainly(table, family, months, alone, earlier)
        shown = show(table, family, alone=alone, before=earlier)
        if shown != plain:
            try:
                shown = _attacked(period, table, shown, out, months, alone, share(len(families) - at))
            except OutOfTime:
                shown = plain
        out.append(shown)
    return out


def _attacked(
    period: str,
    table: Table,
    shown: Shown,
    out: Sequence[Shown],
    months: Sequence[Release],
    alone: Shown | None,
    is_over: IsOver,
) -> Shown:
    """Laid together until the attack finds nothing. Raises OutOfTime."""
    while shown.total is not None:
        found = _tried(period, table, [*_of(out, shown.family.whole), shown], months, is_over)
        if not found:
            break
        shown = _coarser(table, shown, found, alone)
    return shown


def _plainly(
    table: Table,
    family: Family,
    months: Sequence[Release],
    alone: Shown | None,
    earlier: Shown | None,
) -> Shown:
    """Only what adds up from what every month shows of the family: nothing new follows from it."""
    monthly = [[one for one in month.shown if one.family == family] for month in months]
    if not all(monthly):
        return Shown(family)
    shown = show(table, family, alone=alone, before=earlier, within=[one[0] for one in monthly])
    lines = [_rows(table, group) for group in shown.groups]
    for month, (of_month, *_more) in zip(months, monthly, strict=True):
        said = _finest(month.table, of_month)
        counted = frozenset(row for row, counts in month.table.own.items() if counts.get(family.whole))
        for line in lines:
            inside: frozenset[int] = frozenset().union(*(one for one in said if one <= line))
            if not line & counted <= inside:
                return Shown(family, shown.total)  # the body's own sum is the sum of the months' in any case
    return shown


def _finest(table: Table, shown: Shown) -> list[frozenset[int]]:
    """The rows of each published line, less the lines that lie in it."""
    found: list[frozenset[int]] = []
    for line in sorted((_rows(table, group) for group in shown.groups), key=len):
        rest = line.difference(*(one for one in found if one <= line))
        if rest:
            found.append(rest)
    whole = rows_in(table, ROOT).difference(*found)
    return [*found, whole] if whole else found


def _of(shown: Sequence[Shown], whole: str) -> list[Shown]:
    return [one for one in shown if one.family.whole == whole]


def _tried(
    period: str, table: Table, shown: Sequence[Shown], months: Sequence[Release], is_over: IsOver
) -> list[Finding]:
    """Only what is counted in the same matters has to do with one another."""
    whole = shown[0].family.whole
    parts = [Release(one.period, one.table, _of(one.shown, whole)) for one in months]
    year = (Release(period, table, shown), [one.period for one in months])
    return attack(system_of(parts, [year]), is_over=is_over)


def _coarser(table: Table, shown: Shown, found: Sequence[Finding], alone: Shown | None) -> Shown:
    """The same with the groups that gave something away laid together with the smallest beside them."""
    if not shown.groups:
        return Shown(shown.family)
    rows = {cell.row for finding in found for cell in finding.what}
    groups = list(shown.groups)
    told = [group for group in groups if rows & _rows(table, group)]
    # Whatever lies deepest, first: it is what says most.
    finest = [group for group in told if not any(_lies_in(table, other, group) for other in told)]
    for group in finest or groups[:1]:
        if group not in groups:
            continue
        beside = [one for one in groups if one.parent == group.parent and one != group]
        if not beside:
            groups = [one for one in groups if one.parent != group.parent]
            continue
        other = min(
            beside, key=lambda one: (one.counts[shown.family.whole] == 0, one.counts[shown.family.whole])
        )
        groups = [one for one in groups if one not in (group, other)]
        counts = {one: group.counts[one] + other.counts[one] for one in shown.family.measures}
        groups.append(Group(group.parent, (*group.members, *other.members), counts))
    if not groups:
        return Shown(shown.family, shown.total)
    return show(table, shown.family, alone=alone, before=Shown(shown.family, shown.total, tuple(groups)))


def _rows(table: Table, group: Group) -> frozenset[int]:
    return frozenset().union(*(rows_in(table, member) for member in group.members))


def _lies_in(table: Table, inner: Group, outer: Group) -> bool:
    return inner != outer and _rows(table, inner) < _rows(table, outer)


__all__ = ["Cell", "show_year", "year_table"]
