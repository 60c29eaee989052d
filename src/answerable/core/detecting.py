"""Where a picture may show a face or a number plate: proposals for a human who looks, and nothing else (rights, rule 2).

Only called in the helper process (`picture_worker`). What is found is that something looks like a face, never whose: no
feature of it is computed or kept, and the places are forgotten with the answer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from answerable.core.pixels import Box

#: Longest side of what is searched: a face of a fiftieth of the picture is still found.
SEARCHED = 1200
MOST = 30
#: A cascade's box ends at the eyebrows and the chin; ears and hair say who it is as well.
MARGIN = 0.2
#: File, whether it also looks the other way, how many neighbours confirm, smallest side in pixels.
CASCADES = (
    ("haarcascade_frontalface_default.xml", False, 5, 24),
    ("haarcascade_frontalface_alt2.xml", False, 4, 24),
    ("haarcascade_profileface.xml", True, 5, 28),
    ("haarcascade_russian_plate_number.xml", False, 5, 20),
)
Frame = tuple[float, float, float, float]


def is_here() -> bool:
    """Whether the detector and its models can be had on this system."""
    try:
        from cv2.data import haarcascades
    except ImportError:
        return False
    return all((Path(haarcascades) / name).is_file() for name, *_ in CASCADES)


def proposed(image: Image.Image) -> list[Box]:
    """Boxes, in fractions of the picture, around what may be a face or a plate; the largest first. Overlooks many."""
    import cv2
    import numpy
    from cv2.data import haarcascades

    cv2.setNumThreads(1)
    grey = image.convert("L")
    grey.thumbnail((SEARCHED, SEARCHED), Image.Resampling.BILINEAR)
    pixels = cv2.equalizeHist(numpy.asarray(grey))
    found: list[Frame] = []
    for name, mirrored, neighbours, least in CASCADES:
        cascade = cv2.CascadeClassifier(str(Path(haarcascades) / name))
        found += _search(cascade, pixels, neighbours, least)
        if mirrored:
            other = _search(cascade, cv2.flip(pixels, 1), neighbours, least)
            found += [(grey.width - x - w, y, w, h) for x, y, w, h in other]
    return [_box(frame, grey.size) for frame in _together(found)[:MOST]]


def _search(cascade: Any, pixels: Any, neighbours: int, least: int) -> list[Frame]:
    found = cascade.detectMultiScale(
        pixels, scaleFactor=1.1, minNeighbors=neighbours, minSize=(least, least // 2)
    )
    return [(float(x), float(y), float(w), float(h)) for x, y, w, h in found]


def _together(found: list[Frame]) -> list[Frame]:
    """One frame for those that lie over each other by more than a third of the smaller, the largest first."""
    left = sorted(found, key=lambda one: one[2] * one[3], reverse=True)
    kept: list[Frame] = []
    for one in left:
        for n, other in enumerate(kept):
            if _shared(one, other) > 0.33 * one[2] * one[3]:
                kept[n] = _around(one, other)
                break
        else:
            kept.append(one)
    return sorted(kept, key=lambda one: one[2] * one[3], reverse=True)


def _shared(a: Frame, b: Frame) -> float:
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(across, 0.0) * max(down, 0.0)


def _around(a: Frame, b: Frame) -> Frame:
    x, y = min(a[0], b[0]), min(a[1], b[1])
    return x, y, max(a[0] + a[2], b[0] + b[2]) - x, max(a[1] + a[3], b[1] + b[3]) - y


def _box(frame: Frame, size: tuple[int, int]) -> Box:
    x, y, w, h = frame
    left, top = max(0.0, x - MARGIN * w), max(0.0, y - MARGIN * h)
    right, bottom = min(size[0], x + (1 + MARGIN) * w), min(size[1], y + (1 + MARGIN) * h)
    width, height = size
    return Box(
        round(left / width, 4),
        round(top / height, 4),
        round((right - left) / width, 4),
        round((bottom - top) / height, 4),
    )
