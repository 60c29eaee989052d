"""A tutorial and the pages it names: each bold word of a step was on a page of that step, each picture is there.

`ANSWERABLE_SHOTS=$PWD/docs/tutorial pytest tests/journeys/test_tutorial.py` makes the pictures anew.
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import Page

from tests.journeys.conftest import ROOT, look_over
from tests.journeys.faces import Face

FOLDER = ROOT / "docs" / "tutorial"
LARGEST = 60_000  # bytes of a picture
STEP = re.compile(r"^## \d\. (.+)$", re.M)


@dataclass
class Tutorial:
    """One language's text, and what the pages of the present step have shown."""

    name: str
    face: Face
    #: Of its pictures' names, before the language.
    prefix: str = ""
    shown: str = ""
    pictures: list[str] = field(default_factory=list)

    @property
    def language(self) -> str:
        return "en" if self.face.language == "en" else "zh"

    @property
    def text(self) -> str:
        ending = ".md" if self.language == "en" else ".zh.md"
        return (FOLDER / f"{self.name}{ending}").read_text(encoding="utf-8")

    def see(self, page: Page) -> None:
        """Look the page over and keep its words, those of its labels too."""
        look_over(page)
        labels = page.locator("[aria-label]").evaluate_all("all => all.map(one => one.ariaLabel).join('\\n')")
        self.shown += page.inner_text("body") + "\n" + labels + "\n"

    def picture(self, page: Page, name: str) -> None:
        """Make the picture where that is asked for; else it has to be there."""
        file = FOLDER / f"{self.prefix}{self.language}-{name}.png"
        self.pictures.append(file.name)
        if os.environ.get("ANSWERABLE_SHOTS") == str(FOLDER):
            page.evaluate("window.scrollTo(0, 0)")
            data = page.screenshot(animations="disabled")
            seen = Image.open(io.BytesIO(data)).convert("RGB")
            # Of the ways to choose colours, the one that keeps the few that say something: late, on time, done.
            seen.quantize(64, method=Image.Quantize.MAXCOVERAGE).save(file, optimize=True)
        assert file.exists(), f"{file.name} is missing; ANSWERABLE_SHOTS=$PWD/docs/tutorial makes it"
        assert file.stat().st_size <= LARGEST, f"{file.name} is too large"

    def over(self, number: int) -> None:
        """The step is over: each of its bold words was on one of its pages."""
        parts = STEP.split(self.text)
        words = re.findall(r"\*\*(.+?)\*\*", parts[2 * number].split("\n## ")[0])
        assert words, f"step {number} names nothing that is on a page"
        missing = [one for one in words if one not in self.shown]
        assert not missing, f"step {number} of {self.name} names what no page shows: {missing}"
        self.shown = ""

    def at_the_end(self, last: int) -> None:
        """Every step was walked; the text shows each picture that was made, in order, and no other is kept."""
        assert len(STEP.findall(self.text)) == last, "a step of the text was not walked"
        named = re.findall(r"!\[.+?\]\((.+?)\)", self.text)
        assert named == self.pictures
        kept = FOLDER.glob(f"{self.prefix}{self.language}-*.png")
        assert sorted(named) == sorted(file.name for file in kept)
