"""Bars that lie, one under another: names of any length, in the order that they are given. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.figures.charts.canvas import Canvas, shortened, wide
from answerable.figures.charts.parts import Chart, Label, Series

ROW, BAR, WORDS = 40, 12, 16


def rows(
    *,
    name: str,
    title: str,
    says: str,
    head: str,
    labels: Sequence[Label],
    series: Series | Sequence[Series],
    top: float | None = None,
    note: str = "",
) -> Chart:
    """A name, its number and its bar; several series are laid end to end."""
    many = (series,) if isinstance(series, Series) else tuple(series)
    return Chart(name, title, says, head, labels, many, _draw, note, top)


def _draw(chart: Chart, on: Canvas) -> str:
    sums = [sum(series.values[at].number or 0 for series in chart.series) for at in range(len(chart.labels))]
    top = chart.top or max([*sums, 1])
    body: list[str] = []
    for at, label in enumerate(chart.labels):
        y = at * ROW
        number = _number(chart, at, sums[at])
        body.append(on.text(0, y + WORDS - 3, shortened(label.text, on.narrowest - wide(number) - 12)))
        body.append(on.text(1, y + WORDS - 3, number, anchor="end", kind="strong"))
        body.append(_track(on, y + WORDS + 2))
        left = 0.0
        for series in chart.series:
            one = series.values[at]
            if not one.number:
                continue
            part = min(one.number / top, 1 - left)
            body.append(
                on.rect(
                    left,
                    y + WORDS + 2,
                    part,
                    BAR,
                    series.tone.value,
                    f"{label.text}: {series.name} {one.text}",
                )
            )
            left += part
        if all(series.values[at].number is None for series in chart.series):
            body.append(on.nothing_here(0.02, y + WORDS + BAR + 1, number))
    tones = [series.tone.value for series in chart.series]
    return on.sheet(len(chart.labels) * ROW + 2, chart.title, chart.says, tones, body)


def _number(chart: Chart, at: int, total: float) -> str:
    if len(chart.series) == 1 or all(series.values[at].number is None for series in chart.series):
        return chart.series[0].values[at].text
    return f"{total:,g}"


def _track(on: Canvas, y: float) -> str:
    """Where the bar would end at full scale, so that lengths are seen against one measure."""
    return f'<line x1="0" x2="{on.x(1)}" y1="{y + BAR:.1f}" y2="{y + BAR:.1f}" class="chart-line"/>'
