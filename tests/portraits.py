"""Somebody who never was, drawn by code, so like a face that the packaged detector takes it for one."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)
#: Where the drawn head is, in pixels.
HEAD = (210, 90, 410, 360)


def portrait() -> Image.Image:
    """A head before a plain wall, with a pattern in it that no other picture here has."""
    picture = Image.new("RGB", SIZE, (120, 150, 120))
    draw = ImageDraw.Draw(picture)
    x, y, w, h = 220, 120, 180, 234
    draw.ellipse([x - 10, y - 30, x + w + 10, y + h * 0.8], fill=(50, 35, 30))
    draw.ellipse([x, y, x + w, y + h], fill=(225, 185, 160))
    for across in (0.3, 0.7):
        ex, ey = x + w * across, y + h * 0.42
        draw.rectangle([ex - w * 0.13, ey - h * 0.11, ex + w * 0.13, ey - h * 0.07], fill=(60, 40, 35))
        draw.ellipse([ex - w * 0.13, ey - h * 0.06, ex + w * 0.13, ey + h * 0.06], fill=(150, 110, 95))
        draw.ellipse([ex - w * 0.1, ey - h * 0.035, ex + w * 0.1, ey + h * 0.035], fill=(240, 240, 240))
        draw.ellipse([ex - w * 0.05, ey - h * 0.04, ex + w * 0.05, ey + h * 0.04], fill=(30, 20, 20))
    middle = x + w * 0.5
    draw.polygon(
        [(middle, y + h * 0.42), (x + w * 0.4, y + h * 0.63), (x + w * 0.6, y + h * 0.63)],
        fill=(205, 160, 135),
    )
    draw.ellipse([x + w * 0.4, y + h * 0.6, x + w * 0.48, y + h * 0.64], fill=(120, 80, 70))
    draw.ellipse([x + w * 0.52, y + h * 0.6, x + w * 0.6, y + h * 0.64], fill=(120, 80, 70))
    draw.ellipse([x + w * 0.32, y + h * 0.73, x + w * 0.68, y + h * 0.82], fill=(150, 60, 60))
    return picture.filter(ImageFilter.GaussianBlur(3))


def jpeg() -> bytes:
    data = io.BytesIO()
    portrait().save(data, "JPEG", quality=92)
    return data.getvalue()
