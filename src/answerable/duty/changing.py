"""Whether a duty that is published may change hands: every hard rule again, with things as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from answerable.duty.asking import Asked, ask_published, present_filling
from answerable.duty.models import Assignment, Line, Shift
from answerable.duty.roster_steps import CannotRoster
from answerable.duty.solver import hard
from answerable.duty.solver.hard import Broken
from answerable.duty.solver.problem import Filling

#: Shifts so far around are looked at: rest, a row of days, a week, a month.
AROUND = timedelta(days=32)
#: About how many stand there, which changing hands does not touch.
COVER = frozenset({"gap", "too_many"})


def require_allowed(line: Line, moves: Sequence[tuple[Assignment, int]], *, now: datetime) -> None:
    """Raises CannotRoster("rule", …) for the first rule that these duties would break in their new hands."""
    asked = _around(line, [one.shift for one, _to in moves], now)
    before = present_filling(asked)
    after = dict(before)
    for one, _to in moves:
        cell = _cell(asked, one.shift, one.role_id)
        after[cell] = tuple(sorted({*after.get(cell, ())} - {one.staff_id}))
    for one, to in moves:
        cell = _cell(asked, one.shift, one.role_id)
        if to in after[cell]:
            raise CannotRoster("rule", rule="twice", person=to, on=one.shift.on)
        after[cell] = tuple(sorted({*after[cell], to}))
    for new in _new(asked, before, after):
        raise CannotRoster("rule", rule=new.code, person=new.person, on=asked.spans[new.shift].on)


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


def _new(asked: Asked, before: Filling, after: Filling) -> list[Broken]:
    """Rules that `after` breaks and `before` did not."""
    problem = asked.problem
    old = {(b.code, b.shift, b.role, b.person) for b in hard.check(problem, before)}
    return [
        b
        for b in hard.check(problem, after)
        if b.code not in COVER and (b.code, b.shift, b.role, b.person) not in old
    ]
