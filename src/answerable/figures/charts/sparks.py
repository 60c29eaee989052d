"""A sparkline: how a number went, the size of a word. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDE, HIGH, EDGE = 96, 24, 3


def spark(numbers: Sequence[float | None], says: str) -> str:
    """A line from zero, its last point marked; `says` is read out instead ("Received: 12, 9, 14 a month").

    A month without a number breaks the line. Empty without two numbers.
    """
    there = [one for one in numbers if one is not None]
    if len(there) < 2:
        return ""
    top = max(*there, 1)
    step = (WIDE - 2 * EDGE) / (len(numbers) - 1)
    points = [
        None if one is None else (EDGE + at * step, HIGH - EDGE - one / top * (HIGH - 2 * EDGE))
        for at, one in enumerate(numbers)
    ]
    path, pen = "", "M"
    for point in points:
        path += "" if point is None else f"{pen}{point[0]:.1f} {point[1]:.1f}"
        pen = "M" if point is None else "L"
    x, y = next(point for point in reversed(points) if point is not None)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-spark" role="img" width="{WIDE}" height="{HIGH}" '
        f'viewBox="0 0 {WIDE} {HIGH}" aria-label="{escape(says)}"><title>{escape(says)}</title>'
        f'<line x1="0" x2="{WIDE}" y1="{HIGH - 1}" y2="{HIGH - 1}" class="chart-line"/>'
        f'<path d="{path}" class="chart-stroke"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" class="chart-main"/></svg>'
    )
