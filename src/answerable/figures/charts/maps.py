"""Dots on the office's own sketch of its places: an area for each number. No map service. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from answerable.cases.portal.place_map import WIDTH, Point, Sketch, name_beside, scale_bar, sketch
from answerable.figures.charts.canvas import INK, Canvas, said
from answerable.figures.charts.parts import Chart, Label, Series, Tone, Value

LARGEST, SMALLEST = 22.0, 4.0
NAMED = 8  # the largest are named on the sketch; the table names all


@dataclass(frozen=True, slots=True)
class Spot:
    """A place (degrees north and east, or None where it has no point) and its number."""

    label: Label
    latitude: float | None
    longitude: float | None
    value: Value


def dots(
    *,
    name: str,
    title: str,
    says: str,
    head: str,
    what: str,
    spots: Sequence[Spot],
    north: str,
    note: str = "",
) -> Chart:
    """The places as dots; those without a point, and all of them where no two lie apart, are in the table only.

    `what` names the numbers, `north` is the letter on the map.
    """

    def draw(chart: Chart, on: Canvas) -> str:
        return _draw(chart, on, spots, north)

    labels = tuple(spot.label for spot in spots)
    return Chart(
        name, title, says, head, labels, (Series(what, [s.value for s in spots], Tone.MAIN),), draw, note
    )


def _draw(chart: Chart, on: Canvas, spots: Sequence[Spot], north: str) -> str:
    points = [
        Point(at, spot.label.brief, spot.latitude, spot.longitude)
        for at, spot in enumerate(spots)
        if spot.latitude is not None and spot.longitude is not None
    ]
    drawn = sketch(points)
    if drawn is None:
        return ""
    width = "100%" if on.width is None else str(on.width)
    ink = "" if on.width is None else f"<style>{INK}</style>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-map-svg" role="img" font-size="12" width="{width}" '
        f'viewBox="0 0 {WIDTH} {drawn.height}" aria-labelledby="{on.name}-t {on.name}-d">'
        f'<title id="{on.name}-t">{escape(chart.title)}</title><desc id="{on.name}-d">{escape(chart.says)}</desc>{ink}'
        f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{drawn.height - 1}" rx="6" class="chart-map"/>'
        f'<path d="M{WIDTH - 16} 26v-16m-4 5l4-5l4 5" class="chart-base"/>'
        f'<text x="{WIDTH - 16}" y="40" text-anchor="middle" class="chart-quiet">{escape(north)}</text>'
        f"{scale_bar(drawn)}{_marks(drawn, spots)}</svg>"
    )


def _marks(drawn: Sketch, spots: Sequence[Spot]) -> str:
    most = max((spot.value.number or 0 for spot in spots), default=0) or 1
    radius = {
        pin.id: max(LARGEST * math.sqrt((spots[pin.id].value.number or 0) / most), SMALLEST)
        for pin in drawn.pins
    }
    largest = sorted(drawn.pins, key=lambda pin: -(spots[pin.id].value.number or 0))
    taken = [(pin.x - r, pin.y - r, pin.x + r, pin.y + r) for pin in drawn.pins for r in (radius[pin.id],)]
    taken.append((WIDTH - 30, 0, WIDTH, 44))
    parts = []
    for pin in largest:
        one = spots[pin.id]
        kind = "none" if not one.value.number else "dot"
        parts.append(
            f'<circle cx="{pin.x:.1f}" cy="{pin.y:.1f}" r="{radius[pin.id]:.1f}" class="chart-{kind}">'
            f"{said(f'{one.label.text}: {one.value.text}')}</circle>"
        )
    for pin in [pin for pin in largest if spots[pin.id].value.number][:NAMED]:
        parts.append(
            name_beside(
                pin, taken, drawn.height, f"{pin.name} {spots[pin.id].value.text}", radius[pin.id] + 4
            )
        )
    return "".join(parts)
