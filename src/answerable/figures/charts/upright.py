"""Columns over time, one or stacked. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.figures.charts.canvas import Canvas, wide
from answerable.figures.charts.parts import Chart, Label, Series, full_scale

ABOVE, HIGH, BELOW = 22, 140, 24
BASE = ABOVE + HIGH
#: A few months are not drawn as walls.
FEWEST = 6
FILLED = 0.68  # of a column's slot


def columns(
    *,
    name: str,
    title: str,
    says: str,
    head: str,
    labels: Sequence[Label],
    series: Series,
    top: float | None = None,
    note: str = "",
) -> Chart:
    """One number a month (or day, or year), in their order."""
    return Chart(name, title, says, head, labels, (series,), _draw, note, top)


def stacked(
    *,
    name: str,
    title: str,
    says: str,
    head: str,
    labels: Sequence[Label],
    series: Sequence[Series],
    top: float | None = None,
    note: str = "",
) -> Chart:
    """Parts of a whole over time; the first series stands on the base."""
    return Chart(name, title, says, head, labels, tuple(series), _draw, note, top)


def _draw(chart: Chart, on: Canvas) -> str:
    sums = [sum(series.values[at].number or 0 for series in chart.series) for at in range(len(chart.labels))]
    top = chart.top or full_scale(max(sums, default=0))
    body = [on.line(BASE - HIGH), on.line(BASE - HIGH / 2)]
    body.append(on.text(0, BASE - HIGH - 4, f"{top:,g}", kind="quiet"))
    slots = max(len(chart.labels), FEWEST)
    shown = _labelled(chart, on, slots)
    for at, label in enumerate(chart.labels):
        body += _column(chart, on, at, slots, top)
        middle = (at + 0.5) / slots
        if at in shown:
            body.append(on.text(middle, BASE + 16, label.brief, anchor="middle", kind="quiet"))
    body.append(on.line(BASE, "base"))
    body += _numbers(chart, on, sums, slots, top)
    tones = [series.tone.value for series in chart.series]
    return on.sheet(BASE + BELOW, chart.title, chart.says, tones, body)


def _column(chart: Chart, on: Canvas, at: int, slots: int, top: float) -> list[str]:
    left, broad = (at + (1 - FILLED) / 2) / slots, FILLED / slots
    parts, y = [], float(BASE)
    for series in chart.series:
        one = series.values[at]
        if not one.number:
            continue
        high = min(one.number / top, 1) * HIGH
        y -= high
        hint = f"{chart.labels[at].text}: {series.name} {one.text}"
        # A hair of paper between two parts, so that they are told apart.
        gap = 1 if len(chart.series) > 1 and high > 3 else 0
        parts.append(on.rect(left, y, broad, high - gap, series.tone.value, hint))
    if all(series.values[at].number is None for series in chart.series):
        hint = f"{chart.labels[at].text}: {chart.series[0].values[at].text}"
        parts.append(on.nothing_here((at + 0.5) / slots, BASE, hint))
    return parts


def _numbers(chart: Chart, on: Canvas, sums: list[float], slots: int, top: float) -> list[str]:
    """The numbers over the columns: all where they find room, else the last and the highest."""
    single = len(chart.series) == 1
    texts = [chart.series[0].values[at].text if single else f"{total:,g}" for at, total in enumerate(sums)]
    there = [at for at in range(len(texts)) if any(s.values[at].number is not None for s in chart.series)]
    if not there:
        return []
    if max(wide(texts[at]) for at in there) + 4 > on.narrowest / slots:
        there = sorted({there[-1], max(there, key=lambda at: sums[at])})
        if len(there) == 2 and (there[1] - there[0]) * on.narrowest / slots < wide(texts[there[0]]) + 6:
            there = there[1:]
    return [
        on.text(
            (at + 0.5) / slots,
            BASE - min(sums[at] / top, 1) * HIGH - 5,
            texts[at],
            anchor=_anchor(at, slots, wide(texts[at]), on),
            kind="strong",
        )
        for at in there
    ]


def _anchor(at: int, slots: int, room: float, on: Canvas) -> str:
    """The middle, but never over the edge."""
    if (slots - at - 0.5) * on.narrowest / slots < room / 2:
        return "end"
    return "start" if (at + 0.5) * on.narrowest / slots < room / 2 else "middle"


def _labelled(chart: Chart, on: Canvas, slots: int) -> set[int]:
    """Which labels stand under the base: the last one and as many before it as find room."""
    widest = max((wide(label.brief) for label in chart.labels), default=0) + 6
    every = max(1, -(-int(widest * slots) // on.narrowest))
    return set(range(len(chart.labels) - 1, -1, -every))
