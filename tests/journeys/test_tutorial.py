"""The tutorial, walked as it is written: its words stand on the pages, its pictures are there.

`ANSWERABLE_SHOTS=$PWD/docs/tutorial pytest tests/journeys/test_tutorial.py` makes the pictures anew.
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from PIL import Image
from playwright.sync_api import Page

from answerable.core import clock
from answerable.ops.demo.content import load_town
from answerable.ops.demo.settle import PASSWORD, settle
from tests.cast import PARTS
from tests.journeys.conftest import ROOT, look_over
from tests.journeys.faces import Face
from tests.journeys.sides import DeskSide, PersonSide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FOLDER = ROOT / "docs" / "tutorial"
LARGEST = 60_000  # bytes of a picture
STEP = re.compile(r"^## \d\. (.+)$", re.M)
STORIES = {
    "en": ("The lamp at the school gate has been out for a week.", "Which pole is it?", "Number 17."),
    "zh": ("桥头小学门口的路灯坏了一个多星期，天一黑就看不见路。", "请问是哪一根灯杆？", "17号灯杆。"),
}


@dataclass
class Tutorial:
    """One language's text, and what the pages of the present step have shown."""

    path: Path
    language: str
    shown: str = ""
    pictures: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def see(self, page: Page) -> None:
        """Look the page over and keep its words, those of its labels too."""
        look_over(page)
        labels = page.locator("[aria-label]").evaluate_all("all => all.map(one => one.ariaLabel).join('\\n')")
        self.shown += page.inner_text("body") + "\n" + labels + "\n"
        if page.url.endswith("/new/conduct"):
            self.picture(page, "2-conduct")

    def picture(self, page: Page, name: str) -> None:
        """Make the picture where that is asked for; else it has to be there."""
        file = FOLDER / f"{self.language}-{name}.png"
        self.pictures.append(file.name)
        if os.environ.get("ANSWERABLE_SHOTS") == str(FOLDER):
            page.evaluate("window.scrollTo(0, 0)")
            data = page.screenshot(animations="disabled")
            Image.open(io.BytesIO(data)).convert("RGB").quantize(64).save(file, optimize=True)
        assert file.exists(), f"{file.name} is missing; ANSWERABLE_SHOTS=$PWD/docs/tutorial makes it"
        assert file.stat().st_size <= LARGEST, f"{file.name} is too large"

    def over(self, number: int) -> None:
        """The step is over: each of its bold words was on one of its pages."""
        parts = STEP.split(self.text)
        words = re.findall(r"\*\*(.+?)\*\*", parts[2 * number].split("\n## ")[0])
        assert words, f"step {number} names nothing that is on a page"
        missing = [one for one in words if one not in self.shown]
        assert not missing, f"step {number} of {self.path.name} names what no page shows: {missing}"
        self.shown = ""


@pytest.fixture
def town(db, settings):
    """The demo's town as `./run demo` settles it, without its cases."""
    settings.DEMO = True
    with transaction.atomic():
        made = settle(load_town(), clock.now())
    return made


@pytest.mark.parametrize(
    "face", [Face("en", 360, 740), Face("zh-hans", 360, 740)], indirect=True, ids=["en", "zh"]
)
@pytest.mark.timeout(900)
def test_the_tutorial_is_as_it_says(face, town, new_context):
    language = "en" if face.language == "en" else "zh"
    tutorial = Tutorial(FOLDER / ("one-case.md" if language == "en" else "one-case.zh.md"), language)
    story, question, answer = STORIES[language]
    phone = new_context(face).new_page()
    wide = new_context(Face(face.language, 1280, 800)).new_page()
    person, desk = PersonSide(phone, face, tutorial.see), DeskSide(wide, tutorial.see)

    phone.goto("/")
    tutorial.see(phone)
    tutorial.picture(phone, "1-home")
    tutorial.over(1)

    places = SimpleNamespace(lamps=town.subjects["roads"], village=town.places["qiaotou"])
    person.report(
        places,
        look=True,
        story=story,
        kind="claim",
        body=town.authorities["hedu"].pk,
        topic=town.subjects["roads-lamps"].pk,
        spot=town.places["qiaotou-school"].pk,
    )
    tutorial.picture(phone, "3-receipt")
    tutorial.over(2)

    wide.goto("/desk/")
    wide.locator("#id_login").fill("roads")
    wide.locator("#id_password").fill(PASSWORD)
    wide.locator("form.form button").click()
    wide.wait_for_url("**/desk/")
    desk.open(person.code)
    tutorial.picture(wide, "4-case")
    desk.do("accept")
    tutorial.over(3)

    desk.do("ask", text=question)
    person.enter()
    person.open("write")
    phone.locator("#id_text").fill(answer)
    person.send()
    tutorial.over(4)

    wide.reload()
    tutorial.see(wide)
    desk.decide(
        {part: text for part, text in PARTS.items() if part != "claim"},
        before=lambda: tutorial.picture(wide, "5-decision"),
    )
    tutorial.over(5)

    phone.reload()
    tutorial.see(phone)
    person.read_decision()
    phone.locator("#decision").scroll_into_view_if_needed()
    tutorial.picture(phone, "6-answer")
    person.say_solved("no")
    tutorial.over(6)

    named = re.findall(r"!\[.+?\]\((.+?)\)", tutorial.text)
    assert named == tutorial.pictures
    assert sorted(named) == sorted(file.name for file in FOLDER.glob(f"{language}-*.png"))
