"""Makes any text safe to print, without losing a word silently.

What a person typed may hold anything: control characters, half a surrogate pair, direction overrides that
make a line read otherwise than it was written, scripts that the bundled fonts lack, a word of five
thousand letters. Nothing of it may break a letter, and nothing may vanish: what cannot be drawn is named in
brackets where it stood. Layout marks that only steer a renderer (joiners, variation selectors) are dropped.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from noto_cjk_sans_otc import FONT_PATH

# Drawn by the faces that typst carries (DejaVu Sans Mono, Libertinus Serif, New Computer Modern). They
# cannot be asked from outside, so the ranges are written down here; the tests print every one of them.
CARRIED = (
    (0x0100, 0x017F),  # Latin, extended
    (0x0180, 0x0191),
    (0x0370, 0x0373),  # Greek, extended
    (0x0384, 0x038A),
    (0x03AA, 0x03B0),
    (0x03CA, 0x03CE),
    (0x0402, 0x040F),  # Cyrillic of other languages than Russian
    (0x0452, 0x045F),
    (0x0490, 0x04FF),
    (0x0531, 0x0556),  # Armenian
    (0x0561, 0x0587),
    (0x05D0, 0x05EA),  # Hebrew letters
    (0x060C, 0x060C),  # Arabic
    (0x061B, 0x061B),
    (0x061F, 0x061F),
    (0x0621, 0x063A),
    (0x0640, 0x064A),
    (0x0660, 0x066A),
    (0x06F0, 0x06F9),
    (0x10D0, 0x10F0),  # Georgian
    (0x1E00, 0x1E3D),  # Latin, additional
    (0x1E40, 0x1E9E),
    (0x1F00, 0x1F15),  # Greek, polytonic
)

STEERING = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)
BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Runs without a place to break a line: anything but white space and the scripts that break anywhere.
UNBROKEN = "[^\\s\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
BREAK_HERE = "\u200b"

LONGEST_RUN = 36  # characters of a line of prose at the largest size used
NAMED_ONE_BY_ONE = 3  # a longer run of letters of a script we lack is told as a count instead


def printable(text: str, *, strict: bool = False, longest_run: int = LONGEST_RUN) -> str:
    """`text` with every character drawable by the bundled fonts; lines end in `\\n`, tabs are spaces.

    - control characters, direction overrides and isolates, lone surrogates: `[U+202E]`
    - symbols without a glyph: their Unicode name, `[grinning face]`, `[grinning face ×3]`
    - a run of letters of a script we have no face for, counted: `[Thai ×12]`
    - a run of more than `longest_run` characters without a break gets places to break.

    `strict` also names whatever is not in the main face itself, and combining marks: the way out when the
    typesetter trips over a rare combination.
    """
    text = BREAKS.sub("\n", text).replace("\t", "    ")
    text = unicodedata.normalize("NFC", STEERING.sub("", text))
    text = _unprintable(strict).sub(lambda run: _told(run[0]), text)
    if len(text) > longest_run:
        too_long = re.compile(f"{UNBROKEN}{{{longest_run},}}")
        text = too_long.sub(lambda run: _broken(run[0], longest_run), text)
    return text


def all_printable(value: Any, *, strict: bool = False) -> Any:
    """`value` (JSON-like: mappings, sequences, text, numbers) with every text made printable."""
    if isinstance(value, str):
        return printable(value, strict=strict)
    if isinstance(value, Mapping):
        return {key: all_printable(item, strict=strict) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [all_printable(item, strict=strict) for item in value]
    return value


def _told(run: str) -> str:
    """How a run of characters without a glyph is told in brackets."""
    if len(run) > NAMED_ONE_BY_ONE and all(unicodedata.category(c)[0] in "LMN" for c in run):
        script = unicodedata.name(run[0], "").partition(" ")[0].title()
        if script and len({unicodedata.name(c, "").partition(" ")[0] for c in run}) == 1:
            return f"[{script} ×{len(run)}]"
    told = ((_name_of(character), len(list(same))) for character, same in groupby(run))
    return "".join(f"[{name}]" if times == 1 else f"[{name} ×{times}]" for name, times in told)


def _name_of(character: str) -> str:
    name = unicodedata.name(character, "")
    if not name or unicodedata.category(character)[0] in "CZ" or "IDEOGRAPH-" in name:
        return f"U+{ord(character):04X}"
    return name.lower()


def _broken(run: str, every: int) -> str:
    step = max(every // 2, 1)
    return BREAK_HERE.join(run[i : i + step] for i in range(0, len(run), step))


@cache
def _unprintable(strict: bool) -> re.Pattern[str]:
    """Matches runs of what cannot be drawn; the line feed is always kept."""
    drawn = _drawn_by_main_face()
    if not strict:
        for first, last in CARRIED:
            drawn.update(range(first, last + 1))
    drawn -= {c for c in drawn if unicodedata.category(chr(c)) in ("Cc", "Cf", "Cs", "Co", "Cn")}
    if strict:
        drawn -= {c for c in drawn if unicodedata.category(chr(c))[0] == "M"}
    drawn.add(0x0A)
    ranges: list[list[int]] = []
    for point in sorted(drawn):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    inside = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return re.compile(f"[^{inside}]+")


def _drawn_by_main_face() -> set[int]:
    """Code points of the bundled Chinese face, from its `cmap` table (OpenType 1.9, format 12)."""
    data = Path(str(FONT_PATH)).read_bytes()
    faces = struct.unpack_from(">L", data, 8)[0]
    drawn: set[int] | None = None
    for offset in struct.unpack_from(f">{faces}L", data, 12):
        points = _points_of_face(data, offset)
        drawn = points if drawn is None else drawn & points
    return drawn or set()


def _points_of_face(data: bytes, face: int) -> set[int]:
    tables = struct.unpack_from(">H", data, face + 4)[0]
    for i in range(tables):
        tag, _, cmap, _ = struct.unpack_from(">4sLLL", data, face + 12 + 16 * i)
        if tag == b"cmap":
            break
    else:
        return set()
    points: set[int] = set()
    for i in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        sub = cmap + struct.unpack_from(">L", data, cmap + 4 + 8 * i + 4)[0]
        if struct.unpack_from(">H", data, sub)[0] == 12:
            groups = struct.unpack_from(">L", data, sub + 12)[0]
            for first, last, _ in struct.iter_unpack(">LLL", data[sub + 16 : sub + 16 + 12 * groups]):
                points.update(range(first, last + 1))
    return points
