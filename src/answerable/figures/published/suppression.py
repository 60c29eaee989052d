"""Which counts may be shown, and which only together with their neighbours. Pure; docs/reference/open-data.md.

Nothing is crossed out: rows that are too small are **laid together** with their neighbours under the same parent,
until the sum is large enough to be shown. What is published of a table is therefore one partition of its rows and
nothing else: every other number on it is a sum of published ones, so no margin gives a hidden row away. Of a row that
is laid together with others all that follows is that it lies between nothing and the sum.

A **family** is a count with the parts that it is made of (answers: in time, late). The rows of a family are laid
together at least as far as those of the count alone. So each part of a row still has at least `LEAST` + 1 possible
values: it lies between max(0, a + s - t) and min(a, s), where `a` is the row's count, `s` the part's sum and `t` the
whole sum of what is laid together, and a, s, t - a and t - s are each `LEAST` at least, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: A count from 1 to LEAST - 1 is never shown, nor can one be worked out.
LEAST = 5
#: The whole body: the parent of the rows on top.
ROOT = 0

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Family:
    """A count and its parts; `parts` empty: the count alone.

    `is_personal`: what the parts say is said of people (their own word, an outcome). Then a sum in which all of them
    have the same part is not shown either: it would say it of each of them.
    """

    whole: str
    parts: tuple[str, ...] = ()
    name: str = ""
    is_personal: bool = False

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.whole, *self.parts)

    def may_show(self, counts: Counts) -> bool:
        """Nothing, or at least LEAST, in the whole, in each part, and so in the rest beside each part."""
        if any(0 < counts.get(one, 0) < LEAST for one in self.measures):
            return False
        whole = counts.get(self.whole, 0)
        return not (self.is_personal and whole and any(counts.get(part, 0) == whole for part in self.parts))


@dataclass(frozen=True)
class Row:
    """A line of a table: a unit, subject, place. What is counted in a row with others below it lies in none of them."""

    id: int
    parent: int = ROOT


@dataclass(frozen=True)
class Table:
    """Rows in the organisation's order (parents before what is below them) and what is counted in each by itself."""

    rows: tuple[Row, ...]
    own: Mapping[int, Counts]

    def __post_init__(self) -> None:
        known = {ROOT}
        for row in self.rows:
            if row.id == ROOT or row.id in known or row.parent not in known:
                raise ValueError(f"Row {row.id} stands before its parent, or twice.")
            known.add(row.id)
        if not set(self.own) <= known - {ROOT}:
            raise ValueError("Something is counted in a row that the table does not have.")

    def children(self) -> dict[int, list[int]]:
        """What lies directly in each row. A row that others lie in has its own count as one more, `-id`."""
        below: dict[int, list[int]] = {}
        for row in self.rows:
            below.setdefault(row.parent, []).append(row.id)
        for row in self.rows:
            if row.id in below:
                below[row.id].insert(0, -row.id)
        return below

    def leaves(self) -> list[int]:
        """The finest rows: every case lies in exactly one of them."""
        below = self.children()
        found = []
        for row in self.rows:
            found.append(-row.id if row.id in below else row.id)
        return found

    def sums(self, measures: Iterable[str]) -> dict[int, dict[str, int]]:
        """Each row with all below it, the body's as ROOT."""
        wanted = tuple(measures)
        below = self.children()
        found: dict[int, dict[str, int]] = {}
        parents = {row.id: row.parent for row in self.rows}
        for row in self.rows:
            own = {one: self.own.get(row.id, {}).get(one, 0) for one in wanted}
            found[row.id] = dict(own)
            if row.id in below:
                found[-row.id] = own
        found[ROOT] = dict.fromkeys(wanted, 0)
        for row in reversed(self.rows):
            above = found[parents[row.id]]
            for one in wanted:
                above[one] += found[row.id][one]
        return found


@dataclass(frozen=True)
class Group:
    """Rows under one parent that are shown as one sum; most groups are one row."""

    parent: int
    members: tuple[int, ...]
    counts: Counts


@dataclass(frozen=True)
class Shown:
    """What is published of one family in one table: the body's sum and its groups. Both empty: nothing."""

    family: Family
    total: Counts | None = None
    groups: tuple[Group, ...] = field(default=())

    def under(self) -> dict[int, list[tuple[int, ...]]]:
        found: dict[int, list[tuple[int, ...]]] = {}
        for group in self.groups:
            found.setdefault(group.parent, []).append(group.members)
        return found


def show(
    table: Table,
    family: Family,
    *,
    alone: Shown | None = None,
    before: Shown | None = None,
    within: Sequence[Shown] = (),
) -> Shown:
    """What of `family` may be shown.

    `alone`: what is shown of its count without the parts; parts are laid together at least as far.
    `before`: the edition before; rows that it laid together are not shown apart now, and what it held back stays back.
    `within`: others that hold just as `before` does.
    """
    sums = table.sums(family.measures)
    bounds = [one for one in (alone, before, *within) if one is not None]
    if any(one.total is None for one in bounds) or not family.may_show(sums[ROOT]):
        return Shown(family)
    below = table.children()
    coarser = [one.under() for one in bounds]
    groups: list[Group] = []
    open_rows = [ROOT]
    while open_rows:
        parent = open_rows.pop(0)
        start: list[tuple[int, ...]] = [(one,) for one in below.get(parent, [])]
        for given in coarser:
            start = joined(start, given.get(parent, [tuple(below.get(parent, []))]))
        found = laid_together(start, sums, family)
        if len(found) < 2 and len(below.get(parent, [])) > 1:
            continue  # one sum of all that lies in a row is the row itself
        for members in found:
            groups.append(Group(parent, members, sum_of(members, sums, family.measures)))
        open_rows += [members[0] for members in found if len(members) == 1 and members[0] in below]
    return Shown(family, sums[ROOT], tuple(groups))


def joined(groups: Sequence[tuple[int, ...]], others: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The finest groups of which both are parts; rows in the order of `groups`."""
    home = {row: at for at, members in enumerate(groups) for row in members}
    lead = list(range(len(groups)))

    def find(at: int) -> int:
        while lead[at] != at:
            at = lead[at]
        return at

    for members in others:
        seats = [find(home[row]) for row in members if row in home]
        for seat in seats[1:]:
            low, high = sorted((find(seats[0]), find(seat)))
            lead[high] = low
    found: dict[int, list[int]] = {}
    for at, members in enumerate(groups):
        found.setdefault(find(at), []).extend(members)
    return [tuple(members) for _, members in sorted(found.items())]


def laid_together(
    groups: Sequence[tuple[int, ...]], sums: Mapping[int, Counts], family: Family
) -> list[tuple[int, ...]]:
    """Lay together what may not be shown with the smallest neighbours that help, until all may be shown or one is left."""
    found = list(groups)
    order = {row: at for at, row in enumerate(row for members in groups for row in members)}

    def size(members: tuple[int, ...]) -> int:
        return sum(sums[row][family.whole] for row in members)

    while len(found) > 1:
        failing = [one for one in found if not family.may_show(sum_of(one, sums, family.measures))]
        if not failing:
            break
        first = min(failing, key=lambda one: (size(one), order[one[0]]))
        others = [one for one in found if one is not first]
        # A neighbour in which nothing was counted helps nobody.
        others = [one for one in others if size(one)] or others

        def cost(one: tuple[int, ...], first: tuple[int, ...] = first) -> tuple[bool, int, int]:
            together = sum_of(first + one, sums, family.measures)
            return (not family.may_show(together), size(one), order[one[0]])

        found = merged(found, first, min(others, key=cost), order)
    return found


def merged(
    groups: Sequence[tuple[int, ...]], one: tuple[int, ...], other: tuple[int, ...], order: Mapping[int, int]
) -> list[tuple[int, ...]]:
    """The groups with two of them made one, in the order of their rows."""
    rest = [members for members in groups if members not in (one, other)]
    new = tuple(sorted((*one, *other), key=order.__getitem__))
    return sorted([*rest, new], key=lambda members: order[members[0]])


def sum_of(rows: Iterable[int], sums: Mapping[int, Counts], measures: Iterable[str]) -> dict[str, int]:
    """The counts of several rows as one."""
    listed = tuple(rows)
    return {one: sum(sums[row][one] for row in listed) for one in measures}
