"""What a chart is made of, before it is drawn. Pure: the words come ready, in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from answerable.figures.charts.canvas import Canvas


class Tone(StrEnum):
    """How a series looks: a colour and a filling, so that it is told apart on black and white paper too."""

    MAIN = "main"
    SECOND = "second"
    REST = "rest"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Value:
    """A number as drawn and as written. `number` None: there is none to draw, `text` says why ("–", "<5")."""

    number: float | None
    text: str
    href: str = ""  # the list behind it; linked in the table


def value(number: float | None, *, unit: str = "", href: str = "", none: str = "–") -> Value:
    """A count (or, with `unit`, a measure) written with thousands apart and at most one decimal."""
    if number is None:
        return Value(None, none, href)
    text = f"{number:,.1f}".removesuffix(".0") if isinstance(number, float) else f"{number:,}"
    return Value(number, text + unit, href)


@dataclass(frozen=True, slots=True)
class Label:
    """What a bar stands for: whole in the table, `short` under a column."""

    text: str
    short: str = ""
    href: str = ""

    @property
    def brief(self) -> str:
        return self.short or self.text


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers, as many as the chart has labels."""

    name: str
    values: Sequence[Value]
    tone: Tone = Tone.MAIN


#: How an x or a width is written: a part of the whole in per cent on a page, in pixels on paper.
Across = Callable[[float], str]


@dataclass(frozen=True)
class Chart:
    """A drawing and the table beside it, out of the same numbers.

    `name` is unique on its page. `says` is one sentence with what there is to see, for those who do not see it.
    """

    name: str
    title: str
    says: str
    head: str  # what the labels are: "Month"
    labels: Sequence[Label]
    series: Sequence[Series]
    draw: Callable[[Chart, Canvas], str] = field(repr=False)
    note: str = ""  # under the chart: where the numbers come from, what "<5" means
    top: float | None = None  # the full scale, e.g. 100 for per cent

    def __post_init__(self) -> None:
        if any(len(series.values) != len(self.labels) for series in self.series):
            raise ValueError(f"The series of the chart {self.name!r} are not as long as its labels.")
        if any((one.number or 0) < 0 for series in self.series for one in series.values):
            raise ValueError(f"The chart {self.name!r} starts at zero; it draws no negative numbers.")

    @property
    def is_empty(self) -> bool:
        return not any(one.number is not None for series in self.series for one in series.values)

    @property
    def is_wide(self) -> bool:
        """Whether its table needs to be stacked on a telephone."""
        return len(self.series) > 3

    @property
    def key(self) -> list[Series]:
        """The series to be told apart; none for a single one."""
        return list(self.series) if len(self.series) > 1 else []

    def lines(self) -> list[tuple[Label, list[tuple[Series, Value]]]]:
        """The rows of the table."""
        return [
            (label, [(series, series.values[at]) for series in self.series])
            for at, label in enumerate(self.labels)
        ]

    def svg(self) -> str:
        """For a page: as wide as its place, coloured by the page's tokens."""
        return self.draw(self, Canvas(self.name))

    def paper(self, width: int = 480) -> str:
        """For paper: `width` pixels wide, with its own ink."""
        return self.draw(self, Canvas(self.name, width))


def full_scale(most: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten; at least 1, so that one matter is not a tower."""
    if most <= 1:
        return 1
    step = 10 ** math.floor(math.log10(most))
    return float(next(step * times for times in (1, 2, 5, 10) if step * times >= most))
