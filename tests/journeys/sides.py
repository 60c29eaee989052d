"""The two sides of a matter, each in a browser of its own, through the pages that people have: by clicking."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from answerable.cases.services.intake import Registered
from tests.journeys.faces import Face

LIMIT = 100_000  # bytes of a person's page with everything it loads, uncompressed

Seen = Callable[[Page], None]


def weight(page: Page) -> int:
    """Bytes of the page that is open and of all that it loaded."""
    return int(
        page.evaluate("performance.getEntries().reduce((sum, one) => sum + (one.decodedBodySize || 0), 0)")
    )


@dataclass
class PersonSide:
    """A person with a telephone or a computer. `seen` is called on each page that they come to."""

    page: Page
    face: Face
    seen: Seen
    code: str = ""
    secret: str = ""

    def _seen(self) -> None:
        self.seen(self.page)
        assert weight(self.page) <= LIMIT, f"{self.page.url} weighs {weight(self.page)} bytes"

    def report(self, cast: Any, *, look: bool = False, **answers: Any) -> None:
        """Bring a matter from the home page to the receipt. `answers` by question; `look` to check each page."""
        said = {
            "who": "self",
            "danger": "no",
            "conduct": "no",
            "kind": "complaint",
            "subject": cast.lamps.pk,
            "place": cast.village.pk,
            "privacy": "anonymous",
            "channel": "none",
        } | answers
        page = self.page
        page.goto("/")
        if look:
            self._seen()
        page.locator("a.door-first").click()
        page.wait_for_url("**/new/")
        if look:
            self._seen()
        page.locator("main .actions a.button").first.click()
        while not page.url.endswith("/receipt"):
            step = urlsplit(page.url).path.rsplit("/", 1)[-1]
            if look:
                self._seen()
            self._answer(step, said)
            before = page.url
            page.locator("main button[name=do][value=continue]").click()
            page.wait_for_function("before => location.href !== before", arg=before)
        self.seen(page)
        self.code, self.secret = page.locator(".receipt-code").all_inner_texts()

    def _answer(self, step: str, said: dict[str, Any]) -> None:
        page = self.page
        if step == "story":
            page.locator("#id_story").fill(said["story"])
            page.locator("#id_wants").fill(said.get("wants", ""))
        elif step == "about":
            for unit in said["about"]:
                page.locator(f"input[name=units][value='{unit}']").check()
        elif step in ("name", "reach"):
            page.locator(f"#id_{step}").fill(said[step])
        elif step == "check" and said.get("share"):
            page.locator("input[name=share]").check()
        elif step == "similar":
            cards = page.locator("input[name=similar]")
            (cards.last if said.get("similar") == "other" else cards.first).check()
        elif step in said:
            page.locator(f"input[name={step}][value='{said[step]}']").check()

    def was_given(self, done: Registered) -> None:
        """The receipt of a matter that this person brought by another way than these pages."""
        assert done.secret is not None
        self.code, self.secret = done.code, done.secret

    def put_away(self) -> None:
        """Put the receipt away, so that this browser can bring another matter."""
        self.page.locator("form[action$='receipt/done'] button").last.click()

    def enter(self) -> None:
        """Open one's own page with code and secret, from the home page."""
        page = self.page
        page.goto("/")
        self._seen()
        page.locator("a.door[href='/case/']").click()
        self._seen()
        page.locator("#id_code").fill(self.code)
        page.locator("#id_secret").fill(self.secret)
        page.locator("form.form button.button").click()
        page.wait_for_url("**/case/now")
        self._seen()

    def open(self, name: str) -> None:
        """Follow the link on one's own page to `name` (write, solved, review, erase, …)."""
        self.page.locator(f"a[href='/case/{name}']").first.click()
        self.page.wait_for_url(f"**/case/{name}")
        self._seen()

    def send(self) -> None:
        """Send the form that is open, and be back on one's own page."""
        self.page.locator("form.form .actions button").first.click()
        self.page.wait_for_url("**/case/now*")
        self._seen()

    def read_decision(self) -> None:
        self.page.locator("form[action='/case/decision'] button").click()
        self.page.wait_for_url("**/case/now#decision")
        self._seen()

    def call_off_hearing(self) -> None:
        """The one that they have a right to: it says so, and asks once more."""
        card = self.page.locator("section.card", has=self.page.locator("form[action='/case/hearing']"))
        card.locator("summary").click()
        self.seen(self.page)
        card.locator("form button").click()
        self.page.wait_for_url("**/case/now*")
        self._seen()

    def say_solved(self, word: str, rating: int = 0) -> None:
        """“yes” or “no”, and a rating from 1 to 5 where one is given."""
        self.open("solved")
        self.page.locator(f"input[name=solved][value={word}]").check()
        if rating:
            self.page.locator(f"input[name=rating][value='{rating}']").check()
        self.send()

    def ask_review(self, text: str) -> None:
        self.open("review")
        self.page.locator("#id_text").fill(text)
        self.send()

    def take_file(self) -> bytes:
        """The whole file as the ZIP that is saved."""
        self.open("take")
        with self.page.expect_download() as got:
            self.page.locator("form[data-many] button").click()
        return got.value.path().read_bytes()


@dataclass
class DeskSide:
    """Somebody signed in at the desk."""

    page: Page
    seen: Seen

    def list(self, name: str = "unit") -> Locator:
        """The rows of a work list."""
        self.page.goto(f"/desk/?list={name}")
        self.seen(self.page)
        return self.page.locator("tr[data-row]")

    def search(self, words: str) -> None:
        box = self.page.locator(".desk-search input[name=q]")
        box.fill(words)
        box.press("Enter")
        self.page.wait_for_url(re.compile("/desk/(search|case)"))
        self.seen(self.page)

    def open(self, code: str) -> None:
        """Find the matter by its code, as it is read out, and open it."""
        self.page.goto("/desk/")
        self.search(code)
        self.page.wait_for_url("**/desk/case/*")

    def do(self, verb: str, **values: Any) -> None:
        """A verb of the case page: open it, fill it in, send it. A value may be a text, a choice or True."""
        page = self.page
        link = page.locator(f"nav.verbs a[href$='/do/{verb}']")
        if not link.is_visible():
            item = page.locator(f"a[href$='/do/{verb}']")
            page.locator("nav.verbs details").filter(has=item).locator("summary").click()
        link.click()
        form = page.locator(f"#verb-form[action$='/do/{verb}']")
        expect(form).to_be_visible()
        self.seen(page)
        for name, value in values.items():
            box = form.locator(f"[name={name}]")
            if value is True:
                box.check()
            elif box.first.evaluate("one => one.tagName") == "SELECT":
                box.select_option(str(value))
            else:
                box.fill(str(value))
        form.locator(".actions button").first.click()
        page.wait_for_url(re.compile(rf"sent={verb}|/desk/$"))
        self.seen(page)

    def decide(
        self,
        parts: dict[str, str],
        *,
        outcome: str = "supported",
        solved: bool = False,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Write the decision with all its parts, sign and send it. `before` is called before it is sent."""
        page = self.page
        page.locator("nav.verbs a[href$='/decision']").click()
        page.wait_for_url("**/decision")
        self.seen(page)
        form = page.locator("#decision-form")
        form.locator(f"input[name=outcome][value={outcome}]").check()
        for part, text in parts.items():
            form.locator(f"[name=part_{part}]").fill(text)
        if solved:
            form.locator("[name=office_solved]").check()
        before()
        form.locator("button[value=send]").click()
        page.wait_for_url("**sent=decision")
        self.seen(page)

    def export(self) -> str:
        """The list that is open, taken out as CSV."""
        page = self.page
        page.locator("details.menu").filter(has=page.locator("button[value=csv]")).locator("summary").click()
        with page.expect_download() as got:
            page.locator("button[name=form][value=csv]").click()
        return got.value.path().read_text(encoding="utf-8-sig")
