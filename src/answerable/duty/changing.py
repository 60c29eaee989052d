"""Whether a duty that is published may change hands: every hard rule again, with things as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from answerable.duty.asking import Asked, ask_published, present_filling
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import Assignment, Line, Shift
from answerable.duty.roster_steps import CannotRoster
from answerable.duty.solver import hard
from answerable.duty.solver.hard import Broken
from answerable.duty.solver.problem import Filling

#: Shifts so far around are looked at: rest, a row of days, a week, a month.
AROUND = timedelta(days=32)


def require_allowed(line: Line, moves: Sequence[tuple[Assignment, int]], *, now: datetime) -> None:
    """Raises CannotRoster("rule", …) for the first rule that these duties would break in their new hands."""
    Weighing(line, [one.shift for one, _to in moves], now=now).require(moves)


class Weighing:
    """What stands around some shifts, read once, against which any number of changes of hands are weighed."""

    def __init__(self, line: Line, shifts: Sequence[Shift], *, now: datetime) -> None:
        self._asked = _around(line, shifts, now)
        self._before = present_filling(self._asked)
        self._broken: dict[int, set[tuple[str, int, int | None, int | None]]] = {}

    def require(self, moves: Sequence[tuple[Assignment, int]]) -> None:
        """Raises CannotRoster("rule", …) for the first rule that these duties would break in their new hands."""
        asked, after = self._asked, dict(self._before)
        for one, _to in moves:
            cell = _cell(asked, one.shift, one.role_id)
            after[cell] = tuple(sorted({*after.get(cell, ())} - {one.staff_id}))
        for one, to in moves:
            cell = _cell(asked, one.shift, one.role_id)
            if to in after[cell]:
                raise CannotRoster("rule", rule="twice", person=to, on=one.shift.on)
            after[cell] = tuple(sorted({*after[cell], to}))
        for new in self._new(after, {who for one, to in moves for who in (one.staff_id, to)}):
            raise CannotRoster(
                "rule", rule=new.code, person=new.person, on=asked.spans[new.shift].on, why=self._why(new)
            )

    def _why(self, broken: Broken) -> CannotStand | None:
        """Of somebody who may not stand in the role: what they lack, to be said with their name."""
        if broken.code != "may_not" or broken.person is None or broken.role is None:
            return None
        return self._asked.pool.why_not(broken.person, broken.role, self._asked.spans[broken.shift])

    def _new(self, after: Filling, moved: set[int]) -> list[Broken]:
        """Rules that those who move break in `after` and did not before. Nobody else's duties change."""
        found = {
            b
            for one in moved
            for b in hard.of_person(self._asked.problem, after, one)
            if _what(b) not in self._old(one)
        }
        return sorted(found, key=lambda b: (b.shift, b.role or 0, b.code, b.person or 0))

    def _old(self, one: int) -> set[tuple[str, int, int | None, int | None]]:
        if one not in self._broken:
            broken = hard.of_person(self._asked.problem, self._before, one)
            self._broken[one] = {_what(b) for b in broken}
        return self._broken[one]


def _what(broken: Broken) -> tuple[str, int, int | None, int | None]:
    return broken.code, broken.shift, broken.role, broken.person


def _around(line: Line, shifts: Sequence[Shift], now: datetime) -> Asked:
    first = min(one.from_at for one in shifts) - AROUND
    last = max(one.until_at for one in shifts) + AROUND
    rows = Shift.objects.filter(line=line, from_at__lt=last, until_at__gt=first).prefetch_related("needs")
    return ask_published(line, rows, now=now)


def _cell(asked: Asked, shift: Shift, role_id: int) -> tuple[int, int]:
    for index, span in enumerate(asked.spans):
        if (span.from_at, span.pattern_id) == (shift.from_at, shift.pattern_id or -shift.pk):
            return index, role_id
    raise CannotRoster("gone")
