"""A sketch of where the office's places lie, and which of them a click on it means. Pure: no Django, no clock.

No map service is asked, so nobody learns which place is looked at; the sketch is drawn from the points of the list
alone. It is an `<input type="image">` of a fixed size: an old telephone sends the clicked pixel with the form, and
what was typed beside it, without JavaScript (HTML Living Standard, 4.10.5.1.19).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 320
#: Pixels left free around the outermost points, so that a name finds room.
EDGE_X, EDGE_Y = 44, 28
HEIGHTS = (200, 380)
FONT = 12
KM_PER_DEGREE = 111.32
PAPER, LINE, DOT, INK = "#f4f6f4", "#c3ccc8", "#0b5563", "#15191c"


@dataclass(frozen=True)
class Point:
    """A place of the list: degrees north and east (WGS 84)."""

    id: int
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Pin:
    """Where a point stands on the sketch, in pixels from its upper left corner."""

    id: int
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Sketch:
    """The pins, the height in pixels, and how many kilometres a pixel is."""

    pins: tuple[Pin, ...]
    height: int
    km_per_pixel: float


def sketch(points: Sequence[Point]) -> Sketch | None:
    """The points to one scale, north up (equirectangular); None where no two lie 10 m apart."""
    if not points:
        return None
    north, south = max(p.latitude for p in points), min(p.latitude for p in points)
    east, west = max(p.longitude for p in points), min(p.longitude for p in points)
    shrink = math.cos(math.radians((north + south) / 2))
    wide, high = (east - west) * shrink * KM_PER_DEGREE, (north - south) * KM_PER_DEGREE
    if max(wide, high) < 0.01:
        return None
    room_x, most_y = WIDTH - 2 * EDGE_X, HEIGHTS[1] - 2 * EDGE_Y
    scale = max(wide / room_x, high / most_y)
    height = round(min(max(high / scale + 2 * EDGE_Y, HEIGHTS[0]), HEIGHTS[1]))
    left, top = (WIDTH - wide / scale) / 2, (height - high / scale) / 2
    pins = (
        Pin(
            p.id,
            p.name,
            left + (p.longitude - west) * shrink * KM_PER_DEGREE / scale,
            top + (north - p.latitude) * KM_PER_DEGREE / scale,
        )
        for p in points
    )
    return Sketch(tuple(sorted(pins, key=lambda pin: (pin.y, pin.x))), height, scale)


def clicked(pins: Iterable[Pin], x: int, y: int) -> int | None:
    """The id of the pin nearest to a pixel; None for (0, 0), which is what the Enter key sends."""
    if (x, y) == (0, 0):
        return None
    near = min(pins, key=lambda pin: math.hypot(pin.x - x, pin.y - y), default=None)
    return near.id if near else None


def svg(drawn: Sketch, north: str) -> str:
    """The sketch as SVG with its names, a scale bar and `north`, the word or letter for it."""
    height = drawn.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="{FONT}">',
        f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="6" fill="{PAPER}" stroke="{LINE}"/>',
        f'<path d="M{WIDTH - 16} 26v-16m-4 5l4-5l4 5" fill="none" stroke="{INK}"/>',
        f'<text x="{WIDTH - 16}" y="40" fill="{INK}" text-anchor="middle">{escape(north)}</text>',
        scale_bar(drawn),
    ]
    taken: list[tuple[float, float, float, float]] = [
        (pin.x - 6, pin.y - 6, pin.x + 6, pin.y + 6) for pin in drawn.pins
    ]
    taken.append((WIDTH - 30, 0, WIDTH, 44))
    for pin in drawn.pins:
        parts.append(f'<circle cx="{pin.x:.1f}" cy="{pin.y:.1f}" r="5" fill="{DOT}"/>')
        parts.append(name_beside(pin, taken, height, pin.name))
    return "".join([*parts, "</svg>"])


def scale_bar(drawn: Sketch) -> str:
    """A round number of kilometres or metres, drawn as long as it is."""
    km = next((k for k in (50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1) if k / drawn.km_per_pixel <= 90), 0.05)
    length, y = km / drawn.km_per_pixel, drawn.height - 10
    words = f"{km:g} km" if km >= 1 else f"{round(km * 1000)} m"
    return (
        f'<path d="M10 {y - 4}v4h{length:.1f}v-4" fill="none" stroke="{INK}"/>'
        f'<text x="{14 + length:.1f}" y="{y}" fill="{INK}" font-size="11">{words}</text>'
    )


def name_beside(
    pin: Pin, taken: list[tuple[float, float, float, float]], height: int, words: str, gap: float = 9
) -> str:
    """The words where they cover least: right of the pin, left, above or below; they are `taken` then."""
    wide = sum(FONT if unicodedata.east_asian_width(sign) in "WF" else FONT * 0.58 for sign in words)
    # The corner, and which point of the text stands fast whatever face the reader's device has.
    corners = [
        (pin.x + gap, pin.y - FONT / 2, "start", 0.0),
        (pin.x - gap - wide, pin.y - FONT / 2, "end", wide),
        (pin.x - wide / 2, pin.y - gap - FONT, "middle", wide / 2),
        (pin.x - wide / 2, pin.y + gap - 1, "middle", wide / 2),
    ]

    def covers(corner: tuple[float, float, str, float]) -> float:
        x, y = corner[:2]
        outside = max(0, 4 - x) + max(0, x + wide - WIDTH + 4) + max(0, 2 - y) + max(0, y + FONT - height + 2)
        over = sum(
            max(0.0, min(x + wide, right) - max(x, left)) * max(0.0, min(y + FONT, low) - max(y, up))
            for left, up, right, low in taken
        )
        return outside * FONT + over

    x, y, anchor, fast = min(corners, key=covers)
    taken.append((x, y, x + wide, y + FONT))
    return (
        f'<text x="{x + fast:.1f}" y="{y + FONT - 2:.1f}" text-anchor="{anchor}" fill="{INK}" stroke="{PAPER}" '
        f'stroke-width="3" paint-order="stroke">{escape(words)}</text>'
    )
