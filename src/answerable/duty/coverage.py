"""The coverage certificate: whether at every instant enough people are on duty in each role. Pure.

Counted by role over the whole line: at an instant, what all shifts that cover it need of a role, against the
different people who stand in that role then. Intervals contain their start and not their end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Need:
    """So many of a role from–until."""

    role_id: int
    from_at: datetime
    until_at: datetime
    count: int


@dataclass(frozen=True)
class Stand:
    """Somebody stands in a role from–until."""

    staff_id: int
    role_id: int
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True)
class Gap:
    """From–until, a role has `missing` people fewer than it needs."""

    line_id: int
    role_id: int
    from_at: datetime
    until_at: datetime
    missing: int

    @property
    def length(self) -> timedelta:
        return self.until_at - self.from_at


@dataclass(frozen=True)
class Certificate:
    """What was looked at, and every gap in it. It holds where there is none and something was needed at all."""

    line_id: int
    from_at: datetime
    until_at: datetime
    gaps: tuple[Gap, ...]
    needed: timedelta
    """Time for which people are needed, each person's counted."""
    missing: timedelta
    """Of that, what nobody covers."""

    @property
    def holds(self) -> bool:
        return not self.gaps and bool(self.needed)


def find_gaps(
    line_id: int,
    *,
    needs: Iterable[Iterable[Need]],
    stands: Iterable[Stand],
    from_at: datetime,
    until_at: datetime,
) -> list[Gap]:
    """Every gap within from–until, by start, as long as it has the same size.

    `needs` come in layers (as published, as the line's patterns are now): within one they add up, and of several
    the one that needs most counts.
    """
    return list(certify(line_id, needs=needs, stands=stands, from_at=from_at, until_at=until_at).gaps)


def certify(
    line_id: int,
    *,
    needs: Iterable[Iterable[Need]],
    stands: Iterable[Stand],
    from_at: datetime,
    until_at: datetime,
) -> Certificate:
    """Look at every instant of from–until, by way of those at which anything begins or ends."""
    found: list[Gap] = []
    needed = missing = timedelta()
    for role_id, steps in sorted(_steps(needs, stands, from_at, until_at).items()):
        for start, end, wants, short in _stretches(steps, until_at):
            needed += wants * (end - start)
            missing += short * (end - start)
            if short == 0:
                continue
            last = found[-1] if found else None
            if last and (last.role_id, last.until_at, last.missing) == (role_id, start, short):
                found[-1] = Gap(line_id, role_id, last.from_at, end, short)
            else:
                found.append(Gap(line_id, role_id, start, end, short))
    found.sort(key=lambda gap: (gap.from_at, gap.role_id))
    return Certificate(line_id, from_at, until_at, tuple(found), needed, missing)


#: At an instant: what each layer needs more or less, and who comes or goes.
_Steps = dict[datetime, tuple[Counter[int], Counter[int]]]


def _steps(
    needs: Iterable[Iterable[Need]], stands: Iterable[Stand], from_at: datetime, until_at: datetime
) -> dict[int, _Steps]:
    steps: dict[int, _Steps] = defaultdict(lambda: defaultdict(lambda: (Counter(), Counter())))

    def mark(one: Need | Stand, which: int, key: int, amount: int) -> None:
        start, end = max(one.from_at, from_at), min(one.until_at, until_at)
        if start < end:
            steps[one.role_id][start][which][key] += amount
            steps[one.role_id][end][which][key] -= amount

    for number, layer in enumerate(needs):
        for need in layer:
            mark(need, 0, number, need.count)
    for stand in stands:
        mark(stand, 1, stand.staff_id, 1)
    return steps


def _stretches(steps: _Steps, until_at: datetime) -> Iterable[tuple[datetime, datetime, int, int]]:
    """Stretches in which nothing changes, with how many are needed and how many of them are missing."""
    wanted: Counter[int] = Counter()
    here: Counter[int] = Counter()
    present = 0
    instants = sorted(steps)
    for start, end in zip(instants, [*instants[1:], until_at], strict=True):
        more, people = steps[start]
        for layer, amount in more.items():
            wanted[layer] += amount
        for staff, amount in people.items():
            before = here[staff] > 0
            here[staff] += amount
            present += (here[staff] > 0) - before
        wants = max(wanted.values(), default=0)
        if start < end:
            yield start, end, wants, max(0, wants - present)
