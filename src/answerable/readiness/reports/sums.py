"""What the reports of many units come to: each counted once, in every unit above it. Pure.

A number that happened adds up over time; one that stands (open, late, out of order) is taken from each unit's newest
report. What was not reported is counted beside every sum, so that none reads as more than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from answerable.readiness.reports.fields import Field, Number


@dataclass(frozen=True)
class Told:
    """One report that was owed. `path`: the unit's way from the root then; `values` None: not reported."""

    unit_id: int
    path: tuple[int, ...]
    until_at: datetime
    values: Mapping[str, Any] | None


@dataclass
class Total:
    """Of a unit with all below it: how many reports were owed and came, and the numbers by field code."""

    owed: int = 0
    came: int = 0
    numbers: dict[str, Decimal] = field(default_factory=dict)

    def add(self, code: str, value: Number) -> None:
        self.numbers[code] = self.numbers.get(code, Decimal()) + Decimal(str(value))


def totals(told: Iterable[Told], fields: Sequence[Field]) -> dict[int, Total]:
    """The total of every unit that stands on some report's path."""
    rows = sorted(told, key=lambda one: one.until_at)
    found: dict[int, Total] = {}
    newest: dict[tuple[int, str], tuple[tuple[int, ...], Number]] = {}
    for row in rows:
        for unit_id in row.path:
            total = found.setdefault(unit_id, Total())
            total.owed += 1
            total.came += row.values is not None
        for one in fields:
            value = (row.values or {}).get(one.code)
            if one.type != "number" or value is None or one.adds == "no":
                continue
            if one.adds == "last":
                newest[row.unit_id, one.code] = (row.path, value)
                continue
            for unit_id in row.path:
                found[unit_id].add(one.code, value)
    for (_unit, code), (path, value) in newest.items():
        for unit_id in path:
            found[unit_id].add(code, value)
    return found


def shown(number: Decimal | None) -> str:
    """A sum as it is written; nothing where nothing was reported."""
    if number is None:
        return ""
    whole = number.to_integral_value()
    return f"{int(whole)}" if number == whole else f"{number.normalize():f}"
