"""A real browser on a real server: both languages, wide and narrow, nothing from outside, nothing wrong on a page.

    @pytest.mark.journey
    def test_a_person_follows_their_matter(page, cast, shot, axe_clean):
        page.goto("/")
        axe_clean()
        shot("home")

`page` runs the test four times (zh-hans and en, 1280 and 360 px); `@one_face` from tests.journeys.faces makes it once,
for what does not depend on it. A page that asks another host, throws, breaks the
content security policy or scrolls sideways fails its test. `person` and `desk` are the two sides of a matter
(tests.journeys.sides), `later(days=3)` lets time pass, `work()` is the worker's turn. ANSWERABLE_SHOTS=DIR (an
absolute path) writes pictures there.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from answerable.core import clock
from answerable.ops import worker
from answerable.orgs import standing
from answerable.orgs.accounts.backend import StaffBackend
from answerable.record import reactions
from tests.journeys.faces import FACES, Face
from tests.journeys.sides import DeskSide, PersonSide

# Playwright's own event loop lives in this thread; Django would otherwise refuse every query of a test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).resolve().parents[2]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Two cores may carry another browser, a database and a crash test at the same time.
PATIENCE_MS = 45_000
expect.set_options(timeout=PATIENCE_MS)
# The one without a window first: a page costs it half the processor time.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium (ANSWERABLE_BROWSER names another), else Playwright's own."""
    path = os.environ.get("ANSWERABLE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    # A page lives for a second here: to make its scripts quick costs more than they take.
    flags = ["--js-flags=--no-opt,--no-maglev"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip(
                "No Chromium here: install the package chromium, or set ANSWERABLE_BROWSER to its path."
            )
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(params=FACES, ids=lambda face: face.name)
def face(request: pytest.FixtureRequest) -> Face:
    return request.param


class Watch:
    """What must not happen on any page of a context."""

    def __init__(self, home: str) -> None:
        self.host = urlsplit(home).netloc
        self.faults: list[str] = []
        self.bytes: dict[str, int] = {}
        self.may_fail: set[int] = set()

    def on_request(self, request: Request) -> None:
        # Watched, not intercepted: a browser that is intercepted loads every style and script again on every page.
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.netloc != self.host:
            self.faults.append(f"asked another host: {request.url}")

    def on_page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self.on_console(page, message))

    def on_console(self, page: Page, message: Any) -> None:
        answered = re.search(r"responded with a status of (\d{3})", message.text)
        if message.type == "error" and not (answered and int(answered[1]) in self.may_fail):
            self.faults.append(f"{page.url}: {message.text}")


class Answering:
    """What the server is at. A browser is closed while the last thing that it asked for is still being answered: nothing
    of that comes into the next test's database, or meets the emptying of this one's.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application
        self._count, self._changed = 0, threading.Condition()

    @classmethod
    def of(cls, live_server: Any) -> Answering:
        server = live_server.thread.httpd
        if not isinstance(server.get_app(), cls):
            server.set_app(cls(server.get_app()))
        found = server.get_app()
        assert isinstance(found, cls)
        return found

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self._add(1)
        try:
            return self._application(environ, start_response)
        finally:
            self._add(-1)

    def _add(self, one: int) -> None:
        with self._changed:
            self._count += one
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: not self._count, 60), "something is answered for a minute"


@pytest.fixture
def watch(live_server: Any) -> Iterator[Watch]:
    """Collects faults; the test fails at its end if there were any. `watch.may_fail.add(404)` expects one."""
    seen = Watch(live_server.url)
    yield seen
    assert not seen.faults, "\n".join(seen.faults)


@pytest.fixture
def new_context(
    browser: Browser, live_server: Any, watch: Watch, settings: Any
) -> Iterator[Callable[..., BrowserContext]]:
    """Another person's browser: `new_context(face, javascript=False, dark=True)`."""
    settings.LEAVE_TO = ""  # "Leave now" would ask another host
    settings.BASE_URL = live_server.url  # a passkey is bound to the site's own name
    made: list[BrowserContext] = []

    def make(face: Face, *, javascript: bool = True, dark: bool = False) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": face.width, "height": face.height},
            locale="zh-CN" if face.language.startswith("zh") else "en-GB",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(
            [{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": face.language, "url": live_server.url}]
        )
        context.on("request", watch.on_request)
        context.on("page", watch.on_page)
        made.append(context)
        return context

    answering = Answering.of(live_server)
    yield make
    for context in made:
        context.close()
    answering.end()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], face: Face) -> Page:
    """One person's page."""
    return new_context(face).new_page()


@pytest.fixture
def sign_in(live_server: Any, settings: Any) -> Callable[[Page, Any], None]:
    """`sign_in(page, cast.clerk)`: a session as in the demo, without a second factor; that has its own tests."""
    settings.DEMO = True

    def sign(page: Page, staff: Any) -> None:
        client = Client()
        client.force_login(staff, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )

    return sign


@pytest.fixture
def axe_clean(page: Page) -> Callable[..., None]:
    """`axe_clean()` or `axe_clean(other_page)`: WCAG 2.2 AA and best practice, and no scrolling sideways."""

    def check(other: Page | None = None) -> None:
        look_over(other or page)

    return check


# What a page is made of, as axe sees it: each element with its classes, its attributes' names, whether it says anything
# and has a label, under its ancestors; how headings follow one another; ids that are there twice or not at all. A page that brings nothing
# that was not found clean before, at this width and in these colours, needs no second look; where little is new, that
# is looked at, and all that lies in it. Given such pieces, it marks what they are said of.
PIECES = r"""(unseen) => {
  // What axe does not look at: the hooks of scripts, where a form goes, what is in a field.
  const OURS = /^(data-|hx-|(id|name|action|method|enctype|maxlength|rows|cols|src|datetime)$)/;
  const say = (e) => e.localName + [...e.classList].map((c) => '.' + c).join('')
      + [...e.attributes].filter((a) => !OURS.test(a.name)).map((a) => ['type', 'role', 'hidden', 'open', 'tabindex', 'lang', 'scope'].includes(a.name)
          ? `[${a.name}=${a.value}]` : `[${a.name}${a.value === '' ? '=' : ''}]`).sort().join('')
      + ([...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) ? '!' : '')
      + (e.labels?.length ? '(labelled)' : '')
      + (['a', 'button', 'summary', 'th', 'label', 'legend'].includes(e.localName) && e.textContent.trim() ? '(says)' : '')
      + (e.localName === 'table' && e.querySelector('th') ? '(headed)' : '');
  const found = new Set();
  const face = `${innerWidth} ${matchMedia('(prefers-color-scheme: dark)').matches} `;
  const marked = [];
  const chains = new Map([[document.documentElement, '']]);
  let level = 0;
  const ids = new Set();
  const refers = ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls'];
  for (const e of document.querySelectorAll('body, body *:not(svg *)')) {
    const chain = (chains.get(e.parentElement) || '') + '>' + e.localName + '.' + [...e.classList].join('.');
    chains.set(e, chain);
    const piece = (chains.get(e.parentElement) || '') + '>' + say(e);
    found.add(piece);
    if (unseen?.includes(face + piece)) marked.push(e);
    const heading = /^h([1-6])$/.exec(e.localName);
    if (heading && e.getClientRects().length) {
      found.add(`h${level}-h${heading[1]}`);
      level = heading[1];
    }
    if (e.id && ids.has(e.id)) found.add('twice:' + Math.random());
    const said = refers.flatMap((name) => (e.getAttribute(name) || '').split(' ')).filter(Boolean);
    if (said.some((id) => !document.getElementById(id))) found.add('refers to nothing:' + Math.random());
    ids.add(e.id);
  }
  found.add(`title ${!!document.title} lang ${!!document.documentElement.lang} h1 ${document.querySelectorAll('h1').length}`);
  for (const e of marked) e.dataset.unseen = '';
  return [...found].map((one) => face + one);
}"""
# What htmx is about to put in is there, and nothing is half faded.
SETTLED = """() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, [hx-trigger=load]')
    && document.getAnimations().length === 0"""

# All of it in one question, as most pages are settled when they are asked: how far it scrolls sideways, its pieces.
LOOK = f"""() => ({SETTLED})() ? [
    document.documentElement.scrollWidth - document.documentElement.clientWidth, ({PIECES})()
] : null"""

# Marked and looked into in one go: a page that asks for its news every two seconds puts in new pieces, without marks,
# at any moment. Nothing, where what was looked into has been replaced meanwhile.
LOOK_INTO = f"""async ([unseen, options]) => {{
  if (unseen) ({PIECES})(unseen);
  const marked = [...document.querySelectorAll('[data-unseen]')];
  if (unseen && !marked.length) return null;
  const found = axe.run(unseen ? {{ include: ['[data-unseen]'] }} : document, options);
  const {{ violations }} = await found;
  for (const e of marked) delete e.dataset.unseen;
  return marked.every((e) => e.isConnected) ? violations : null;
}}"""


class Clean:
    """Pieces that axe found clean, by this process and by those that run the other half of the tests."""

    def __init__(self) -> None:
        self.pieces: set[str] = set()
        self.shared: Path | None = None
        self._read = 0

    def knows(self, pieces: set[str]) -> bool:
        return pieces <= self.pieces or (self._take_in() and pieces <= self.pieces)

    def _take_in(self) -> bool:
        if self.shared is None or not self.shared.exists():
            return False
        text = self.shared.read_bytes()
        whole = text.rfind(b"\n") + 1  # a line that is being written is read the next time
        self.pieces.update(text[self._read : whole].decode().splitlines())
        self._read = whole
        return True

    def add(self, pieces: set[str]) -> None:
        new = {one.replace("\n", " ") for one in pieces - self.pieces}
        self.pieces.update(pieces)
        if self.shared is not None:
            with self.shared.open("ab") as file:
                file.write("".join(f"{one}\n" for one in sorted(new)).encode())


_clean = Clean()


@pytest.fixture(scope="session", autouse=True)
def share_what_is_clean(tmp_path_factory: pytest.TempPathFactory) -> None:
    """xdist's processes have one folder above their own."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        _clean.shared = tmp_path_factory.getbasetemp().parent / "axe-clean"


def look_over(page: Page) -> None:
    """No finding of axe (WCAG 2.2 AA and best practice), no scrolling sideways, on the page that is open."""
    page.wait_for_load_state("load")  # with its styles: an unstyled page has small targets
    found = None
    while found is None:
        while (seen := page.evaluate(LOOK)) is None:
            page.wait_for_function(SETTLED)
        over, pieces = seen[0], set(seen[1])
        assert over <= 0, f"{page.url} scrolls sideways by {over} px"
        if _clean.knows(pieces):
            return
        # What a sticky header happens to cover at one scroll position is no finding.
        page.evaluate("window.scrollTo(0, 0)")
        new = [piece for piece in pieces if piece not in _clean.pieces]
        is_of_the_page = any(">" not in piece for piece in new)  # headings, ids, the title
        is_all = is_of_the_page or len(new) > len(pieces) // 3
        page.evaluate(Axe().axe_script)
        options = {"runOnly": RULES, "resultTypes": ["violations"]}
        found = page.evaluate(LOOK_INTO, [None if is_all else new, options])
    lines = [
        f"{rule['id']} ({rule['impact']}): {node['html']} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not lines, f"axe on {page.url}:\n" + "\n".join(lines)
    _clean.add(pieces)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`later(days=3)`: every clock of the installation goes on by so much."""
    read, ahead = clock.now, [timedelta()]
    monkeypatch.setattr(clock, "now", lambda: read() + ahead[0])
    look = standing._read  # the desk reads the clock together with the organisation's token

    def look_later() -> tuple[Any, Any]:
        token, at = look()
        return token, at + ahead[0]

    monkeypatch.setattr(standing, "_read", look_later)
    get_user = StaffBackend.get_user  # and whoever is signed in is read with both

    def get_user_later(self: StaffBackend, user_id: Any) -> Any:
        staff = get_user(self, user_id)
        if staff is not None and staff.read_with is not None:
            token, at = staff.read_with
            staff.read_with = token, at + ahead[0]
        return staff

    monkeypatch.setattr(StaffBackend, "get_user", get_user_later)
    # A sign-in is known by a clock that stands still here: one that ends later than any does would not be let in.
    monkeypatch.setattr(django_settings, "SESSION_COOKIE_AGE", int(timedelta(days=3650).total_seconds()))

    def pass_by(**span: float) -> None:
        ahead[0] += timedelta(**span)
        # Whoever is signed in has been at work all the while; what is over would be thrown away.
        Session.objects.update(expire_date=clock.now() + timedelta(days=1))

    return pass_by


@pytest.fixture
def work() -> Callable[[], None]:
    """`work()`: the worker's own turns, until the acts that it finds have had their consequences."""

    def turn() -> None:
        for _ in range(10):
            worker.run_once()
            if not reactions.backlog():
                return
        pytest.fail("The worker does not come to an end: a reaction fails again and again.")

    return turn


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], face: Face) -> Callable[[], PersonSide]:
    """`person()`: somebody with a browser of their own."""
    return lambda: PersonSide(new_context(face).new_page(), face, look_over)


@pytest.fixture
def desk(
    new_context: Callable[..., BrowserContext], face: Face, sign_in: Callable[[Page, Any], None]
) -> Callable[[Any], DeskSide]:
    """`desk(cast.clerk)`: a member of staff, signed in, in a browser of their own."""

    def at(staff: Any) -> DeskSide:
        page = new_context(face).new_page()
        sign_in(page, staff)
        return DeskSide(page, look_over)

    return at


@pytest.fixture
def shot(page: Page, face: Face) -> Callable[..., None]:
    """`shot("receipt")`: a picture of what is seen; `whole=True` for the whole page, `of=` another page."""

    def take(name: str, *, whole: bool = False, of: Page | None = None) -> None:
        if not os.environ.get("ANSWERABLE_SHOTS"):
            return
        folder = Path(os.environ["ANSWERABLE_SHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        picture = (of or page).screenshot(full_page=whole, animations="disabled")
        (folder / f"{name}-{face.name}.png").write_bytes(picture)

    return take
