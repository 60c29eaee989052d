"""The list behind a number: the same condition that counted it, as rows, and of these what the reader may read.

A number is a sum of turns (`tallies.cells_of`); here each measure is a condition on the turns' rows. A test over
random histories holds the two together. Accusations are in no list but their own, and there is never said how many
more there are (rights, rule 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Left

from answerable.cases.access import Reader, readable_cases
from answerable.cases.queries import TITLE_CHARS
from answerable.figures.cursors import Cursor
from answerable.figures.formulas import Ending, Review
from answerable.figures.models import Tally, Turn
from answerable.figures.periods import Period
from answerable.figures.tallies import OF_MATTER, Cut
from answerable.figures.tallies import Measure as M

PAGE = 50
COUNT_TO = 1000


class Now(StrEnum):
    """What lies with a unit at this moment, whatever the period."""

    OPEN = "open"
    LATE = "late_now"
    DATELESS = "no_date"


_ANSWERED = Q(ending=Ending.ANSWERED)
_IN_TIME, _LATE = Q(ended_at__lt=F("own_due_at")), Q(ended_at__gte=F("own_due_at"))

#: Answered without a date of the unit's own: what is left of the answered ones, so no sum is kept of it.
DATELESS = "answered_dateless"

#: Of each measure: the condition, and the instant that puts it into a month.
OF_TURNS: dict[str, tuple[Q, str]] = {
    M.RECEIVED: (Q(beginning="registered"), "began_at"),
    M.HANDED_IN: (Q(beginning="handed_over"), "began_at"),
    M.REOPENED: (Q(beginning="reopened"), "began_at"),
    M.REVIEWING: (Q(beginning="review"), "began_at"),
    M.ANSWERED: (_ANSWERED, "ended_at"),
    M.IN_TIME: (_ANSWERED & _IN_TIME, "ended_at"),
    M.LATE: (_ANSWERED & _LATE, "ended_at"),
    DATELESS: (_ANSWERED & Q(own_due_at=None), "ended_at"),
    M.DATE_KEPT: (_ANSWERED & Q(ended_at__lt=F("due_at")), "ended_at"),
    M.DATE_MISSED: (_ANSWERED & Q(ended_at__gte=F("due_at")), "ended_at"),
    M.HANDED_ON: (Q(ending=Ending.HANDED_OVER), "ended_at"),
    M.HANDED_LATE: (Q(ending=Ending.HANDED_OVER) & _LATE, "ended_at"),
    M.PASSED_ON: (Q(ending=Ending.PASSED_ON), "ended_at"),
    M.WITHDRAWN: (Q(ending=Ending.WITHDRAWN), "ended_at"),
    M.FIRST_ANSWER: (Q(first_answer_at__isnull=False), "first_answer_at"),
    M.ELAPSED: (Q(elapsed__isnull=False), "ended_at"),
    M.REVIEW_ASKED: (~Q(review=""), "review_asked_at"),
    M.REVIEW_STOOD: (Q(review=Review.STOOD), "reviewed_at"),
    M.REVIEW_CHANGED: (Q(review=Review.CHANGED), "reviewed_at"),
    M.OFFICE_SOLVED: (_ANSWERED & Q(office_solved=True), "ended_at"),
    M.OFFICE_UNSOLVED: (_ANSWERED & Q(office_solved=False), "ended_at"),
    M.PERSON_SOLVED: (_ANSWERED & Q(person_solved=True), "ended_at"),
    M.PERSON_UNSOLVED: (_ANSWERED & Q(person_solved=False), "ended_at"),
}
_OPEN = Q(ending="")
NAMES = frozenset({*map(str, OF_TURNS), *map(str, Now)})


@dataclass(frozen=True)
class Behind:
    """Which number is opened: a measure, from–until (instants, the end not included; `months` say the same), and what
    it is broken down by.

    `received_from` and `received_until` bound the day of first receipt, for ageing.
    """

    name: str
    units: tuple[int, ...]
    from_at: datetime | None = None
    until_at: datetime | None = None
    post: int | None = None
    subjects: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    received_from: datetime | None = None
    received_until: datetime | None = None
    is_conduct: bool = False
    months: Period | None = None


@dataclass(frozen=True)
class Page:
    """`total` is the number that was opened, None for accusations; `readable` how many of it are the reader's to read,
    counted up to COUNT_TO + 1."""

    rows: Sequence[Turn]
    after: Cursor | None
    total: int | None = None
    readable: int = 0


def turns_behind(behind: Behind, now: datetime) -> tuple[QuerySet[Turn], str]:
    """The turns that a number is the sum of, in no order; and the name of the instant that orders them."""
    rows = Turn.objects.filter(unit__in=behind.units, is_conduct=behind.is_conduct)
    if behind.name in OF_TURNS:
        condition, at = OF_TURNS[behind.name]
        rows = rows.filter(condition)
        if behind.from_at is not None:
            rows = rows.filter(**{f"{at}__gte": behind.from_at})
        if behind.until_at is not None:
            rows = rows.filter(**{f"{at}__lt": behind.until_at})
    else:
        rows, at = rows.filter(_now(Now(behind.name), now)), "began_at"
    if behind.post is not None:
        rows = rows.filter(post=behind.post)
    return _of_cases(rows, behind), at


def _now(name: Now, now: datetime) -> Q:
    if name is Now.LATE:
        return _OPEN & Q(own_due_at__lte=now)
    return _OPEN & Q(own_due_at=None) if name is Now.DATELESS else _OPEN


def _of_cases(rows: QuerySet[Turn], behind: Behind) -> QuerySet[Turn]:
    if behind.subjects:
        rows = rows.filter(case__subject__in=behind.subjects)
    if behind.places:
        rows = rows.filter(case__place__in=behind.places)
    if behind.received_from is not None:
        rows = rows.filter(case__received_at__gte=behind.received_from)
    if behind.received_until is not None:
        rows = rows.filter(case__received_at__lt=behind.received_until)
    return rows


def readable(rows: QuerySet[Turn], reader: Reader) -> QuerySet[Turn]:
    """Of these, the ones whose case this reader may read: the same door as everywhere."""
    return rows.filter(case__in=readable_cases(reader))


def page(behind: Behind, reader: Reader, now: datetime, *, after: Cursor | None = None) -> Page:
    """A page of the list, newest first."""
    keys = _keys(behind, reader, now, after, PAGE + 1)
    rows = Turn.objects.filter(pk__in=[pk for _at, pk in keys[:PAGE]]).select_related("case")
    rows = rows.annotate(title=F("case__text__title"), opening=Left("case__text__claim", TITLE_CHARS))
    found = {turn.pk: turn for turn in rows}
    return Page(
        rows=[found[pk] for _at, pk in keys[:PAGE] if pk in found],
        after=Cursor(*keys[PAGE - 1]) if len(keys) > PAGE else None,
        total=None if behind.is_conduct else total_of(behind, now),
        readable=count_readable(behind, reader, now),
    )


def _keys(
    behind: Behind, reader: Reader, now: datetime, after: Cursor | None, limit: int
) -> list[tuple[datetime, int]]:
    """Instants and numbers of the newest rows that the reader may read.

    Nearly all are, so the first rows are taken as the index has them, and looked at afterwards.
    """
    found: list[tuple[datetime, int]] = []
    while True:
        some = _newest(behind, now, after, limit)
        cases = {case for _at, _pk, case in some}
        mine = (
            set(readable_cases(reader).filter(pk__in=cases).values_list("pk", flat=True)) if cases else set()
        )
        found += [(at, pk) for at, pk, case in some if case in mine]
        if len(found) >= limit or len(some) < limit:
            return found[:limit]
        after = Cursor(some[-1][0], some[-1][1])


def _newest(
    behind: Behind, now: datetime, after: Cursor | None, limit: int
) -> list[tuple[datetime, int, UUID]]:
    """The newest rows of all units: the first ones of each, which its index has in order, merged."""
    each = []
    for unit in behind.units:
        rows, at = turns_behind(replace(behind, units=(unit,)), now)
        if after is not None:
            rows = rows.filter(after.older(at))
        each.append(rows.order_by(F(at).desc(), "-pk").values_list(at, "pk", "case")[:limit])
    first, *others = each
    found: Iterable[Any] = first.union(*others, all=True) if others else first
    return sorted(found, reverse=True)[:limit]


def total_of(behind: Behind, now: datetime) -> int:
    """How many rows the number stands for: the sum itself where it is kept, else counted."""
    cells = Tally.objects.filter(unit__in=behind.units)
    if behind.received_from or behind.received_until or behind.name in (Now.LATE, Now.DATELESS, DATELESS):
        return turns_behind(behind, now)[0].count()
    narrowed = [name for name in ("post", "subjects", "places") if getattr(behind, name)]
    is_now = behind.name == Now.OPEN
    cuts = {
        (): (Cut.POST, Cut.POST_NOW),
        ("post",): (Cut.POST, Cut.POST_NOW),
        ("subjects",): (Cut.SUBJECT, Cut.SUBJECT_NOW),
        ("places",): (Cut.PLACE, Cut.PLACE_NOW),
    }.get(tuple(narrowed))
    if cuts is None or (narrowed not in ([], ["post"]) and behind.name not in OF_MATTER):
        return turns_behind(behind, now)[0].count()
    cells = cells.filter(cut=cuts[is_now], measure=behind.name)
    if behind.post is not None:
        cells = cells.filter(post_id=behind.post)
    if behind.subjects:
        cells = cells.filter(subject_id__in=behind.subjects)
    if behind.places:
        cells = cells.filter(place_id__in=behind.places)
    if behind.months is not None and not is_now:
        cells = cells.filter(on__gte=behind.months.first, on__lt=behind.months.end)
    return int(cells.aggregate(n=Sum("n"))["n"] or 0)


def count_readable(behind: Behind, reader: Reader, now: datetime) -> int:
    """How many rows of the list this reader may read, exact up to COUNT_TO; one more stands for more."""
    rows, _at = turns_behind(behind, now)
    return readable(rows, reader)[: COUNT_TO + 1].count()


def every(behind: Behind, reader: Reader, now: datetime, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """These columns of all rows of the list that the reader may read, newest first: through a cursor of the server's,
    so that a thousand are in memory however many there are."""
    rows, at = turns_behind(behind, now)
    mine = readable(rows, reader).order_by(F(at).desc(), "-pk")
    return mine.values_list(*names).iterator(chunk_size=1000)
