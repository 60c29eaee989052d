"""Where a chart is drawn: on a page in the page's tokens, or on paper in ink. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape

FONT = 13
#: What the stylesheet gives on a page, for paper: the same shapes in ink that also reads in black and white.
INK = (
    ".chart-svg{font-family:'Noto Sans CJK SC';font-size:13px}"
    ".chart-text,.chart-strong{fill:#1c1c1c}.chart-quiet{fill:#555}.chart-strong{font-weight:600}"
    ".chart-line{stroke:#b4b4b4;fill:none}.chart-base{stroke:#555;fill:none}"
    ".chart-main{fill:#17456e}.chart-second{fill:#17456e}.chart-rest{fill:#d5dbe1;stroke:#6b7683}"
    ".chart-late{fill:#8c1d1d}.chart-wash{fill:#fff}.chart-none{stroke:#555;fill:none}"
    ".chart-stroke{stroke:#17456e;fill:none}.chart-map{fill:#f3f5f7;stroke:#b4b4b4}.chart-dot{fill:#17456e}"
)
#: Fillings that need more than a colour: the class of their strokes and their width out of six.
HATCHED = {"second": ("chart-second", 2), "late": ("chart-late", 4)}


@dataclass(frozen=True)
class Canvas:
    """`width` None: a page, where x and widths are parts of the whole and letters keep their size."""

    name: str
    width: int | None = None

    def x(self, part: float) -> str:
        return f"{part * 100:.2f}%" if self.width is None else f"{part * self.width:.1f}"

    @property
    def narrowest(self) -> int:
        """The pixels that are there in any case: a small telephone's, less its margins."""
        return self.width or 300

    def fill(self, tone: str) -> str:
        """Class and filling of a mark; hatched ones differ without colour."""
        if tone in HATCHED:
            return f'fill="url(#{self.name}-{tone})"'
        return f'class="chart-{tone}"'

    def rect(self, left: float, top: float, wide: float, high: float, tone: str, hint: str) -> str:
        return (
            f'<rect x="{self.x(left)}" y="{top:.1f}" width="{self.x(wide)}" height="{high:.1f}" '
            f"{self.fill(tone)}>{said(hint)}</rect>"
        )

    def text(self, part: float, y: float, words: str, *, anchor: str = "start", kind: str = "text") -> str:
        return (
            f'<text x="{self.x(part)}" y="{y:.1f}" text-anchor="{anchor}" class="chart-{kind}">'
            f"{escape(words)}</text>"
        )

    def line(self, y: float, kind: str = "line") -> str:
        return f'<line x1="0" x2="{self.x(1)}" y1="{y:.1f}" y2="{y:.1f}" class="chart-{kind}"/>'

    def nothing_here(self, middle: float, y: float, hint: str) -> str:
        """Where there is no number to draw: a small ring on the base, so that it is no zero."""
        return (
            f'<circle cx="{self.x(middle)}" cy="{y - 5:.1f}" r="3" class="chart-none">{said(hint)}</circle>'
        )

    def sheet(self, height: float, title: str, says: str, tones: list[str], body: list[str]) -> str:
        """The whole drawing with its title and its sentence."""
        size = '100%"' if self.width is None else f'{self.width}" viewBox="0 0 {self.width} {height:.0f}"'
        ink = "" if self.width is None else f"<style>{INK}</style>"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg" role="img" width="{size} '
            f'height="{height:.0f}" aria-labelledby="{self.name}-t {self.name}-d">'
            f'<title id="{self.name}-t">{escape(title)}</title><desc id="{self.name}-d">{escape(says)}</desc>'
            f"{ink}{self._patterns(tones)}{''.join(body)}</svg>"
        )

    def _patterns(self, tones: list[str]) -> str:
        made = [
            f'<pattern id="{self.name}-{tone}" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="6" height="6" class="chart-wash"/>'
            f'<rect width="{HATCHED[tone][1]}" height="6" class="{HATCHED[tone][0]}"/></pattern>'
            for tone in dict.fromkeys(tones)
            if tone in HATCHED
        ]
        return f"<defs>{''.join(made)}</defs>" if made else ""


def said(hint: str) -> str:
    """A hint for the mouse."""
    return f"<title>{escape(hint)}</title>"


def wide(words: str, size: float = FONT) -> float:
    """About how many pixels words take: a Chinese sign is a square, a letter a little over half of one."""
    return sum(size if unicodedata.east_asian_width(sign) in "WF" else size * 0.56 for sign in words)


def shortened(words: str, room: float) -> str:
    """The words, cut with "…" where they do not find room; the table has them whole."""
    if wide(words) <= room:
        return words
    while words and wide(words + "…") > room:
        words = words[:-1]
    return words.rstrip() + "…"
