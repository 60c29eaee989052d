"""Keep facts, turns and sums up to date: cases that something happened to are counted anew, one counter at a time.

Nobody waits for it: an act appends a row (`reactions`), and the worker takes many of them at once. A case counted
twice changes nothing, one that was forgotten is found by `recount`.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

from answerable.core.statements import fetch
from answerable.figures import formulas, histories
from answerable.figures.models import Due, Fact, Turn
from answerable.figures.tallies import Cell, cells_of, difference
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.standing import standing

BATCH = 200
LOOKED_AT = 5000
#: Names the one counter among the database's locks; any number that nothing else uses.
LOCK = 0x616E_7366_6967
log = logging.getLogger(__name__)
#: What a history that no service makes could raise; everything else is the database's, and is tried again.
FAILURES = (ArithmeticError, LookupError, TypeError, ValueError)

_TAKE = """DELETE FROM figures_due WHERE id = ANY(ARRAY(SELECT id FROM figures_due ORDER BY id LIMIT %s))
    RETURNING case_id"""
_CELL = ("cut", "unit_id", "on", "measure", "post_id", "subject_id", "place_id", "bucket")
_COLUMNS = ", ".join(f'"{name}"' for name in _CELL)
_GIVEN = """unnest(%s::text[], %s::bigint[], %s::date[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::smallint[], %s::bigint[])"""
_ADD = f"""INSERT INTO figures_tally ({_COLUMNS}, n) SELECT * FROM {_GIVEN}
    ON CONFLICT ({_COLUMNS}) DO UPDATE SET n = figures_tally.n + EXCLUDED.n"""  # noqa: S608 - our own names
_SAME = f"""FROM {_GIVEN} AS less ({_COLUMNS}, n)
    WHERE {" AND ".join(f't."{name}" = less."{name}"' for name in _CELL)}"""
_TAKE_OFF = f"UPDATE figures_tally t SET n = t.n - less.n {_SAME} AND t.n > less.n"  # noqa: S608
_DROP = f"DELETE FROM figures_tally t {_SAME.replace('FROM', 'USING', 1)} AND t.n = less.n"  # noqa: S608


def count_due(limit: int = BATCH) -> int:
    """Count anew what something happened to; returns how many acts were taken. 0 where another counter is at it.

    A case that cannot be counted is named in the log and waits for `recount`; the others are counted.
    """
    try:
        return _count_batch(limit)
    except FAILURES:
        log.exception("cases could not be counted together; each alone now")
    return _count_each(limit)


@transaction.atomic
def _count_batch(limit: int) -> int:
    if not _is_only_one():
        return 0
    taken = _take(limit)
    count_cases(set(taken))
    return len(taken)


@transaction.atomic
def _count_each(limit: int) -> int:
    if not _is_only_one():
        return 0
    taken = _take(limit)
    for case_id in sorted(set(taken)):
        try:
            with transaction.atomic():
                count_cases([case_id])
        except FAILURES:
            log.exception("a case could not be counted", extra={"case": str(case_id)})
    return len(taken)


def _is_only_one() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _take(limit: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [limit])
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Counted:
    """What a case comes to: the rows that are kept of it, and the cells that it counts into."""

    fact: Fact
    turns: list[Turn]
    cells: Counter[Cell]


def counted(read: histories.Read) -> Counted:
    """A case counted from its history, as it should stand in the tables."""
    history = read.history
    turns = formulas.turns_of(history)
    fact = _fact(read, turns)
    return Counted(fact, [_row(history, turn) for turn in turns], _cells(history, turns))


def _cells(history: formulas.History, turns: Iterable[formulas.Turn]) -> Counter[Cell]:
    return cells_of(history, tuple(turns), _calendar(history.authority).local_day)


def _calendar(authority: int) -> WorkCalendar:
    found = standing()
    return found.calendar(found.authorities[authority])


def count_cases(case_ids: Collection[UUID]) -> None:
    """Count these cases anew and add the differences to the sums. Expects to be the one counter."""
    ids = sorted(case_ids)
    if ids:
        kept = kept_of(ids)
        add(keep([counted(read) for read in histories.read(ids)], kept))


def keep(cases: Iterable[Counted], kept: Mapping[UUID, Counted]) -> Counter[Cell]:
    """Write facts and turns where they differ from what is kept; returns what the sums lack now."""
    change = Counter[Cell]()
    facts, turns, gone = [], [], []
    for now in cases:
        before = kept.get(now.fact.case_id)
        change.update(difference(before.cells if before else Counter(), now.cells))
        if before is None or differ(before.fact, now.fact):
            facts.append(now.fact)
        old = {turn.number: turn for turn in before.turns} if before else {}
        turns += [turn for turn in now.turns if turn.number not in old or differ(old[turn.number], turn)]
        gone += [turn.pk for turn in (before.turns if before else []) if turn.number > len(now.turns)]
    _write(facts, turns, gone)
    return change


def _write(facts: list[Fact], turns: list[Turn], gone: list[int]) -> None:
    if facts:
        Fact.objects.bulk_create(
            facts,
            update_conflicts=True,
            unique_fields=["case_id"],
            update_fields=_fields_of(Fact, ("case_id",)),
        )
    if turns:
        Turn.objects.bulk_create(
            turns,
            update_conflicts=True,
            unique_fields=["case_id", "number"],
            update_fields=_fields_of(Turn, ("case_id", "number")),
        )
    if gone:
        Turn.objects.filter(pk__in=gone).delete()


#: The attributes that make two rows the same: all but the row's own number.
_NAMES: dict[type[Model], tuple[str, ...]] = {
    model: tuple(f.attname for f in model._meta.concrete_fields if f.attname != "id")
    for model in (Fact, Turn)
}


def _fields_of(model: type[Model], but: tuple[str, ...]) -> list[str]:
    return [
        f.name for f in model._meta.concrete_fields if f.attname in _NAMES[model] and f.attname not in but
    ]


def differ(one: Fact | Turn, other: Fact | Turn) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in _NAMES[type(one)])


def kept_of(ids: list[UUID]) -> dict[UUID, Counted]:
    """What is kept of these cases, with the cells that follow from it."""
    turns: dict[UUID, list[Turn]] = defaultdict(list)
    for row in fetch(Turn, "case_id = ANY(%s) ORDER BY case_id, number", [ids]):
        turns[row.case_id].append(row)
    found = {}
    for fact in fetch(Fact, "case_id = ANY(%s)", [ids]):
        rows = turns[fact.case_id]
        found[fact.case_id] = Counted(fact, rows, _cells(_kept_history(fact), map(_kept_turn, rows)))
    return found


def add(change: Mapping[Cell, int]) -> None:
    """Add differences to the sums; a sum of nothing goes. One that would fall below zero is named in the log."""
    more = {cell: n for cell, n in change.items() if n > 0}
    less = {cell: -n for cell, n in change.items() if n < 0}
    with connection.cursor() as cursor:
        if more:
            cursor.execute(_ADD, _arrays(more))
        if less:
            cursor.execute(_DROP, _arrays(less))
            dropped = cursor.rowcount
            cursor.execute(_TAKE_OFF, _arrays(less))
            if dropped + cursor.rowcount != len(less):
                log.error(
                    "a sum of figures is too small for what is taken off it; `answerable figures recount`"
                )


def _arrays(cells: Mapping[Cell, int]) -> list[list[Any]]:
    rows = sorted(cells.items())
    columns = [[getattr(cell, name) for cell, _ in rows] for name in _ORDER]
    return [*columns, [n for _, n in rows]]


_ORDER = ("cut", "unit", "on", "measure", "post", "subject", "place", "bucket")


def _fact(read: histories.Read, turns: tuple[formulas.Turn, ...]) -> Fact:
    history, facts = read.history, formulas.facts_of(read.history, turns)
    said = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return Fact(
        case_id=history.case,
        authority_id=history.authority,
        first_unit_id=said.pop("first_unit"),
        unit_id=history.unit,
        subject_id=history.subject,
        place_id=history.place,
        intake=read.intake,
        is_conduct=history.is_conduct,
        received_at=history.received_at,
        **said,
    )


#: What a row keeps of a turn under the same name.
_SAME_NAME = (
    *("number", "stage", "beginning", "began_at", "ending", "ended_at", "due_at", "own_due_at"),
    *("first_answer_at", "elapsed", "review", "review_asked_at", "reviewed_at"),
    *("office_solved", "person_solved"),
)


def _row(history: formulas.History, turn: formulas.Turn) -> Turn:
    said = {name: getattr(turn, name) for name in _SAME_NAME}
    return Turn(
        case_id=history.case,
        unit_id=turn.unit,
        post_id=turn.post,
        is_conduct=history.is_conduct,
        **said | {name: str(said[name]) for name in ("beginning", "ending", "review")},
    )


def _kept_turn(row: Turn) -> formulas.Turn:
    said = {name: getattr(row, name) for name in _SAME_NAME}
    said["beginning"] = formulas.Beginning(row.beginning)
    return formulas.Turn(unit=row.unit_id, post=row.post_id, **said)


def _kept_history(fact: Fact) -> formulas.History:
    return formulas.History(
        case=fact.case_id,
        authority=fact.authority_id,
        unit=fact.unit_id,
        post=0,
        subject=fact.subject_id,
        place=fact.place_id,
        is_conduct=fact.is_conduct,
        received_at=fact.received_at,
    )


def waiting() -> int:
    """How many acts are not counted yet; not more than LOOKED_AT are looked at."""
    return Due.objects.all()[:LOOKED_AT].count()
