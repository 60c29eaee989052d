"""The board lives while others write; the field works without a network, and what it wrote arrives later, once, in order."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import expect

from answerable.core import clock
from answerable.incidents.board.live import Boards
from answerable.incidents.models import Entry, Photo, Task
from answerable.incidents.photos import steps
from answerable.incidents.photos.tests.test_photos import jpeg
from answerable.incidents.services.entries import write_entry
from answerable.incidents.services.tasks import finish_task
from answerable.incidents.tests.responses import make_plan, respond
from tests.journeys.faces import one_face, two_faces
from tests.journeys.test_counter_offline import without_network  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORD = "a telephone's word"
STORED = """async () => {
  const db = await new Promise((done) => { const r = indexedDB.open("answerable-field"); r.onsuccess = () => done(r.result); });
  const found = {};
  for (const name of db.objectStoreNames) {
    found[name] = await new Promise((done) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => done(r.result); });
  }
  return JSON.stringify(found);
}"""

#: A photograph of 100 MB, chosen as a file is.
HUGE = """() => {
  const chosen = new DataTransfer();
  chosen.items.add(new File([new Uint8Array(100e6)], "huge.jpg", { type: "image/jpeg" }));
  document.querySelector("#photo").files = chosen.files;
}"""


@pytest.fixture
def incident(cast):
    found = respond(cast, make_plan(cast), now=clock.now() - timedelta(minutes=25))
    type(cast.village).objects.filter(pk=cast.village.pk).update(latitude="30.10000", longitude="120.10000")
    type(found).objects.filter(pk=found.pk).update(latitude="30.12000", longitude="120.13000")
    return found


@two_faces
def test_the_board_shows_what_others_write(page, cast, incident, sign_in, axe_clean, shot):
    sign_in(page, cast.mayor)
    page.clock.install()
    page.goto(f"/desk/incidents/{incident.pk}/board")
    axe_clean()
    shot("board", whole=True)
    late = page.locator("#h-tasks ~ ul [data-due] .tone-late")
    assert late.count() == 2, "two tasks are late by word, shape and colour"
    write_entry(
        incident_id=incident.pk, text="水位又涨了 10 厘米", by=cast.actor(cast.clerk), now=clock.now()
    )
    page.clock.run_for(12_000)  # no streaming process here: the page asks for itself
    expect(page.locator("[data-list=log]")).to_contain_text("水位又涨了")
    page.fill("#line", "桥已封闭")
    page.click(".board-write button")
    expect(page.locator("[data-list=log] li").first).to_contain_text("桥已封闭")
    page.goto(f"/desk/incidents/{incident.pk}/board?screen=1")
    axe_clean()
    shot("board-wall", whole=True)


@one_face
def test_the_stream_puts_rows_in_their_place(page, cast, incident, sign_in, settings):
    settings.LIVE_STREAM = "/desk/alerts/live/stream"
    boards, asked = Boards(), []
    boards.news(incident.pk, "1", ())
    mayor, task = cast.actor(cast.mayor), Task.objects.get(incident=incident, code="warn")

    def stream(route):
        said = b"event: alive\ndata: \n\n"
        if not asked:
            write_entry(incident_id=incident.pk, text="桥已封闭", by=mayor, now=clock.now())
            finish_task(
                incident_id=incident.pk, task_id=task.pk, result="都通知了", by=mayor, now=clock.now()
            )
            said += boards.news(incident.pk, "2", ())["zh-hans"]
            connection.close()  # the browser's loop has one of its own
        asked.append(route.request.url)
        route.fulfill(body=said, content_type="text/event-stream")

    page.route("**/live/stream?*", stream)
    polls = []  # once there is a stream
    page.on(
        "request", lambda request: polls.append(request.url) if asked and "since=" in request.url else None
    )
    sign_in(page, cast.mayor)
    page.goto(f"/desk/incidents/{incident.pk}/board")
    expect(page.locator("[data-list=log] li").first).to_contain_text("桥已封闭")
    assert page.locator(f"[data-list=ended] #task-{task.pk}").count() == 1
    assert page.locator(f"[data-list=tasks] #task-{task.pk}").count() == 0
    due = page.locator("[data-list=tasks] [data-due]")
    assert due.evaluate_all("all => all.map((one) => one.dataset.due)") == sorted(
        due.evaluate_all("all => all.map((one) => one.dataset.due)")
    )
    assert not polls, "what the stream tells is not asked for again"
    assert "of=board" in asked[0]
    assert f"id={incident.pk}" in asked[0]


def field(page):
    page.goto("/desk/field/")
    page.wait_for_selector("[data-line]:not([hidden])")


def said(page, text: str) -> None:
    page.fill("#text", text)
    page.click("[data-line] button")
    expect(page.locator("#text")).to_have_value("")


@one_face
def test_written_without_a_network_it_arrives_later_once_and_in_order(
    page,
    cast,
    incident,
    sign_in,
    axe_clean,
    shot,
    without_network,  # noqa: F811
):
    engineer = cast.water_leader
    sign_in(page, engineer)
    page.clock.install(time=clock.now() + timedelta(hours=7))  # a telephone's wrong clock
    field(page)
    expect(page.locator("[data-clock]")).to_contain_text("420")
    page.fill("#new-word", WORD)
    page.click("[data-ready] button")
    page.wait_for_selector("[data-wipe]:not([hidden])")
    axe_clean()
    shot("field", whole=True)
    page.context.set_offline(True)
    page.goto("/desk/field/")  # the browser was closed and opened again: the page works alone
    page.wait_for_selector("[data-unlock]:not([hidden])")
    assert "do look" not in page.content(), "what is kept is locked"
    page.fill("#word", WORD)
    page.click("[data-unlock] button")
    page.wait_for_selector("[data-line]:not([hidden])")
    page.evaluate(HUGE)
    page.click("[data-line] button")
    expect(page.locator("[data-fault]")).to_contain_text("100 MB")
    page.set_input_files("#photo", [])
    said(page, "第一条：桥面开裂")
    page.clock.run_for(2_000)
    task = Task.objects.get(incident=incident, code="look")
    page.fill(f"#seen-{task.pk}", "都撤了")
    page.click(f"li:has(#seen-{task.pk}) .button:not(.button-plain)")
    page.set_input_files("#photo", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    said(page, "第三条：照片")
    expect(page.locator("[data-queue] li")).to_have_count(3)
    expect(page.locator("[data-count]")).to_contain_text("3")
    stored = page.evaluate(STORED)
    assert not any(word in stored for word in ("桥面", "都撤了", "do close_road", "照片"))
    axe_clean()
    shot("field-offline", whole=True)
    assert not Entry.objects.filter(by=engineer).exists()
    page.context.clear_cookies(name=re.compile("session"))  # the session ended in the field
    page.context.set_offline(False)
    page.clock.run_for(40_000)
    page.wait_for_selector("[data-sign-in]:not([hidden])")
    expect(page.locator("[data-queue] li")).to_have_count(3)
    sign_in(page, engineer)
    page.reload()
    # That nothing waits is said; a page that has not drawn yet what waits has no rows either.
    nothing = page.evaluate("JSON.parse(document.getElementById('field-data').textContent).say.none_waiting")
    expect(page.locator("[data-count]")).to_have_text(nothing)
    expect(page.locator("[data-queue] li")).to_have_count(0)
    page.reload()
    page.wait_for_selector("[data-line]:not([hidden])")
    first, last = Entry.objects.filter(incident=incident, by=engineer).order_by("seq")
    assert (first.text, last.text) == ("第一条：桥面开裂", "第三条：照片")
    task.refresh_from_db()
    assert (task.state, task.result, task.ended_by) == ("done", "都撤了", engineer)
    for entry in (first, last):
        assert abs(entry.clock_off_s - 7 * 3600) < 120
        assert entry.happened_at is None or entry.happened_at <= entry.at
    photo = Photo.objects.get()
    assert photo.state == "held"
    assert b"SecretPhoneMaker" not in steps.open_(photo)
    page.goto("/desk/start")
    assert (
        page.evaluate(
            "caches.open('answerable-field').then((c) => c.keys()).then((k) => k.map((r) => new URL(r.url).pathname))"
        ).count("/desk/start")
        == 0
    )


@one_face
def test_a_photograph_is_checked_and_blurred(page, cast, incident, sign_in, axe_clean, shot):
    sign_in(page, cast.mayor)
    page.goto(f"/desk/incidents/{incident.pk}/photos")
    page.set_input_files("#file", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    page.fill("#text", "塌陷处")
    page.click("form[data-upload] .actions button")
    page.wait_for_selector(".photo-list a")
    axe_clean()
    page.click(".photo-list a")
    page.click("[data-add]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    axe_clean()
    shot("photo-check", whole=True)
    page.click("button[value=blur]")
    page.wait_for_url(re.compile("/photos$"))
    page.wait_for_load_state("networkidle")
    photo = Photo.objects.get()
    assert photo.state == "cleared"
