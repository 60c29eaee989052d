"""Count every case anew and say where what is kept differs: nothing should. With `mend`, put it right.

Goes through the cases by their keys, a batch in a transaction, and holds no more than a batch and the sums in memory.
The counter stands still until it is over, while the office goes on working: a case that differs because something
has just happened to it, and that waits to be counted, is not called wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction

from answerable.core.statements import prepared
from answerable.figures import histories
from answerable.figures.counting import BATCH, LOCK, Counted, add, count_due, counted, differ, keep, kept_of
from answerable.figures.models import Tally
from answerable.figures.tallies import Cell, difference

_FIRST = UUID(int=0)
SHOWN = 20


@dataclass
class Found:
    """`cases`: how many were counted. `wrong`: of the first ones whose facts differ, the ids. `sums`: per cell, what
    it should say less what it says."""

    cases: int = 0
    wrong: int = 0
    examples: list[UUID] = field(default_factory=list)
    sums: dict[Cell, int] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        return not self.wrong and not self.sums


def recount(*, mend: bool = False, tell: Callable[[int], None] = lambda done: None) -> Found:
    """Compare what is kept with a count of every case; `tell` hears how many are done."""
    while count_due():
        pass
    found, should = Found(), Counter[Cell]()
    with _counter_stands_still():
        for ids in _batches():
            should.update(_compare(ids, found, mend=mend))
            found.cases += len(ids)
            tell(found.cases)
        found.sums = difference(sums(), should)
        if mend:
            with transaction.atomic():
                add(found.sums)
    return found


@contextmanager
def _counter_stands_still() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _batches(size: int = BATCH) -> Iterator[list[UUID]]:
    after = _FIRST
    while True:
        with prepared() as cursor:
            cursor.execute("SELECT id FROM cases_case WHERE id > %s ORDER BY id LIMIT %s", [after, size])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        after = ids[-1]


@transaction.atomic
def _compare(ids: list[UUID], found: Found, *, mend: bool) -> Counter[Cell]:
    """The cells of these cases as they should be kept."""
    kept, read = kept_of(ids), histories.read(ids)
    waiting, should, wrong = _waiting(ids), Counter[Cell](), []
    for one in read:
        case, now = one.history.case, counted(one)
        before = kept.get(case)
        same = before is not None and not _differ(before, now)
        if same or case not in waiting:
            should.update(now.cells)
        elif before is not None:
            should.update(before.cells)
        if not same and case not in waiting:
            wrong.append(case)
    found.wrong += len(wrong)
    found.examples = (found.examples + wrong)[:SHOWN]
    if mend:
        keep([now for now in map(counted, read) if now.fact.case_id in set(wrong)], kept)
    return should


_WAITING = """SELECT case_id FROM figures_due WHERE case_id = ANY(%s)
    UNION SELECT a.matter_id FROM record_outbox o JOIN record_act a ON a.id = o.act_id WHERE a.matter_id = ANY(%s)"""


def _waiting(ids: list[UUID]) -> set[UUID]:
    """The cases to which something happened that is not counted yet. Asked after they were read."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [ids, ids])
        return {row[0] for row in cursor.fetchall()}


def _differ(kept: Counted, now: Counted) -> bool:
    return (
        differ(kept.fact, now.fact)
        or len(kept.turns) != len(now.turns)
        or any(differ(a, b) for a, b in zip(kept.turns, now.turns, strict=True))
    )


def sums() -> Counter[Cell]:
    """Every sum as it is kept."""
    names = ("cut", "unit_id", "on", "measure", "post_id", "subject_id", "place_id", "bucket", "n")
    rows = Tally.objects.values_list(*names)
    return Counter({Cell(*key): n for *key, n in rows.iterator(chunk_size=5000)})
