"""Reads of sums: as many rows as a page shows, however many cases there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Q

from answerable.cases.access import Reader
from answerable.figures.lists import OF_TURNS, readable
from answerable.figures.models import Turn
from answerable.figures.periods import Period
from answerable.figures.tallies import IN, OUT, Cut, within_days
from answerable.figures.tallies import Measure as M
from answerable.orgs.calendars import WorkCalendar

#: Measures whose lengths are told, not only their number.
LONG = (M.LATE, M.FIRST_ANSWER, M.ELAPSED)
Key = tuple[int, int]


@dataclass
class Sums:
    """The sums of one row: by measure, and of lengths by class."""

    n: Counter[str] = field(default_factory=Counter)
    lengths: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    open: int = 0
    late_now: int = 0
    dated: int = 0

    def __getitem__(self, measure: str) -> int:
        return self.n[measure]

    def add(self, other: Sums) -> None:
        self.n.update(other.n)
        for measure, lengths in other.lengths.items():
            self.lengths[measure].update(lengths)
        self.open += other.open
        self.late_now += other.late_now
        self.dated += other.dated

    @property
    def came_in(self) -> int:
        return sum(self.n[one] for one in IN)

    @property
    def went_out(self) -> int:
        return sum(self.n[one] for one in OUT)

    @property
    def with_date(self) -> int:
        """Of the answered, those that had a date."""
        return self.n[M.IN_TIME] + self.n[M.LATE]

    @property
    def without_date(self) -> int:
        """Of the open, those whose date does not run: they wait for the person, or the rule sets none."""
        return self.open - self.dated

    @property
    def in_time_share(self) -> float | None:
        return self.n[M.IN_TIME] / self.with_date if self.with_date else None

    def half_within(self, measure: str) -> int | None:
        """Half of them took fewer days than this: the median, as the end of its class."""
        return within_days(self.lengths[measure], 0.5)

    def most_within(self, measure: str) -> int | None:
        """Nine of ten took fewer days than this."""
        return within_days(self.lengths[measure], 0.9)

    @property
    def is_empty(self) -> bool:
        return not self.open and not any(self.n.values())


def total(sums: Mapping[Key, Sums]) -> Sums:
    """All rows together."""
    found = Sums()
    for one in sums.values():
        found.add(one)
    return found


_OF_PERIOD = """SELECT unit_id, post_id, measure, bucket, sum(n)::bigint FROM figures_tally
    WHERE cut = %s AND unit_id = ANY(%s) AND "on" >= %s AND "on" < %s GROUP BY 1, 2, 3, 4"""


def of_period(unit_ids: Sequence[int], period: Period) -> dict[Key, Sums]:
    """Sums by unit and leader's post over the months of a period."""
    found: dict[Key, Sums] = defaultdict(Sums)
    with connection.cursor() as cursor:
        cursor.execute(_OF_PERIOD, [Cut.POST, list(unit_ids), period.first, period.end])
        for unit, post, measure, bucket, n in cursor.fetchall():
            sums = found[unit, post]
            sums.n[measure] += n
            if measure in LONG:
                sums.lengths[measure][bucket] += n
    return found


_NOW = """SELECT unit_id, post_id, measure, sum(n)::bigint, coalesce(sum(n) FILTER (WHERE "on" < %s), 0)::bigint
    FROM figures_tally WHERE cut = %s AND unit_id = ANY(%s) GROUP BY 1, 2, 3"""


def add_now(found: dict[Key, Sums], unit_ids: Sequence[int], now: datetime, calendar: WorkCalendar) -> None:
    """Put what is open at this moment beside the sums of a period.

    A date that fell on a day before today is over; those that fall on today are looked at one by one.
    """
    today = calendar.local_day(now)
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [today, Cut.POST_NOW, list(unit_ids)])
        for unit, post, measure, n, before in cursor.fetchall():
            sums = found.setdefault((unit, post), Sums())
            if measure == M.OPEN:
                sums.open += n
            else:
                sums.dated += n
                sums.late_now += before
    fell_due = Turn.objects.filter(
        unit__in=unit_ids,
        is_conduct=False,
        ending="",
        own_due_at__gte=calendar.day_start(today),
        own_due_at__lte=now,
    )
    for row in fell_due.values("unit", "post").annotate(n=Count("pk")).order_by():
        found.setdefault((row["unit"], row["post"]), Sums()).late_now += row["n"]


_OPEN_BY_DAY = """SELECT "on", sum(n)::bigint FROM figures_tally
    WHERE cut = %s AND unit_id = ANY(%s) AND measure = %s GROUP BY 1"""

#: Ages of open cases, in days since first receipt: from (inclusive) to (not inclusive).
AGES: tuple[tuple[int, int | None], ...] = (
    (0, 7),
    (7, 15),
    (15, 30),
    (30, 60),
    (60, 90),
    (90, 180),
    (180, 365),
    (365, None),
)


def ages(unit_ids: Sequence[int], today: date) -> list[tuple[int, int | None, int]]:
    """How many open cases are how old: counted from the day of first receipt, through every unit."""
    counts = [0] * len(AGES)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_BY_DAY, [Cut.POST_NOW, list(unit_ids), M.OPEN])
        for on, n in cursor.fetchall():
            age = max(0, (today - on).days)
            counts[next(i for i, (_, end) in enumerate(AGES) if end is None or age < end)] += n
    return [(start, end, n) for (start, end), n in zip(AGES, counts, strict=True)]


def age_bounds(
    start: int, end: int | None, today: date, calendar: WorkCalendar
) -> tuple[datetime | None, datetime]:
    """Between which instants a case was first received that is so many days old today."""
    until = calendar.day_start(today - timedelta(days=start - 1))
    since = calendar.day_start(today - timedelta(days=end - 1)) if end is not None else None
    return since, until


_BY_MONTH = """SELECT "on", measure, sum(n)::bigint FROM figures_tally
    WHERE cut = %s AND unit_id = ANY(%s) AND "on" >= %s AND "on" < %s AND measure = ANY(%s) GROUP BY 1, 2"""


def by_month(unit_ids: Sequence[int], period: Period, measures: Sequence[str]) -> dict[date, Counter[str]]:
    """Sums of these measures in each month of a period, over all units together."""
    found: dict[date, Counter[str]] = {month: Counter() for month in period.each_month()}
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_MONTH, [Cut.POST, list(unit_ids), period.first, period.end, [str(m) for m in measures]]
        )
        for on, measure, n in cursor.fetchall():
            found[on][measure] += n
    return found


_OF_MATTERS = """SELECT {key}, sum(n)::bigint FROM figures_tally
    WHERE cut = %s AND unit_id = ANY(%s) AND "on" >= %s AND "on" < %s GROUP BY 1"""


@dataclass(frozen=True)
class Busy:
    """How many cases of a subject, or of a place: received in the period, and open now."""

    received: Mapping[int, int]
    open: Mapping[int, int]


def by_subject(unit_ids: Sequence[int], period: Period) -> Busy:
    return _busy("subject_id", (Cut.SUBJECT, Cut.SUBJECT_NOW), unit_ids, period)


def by_place(unit_ids: Sequence[int], period: Period) -> Busy:
    return _busy("place_id", (Cut.PLACE, Cut.PLACE_NOW), unit_ids, period)


def _busy(key: str, cuts: tuple[Cut, Cut], unit_ids: Sequence[int], period: Period) -> Busy:
    sql = _OF_MATTERS.format(key=key)
    spans = ((period.first, period.end), (date.min, date.max))
    found = []
    with connection.cursor() as cursor:
        for cut, (first, end) in zip(cuts, spans, strict=True):
            cursor.execute(sql, [cut, list(unit_ids), first, end])
            found.append(dict(cursor.fetchall()))
    return Busy(*found)


#: What is said of accusations, and no more.
OF_CONDUCT = (M.RECEIVED, M.ANSWERED, M.IN_TIME, M.LATE)


def of_conduct(
    unit_ids: Sequence[int], reader: Reader, from_at: datetime, until_at: datetime
) -> dict[int, Counter[str]]:
    """Accusations by unit, counted one by one: those alone that this reader may read (rights, rule 5).

    So nobody learns from a number that there is one more, which is not theirs to read.
    """
    every = readable(Turn.objects.filter(unit__in=unit_ids, is_conduct=True), reader)
    counts = {}
    for measure in OF_CONDUCT:
        condition, at = OF_TURNS[measure]
        within = Q(**{f"{at}__gte": from_at, f"{at}__lt": until_at})
        counts[str(measure)] = Count("pk", filter=condition & within)
    counts[str(M.OPEN)] = Count("pk", filter=Q(ending=""))
    rows = every.values("unit").annotate(**counts).order_by().values_list("unit", *counts)
    return {unit: Counter(dict(zip(counts, numbers, strict=True))) for unit, *numbers in rows}
