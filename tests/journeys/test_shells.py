"""Both shells and every component: for a screen reader, a keyboard, a thumb, and someone who has to leave at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey]

LIMIT = 100_000  # bytes of a person's page with everything it loads, uncompressed


@pytest.fixture
def style(settings):
    settings.DEMO = True


def test_the_portals_own_pages(page, cast, axe_clean, shot):
    for name in ("", "rights", "channels"):
        page.goto("/" + name)
        axe_clean()
        shot(f"portal-{name or 'home'}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_component(new_context, face, cast, style, axe_clean, dark):
    page = new_context(face, dark=dark).new_page()
    for address in ("", "desk", "question", "question?wrong", "sheet"):
        page.goto("/style/" + address)
        axe_clean(page)


@two_faces
def test_the_error_pages(page, style, db, watch, axe_clean):
    for code in (400, 403, 404, 429, 500, 503):
        watch.may_fail.add(code)
        page.goto(f"/style/error/{code}")
        axe_clean()


@one_face
def test_a_persons_page_is_light(new_context, face, cast, style):
    for address in ("/", "/rights", "/style/question?wrong"):
        weights: dict[str, int] = {}
        page = new_context(face).new_page()
        page.on(
            "response", lambda response, weights=weights: weights.update({response.url: len(response.body())})
        )
        page.goto(address, wait_until="networkidle")
        assert len(weights) > 5
        assert sum(weights.values()) <= LIMIT, weights


@two_faces
def test_the_language_changes_and_the_page_stays(page, face, cast):
    page.goto("/rights")
    other = "en" if face.language == "zh-hans" else "zh-hans"
    page.locator(f"form.language button[value={other}]").click()
    expect(page).to_have_url(re.compile("/rights$"))
    expect(page.locator("html")).to_have_attribute("lang", other)


def leave_by_button(page):
    page.locator("form[data-leave] button").click()


def leave_by_keys(page):
    page.clock.set_fixed_time(datetime.now(UTC))  # three times within two seconds, however long the keys take
    for _ in range(3):
        page.keyboard.press("Escape")


@one_face
@pytest.mark.parametrize("leave", [leave_by_button, leave_by_keys])
def test_leaving_at_once(page, cast, leave):
    page.goto("/")
    page.goto("/rights")
    leave(page)
    page.wait_for_url("**/leave")
    assert "Town" not in page.content()
    assert "某镇" not in page.content()
    page.wait_for_function("() => document.cookie === ''")
    # The page that was left is not one step back: its place in the history is taken.
    page.go_back()
    expect(page).to_have_url(re.compile(r":\d+/$"))


@one_face
def test_two_escapes_are_no_reason_to_leave(page, cast):
    page.goto("/rights")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/rights$"))


@one_face
def test_leaving_without_script(new_context, face, cast):
    page = new_context(face, javascript=False).new_page()
    page.goto("/rights")
    leave_by_button(page)
    expect(page).to_have_url(re.compile("/leave$"))
    assert page.context.cookies() == []


@one_face
def test_the_summary_of_errors_has_the_focus_and_leads_to_the_field(page, cast, style):
    page.goto("/style/question?wrong")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#wrong_about_0")).to_be_focused()
    covered = page.locator("form.leave").bounding_box()
    question = page.locator("#wrong_about-field").bounding_box()
    assert question["y"] >= covered["y"] + covered["height"]


@one_face
def test_a_text_box_counts_and_keeps_every_word(page, face, cast, style):
    page.goto("/style/")
    box = page.locator("#id_words")
    box.fill("路灯" * 2590 + "\n" * 10)  # a line break is two characters, as a form sends it: 5200
    expect(page.locator("#id_words-count")).to_contain_text("200")
    expect(page.locator("#id_words-count")).to_have_class(re.compile("count-over"))
    assert len(box.input_value()) == 5190


@two_faces
def test_the_desk_by_keyboard(page, face, cast, style, sign_in, axe_clean, shot):
    sign_in(page, cast.leader)
    page.goto("/style/desk")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.row-current a")).to_be_focused()
    assert (
        page.locator("tr[data-row]").evaluate_all("rows => rows.findIndex(r => r.matches('.row-current'))")
        == 1
    )
    page.keyboard.press("k")
    assert (
        page.locator("tr[data-row]").evaluate_all("rows => rows.findIndex(r => r.matches('.row-current'))")
        == 0
    )
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    axe_clean()
    page.locator("[data-keys-off]").check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


@two_faces
def test_the_desk_knows_who_one_is(page, face, cast, sign_in, axe_clean, shot):
    sign_in(page, cast.leader)
    page.goto("/desk/start")
    axe_clean()
    shot("desk-start")
    page.locator("details[data-menu] > summary").click()
    expect(page.locator(".who-posts")).to_contain_text(
        "规划建设办" if face.language == "zh-hans" else "Roads office"
    )
    axe_clean()
    page.locator("button[name=theme][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(re.compile("/desk/start$"))
    axe_clean()


@one_face
def test_a_form_goes_once(page, cast, style):
    """A second click while the first is under way sends nothing."""
    page.goto("/style/desk")
    sent: list[str] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.evaluate("""() => {
        const form = document.querySelector('.flash form');
        form.requestSubmit(); form.requestSubmit();
    }""")
    page.wait_for_load_state()
    assert len(sent) <= 1
