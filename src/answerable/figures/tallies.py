"""Which sums a case counts into. Pure.

A cell is one number of one unit: of a month, or of a day for what moves with time (open cases by the day they were
received, and by the day they are due). `cells_of` gives all cells of a case; sums are kept by subtracting the cells
of before and adding those of now. A figure, its sum here and the list behind it (`lists`) say the same thing; a test
over random histories holds them together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from answerable.figures.formulas import Beginning, Ending, History, Review, Turn


class Cut(StrEnum):
    """What a sum is broken down by, beside the unit. In capitals: of what is open now, which is read whatever the
    period, and so stands apart from all the months."""

    POST = "p"
    SUBJECT = "s"
    PLACE = "l"
    POST_NOW = "P"
    SUBJECT_NOW = "S"
    PLACE_NOW = "L"


class Measure(StrEnum):
    """What is counted. Each is of a month unless it says otherwise; docs/reference/figures.md has them in prose."""

    RECEIVED = "received"  # registered with this unit; month of first receipt
    HANDED_IN = "handed_in"  # handed to it by another unit
    REOPENED = "reopened"
    REVIEWING = "reviewing"  # came up to it for a review
    ANSWERED = "answered"
    IN_TIME = "in_time"  # of the answered: before the unit's own date
    LATE = "late"  # of the answered: after it; `bucket`: by how much
    DATE_KEPT = "date_kept"  # of the answered: before the case's date, whoever had it
    DATE_MISSED = "date_missed"
    HANDED_ON = "handed_on"
    HANDED_LATE = "handed_late"  # of those: after the unit's own date
    PASSED_ON = "passed_on"
    WITHDRAWN = "withdrawn"
    FIRST_ANSWER = "first_answer"  # `bucket`: from when the unit had it to its first word of the matter
    ELAPSED = "elapsed"  # final answers; `bucket`: the person's own time
    REVIEW_ASKED = "review_asked"  # of an answer of this unit
    REVIEW_STOOD = "stood"
    REVIEW_CHANGED = "changed"
    OFFICE_SOLVED = "office_yes"  # the two words about an answer; month of the answer
    OFFICE_UNSOLVED = "office_no"
    PERSON_SOLVED = "person_yes"
    PERSON_UNSOLVED = "person_no"
    OPEN = "open"  # lies with the unit and is not answered; `on`: the day it was first received
    DUE = "due"  # of those, with a date that runs; `on`: the local day of that first late instant


#: How a unit comes to have a case, and how it goes out: what flows in and out.
IN = (Measure.RECEIVED, Measure.HANDED_IN, Measure.REOPENED, Measure.REVIEWING)
OUT = (Measure.ANSWERED, Measure.HANDED_ON, Measure.PASSED_ON, Measure.WITHDRAWN)
#: What is told by subject and by place.
OF_MATTER = (Measure.RECEIVED, Measure.OPEN)

DAY = timedelta(days=1)
#: Upper ends of the classes of length, in days: by the day for a month, then coarser. The last class has no end.
LENGTHS = (*range(1, 32), *range(35, 100, 7), 120, 150, 180, 270, 365, 730)

_BEGINNINGS = {
    Beginning.REGISTERED: Measure.RECEIVED,
    Beginning.HANDED_OVER: Measure.HANDED_IN,
    Beginning.REOPENED: Measure.REOPENED,
    Beginning.REVIEW: Measure.REVIEWING,
}
_ENDINGS = {
    Ending.ANSWERED: Measure.ANSWERED,
    Ending.HANDED_OVER: Measure.HANDED_ON,
    Ending.PASSED_ON: Measure.PASSED_ON,
    Ending.WITHDRAWN: Measure.WITHDRAWN,
}


@dataclass(frozen=True, order=True)
class Cell:
    """The key of a sum. Posts, subjects and places that its cut does not use are 0."""

    cut: str
    unit: int
    on: date
    measure: str
    post: int = 0
    subject: int = 0
    place: int = 0
    bucket: int = 0


DayOf = Callable[[datetime], date]


def bucket_of(length: timedelta) -> int:
    """The class of a length: `LENGTHS[bucket]` days are more than it; len(LENGTHS) where none is."""
    return bisect_right(LENGTHS, length / DAY)


def within_days(histogram: Mapping[int, int], share: float) -> int | None:
    """So many days are more than the given share of the lengths took; None for no lengths, or past the last class.

    Half of them (`share` 0.5) is the median, told as the upper end of its class.
    """
    total = sum(histogram.values())
    if not total:
        return None
    seen = 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= share * total:
            return LENGTHS[bucket] if bucket < len(LENGTHS) else None
    return None


def month_of(day: date) -> date:
    return day.replace(day=1)


def cells_of(history: History, turns: Sequence[Turn], day_of: DayOf) -> Counter[Cell]:
    """Every cell that a case counts into. `day_of` gives the office's local day of an instant.

    An accusation counts into none: a sum would tell those whom it is about that it is there (rights, rule 5). What is
    said of accusations is counted one by one, for each reader what they may read.
    """
    counting = _Counting(history, day_of)
    for turn in turns if not history.is_conduct else ():
        counting.turn(turn)
    return counting.cells


class _Counting:
    def __init__(self, history: History, day_of: DayOf) -> None:
        self.history, self.day_of = history, day_of
        self.cells: Counter[Cell] = Counter()

    def turn(self, turn: Turn) -> None:
        self._count(turn, _BEGINNINGS[turn.beginning], turn.began_at)
        if turn.ending:
            self._ended(turn)
        else:
            self._open(turn)
        if turn.first_answer_at is not None:
            length = turn.first_answer_at - turn.began_at
            self._count(turn, Measure.FIRST_ANSWER, turn.first_answer_at, bucket_of(length))
        if turn.review:
            self._count(turn, Measure.REVIEW_ASKED, turn.review_asked_at)
        if turn.review in (Review.STOOD, Review.CHANGED):
            stood = turn.review == Review.STOOD
            measure = Measure.REVIEW_STOOD if stood else Measure.REVIEW_CHANGED
            self._count(turn, measure, turn.reviewed_at)

    def _ended(self, turn: Turn) -> None:
        at = turn.ended_at
        self._count(turn, _ENDINGS[Ending(turn.ending)], at)
        if turn.ending == Ending.HANDED_OVER and turn.is_in_time is False:
            self._count(turn, Measure.HANDED_LATE, at)
        if turn.ending != Ending.ANSWERED:
            return
        if turn.is_in_time:
            self._count(turn, Measure.IN_TIME, at)
        if turn.late is not None:
            self._count(turn, Measure.LATE, at, bucket_of(turn.late))
        if turn.is_date_kept is not None:
            self._count(turn, Measure.DATE_KEPT if turn.is_date_kept else Measure.DATE_MISSED, at)
        if turn.elapsed is not None:
            self._count(turn, Measure.ELAPSED, at, bucket_of(turn.elapsed))
        if turn.office_solved is not None:
            self._count(turn, Measure.OFFICE_SOLVED if turn.office_solved else Measure.OFFICE_UNSOLVED, at)
        if turn.person_solved is not None:
            self._count(turn, Measure.PERSON_SOLVED if turn.person_solved else Measure.PERSON_UNSOLVED, at)

    def _open(self, turn: Turn) -> None:
        received = self.day_of(self.history.received_at)
        self._add(turn, Measure.OPEN, received)
        if turn.own_due_at is not None:
            self._add(turn, Measure.DUE, self.day_of(turn.own_due_at))

    def _count(self, turn: Turn, measure: Measure, at: datetime | None, bucket: int = 0) -> None:
        if at is not None:
            self._add(turn, measure, month_of(self.day_of(at)), bucket)

    def _add(self, turn: Turn, measure: Measure, on: date, bucket: int = 0) -> None:
        is_now = measure in (Measure.OPEN, Measure.DUE)
        cut = Cut.POST_NOW if is_now else Cut.POST
        self.cells[Cell(cut, turn.unit, on, measure, post=turn.post, bucket=bucket)] += 1
        if measure not in OF_MATTER:
            return
        month, subject, place = month_of(on), self.history.subject, self.history.place
        cut = Cut.SUBJECT_NOW if is_now else Cut.SUBJECT
        self.cells[Cell(cut, turn.unit, month, measure, subject=subject)] += 1
        if place is not None:
            cut = Cut.PLACE_NOW if is_now else Cut.PLACE
            self.cells[Cell(cut, turn.unit, month, measure, place=place)] += 1


def difference(before: Counter[Cell], after: Counter[Cell]) -> dict[Cell, int]:
    """What has to be added so that the sums say `after` where they said `before`."""
    cells = sorted(before.keys() | after.keys())
    return {cell: after[cell] - before[cell] for cell in cells if after[cell] != before[cell]}
