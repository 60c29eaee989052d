"""A photograph with a face on it: looked at, marked with box and brush, blurred for good; with a script and without one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from answerable.cases import files
from answerable.cases.files import Accepted
from answerable.cases.models import Attachment
from answerable.cases.services import persons
from answerable.cases.services.intake import Registered
from answerable.core import clock
from tests import portraits
from tests.cast import registered
from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def matter(cast, settings) -> Registered:
    """A matter with a photograph on which somebody is seen."""
    settings.DEMO = True
    done = registered(cast, now=clock.now() - timedelta(hours=2))
    sent = Accepted("mayor.jpg", "image/jpeg", portraits.jpeg(), b"\1" * 32)
    persons.write(case_id=done.case.pk, text="See him.", attached=(sent,), now=clock.now())
    return done


@pytest.fixture
def photograph(matter) -> Attachment:
    return Attachment.objects.get(case=matter.case)


def at(row: Attachment) -> str:
    return reverse("desk:check_file", args=[row.case_id, row.pk])


def drag(page: Page, *ways: tuple[float, float]) -> None:
    """Press at the first place of the picture, and go to the others; in fractions of it."""
    picture = page.locator("[data-marks] svg")
    picture.scroll_into_view_if_needed()
    frame = picture.bounding_box()
    assert frame is not None
    places = [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in ways]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


@two_faces
def test_a_face_is_proposed_marked_and_gone(face, cast, desk, person, matter, photograph, axe_clean, shot):
    page = desk(cast.handler).page
    page.goto(at(photograph))
    boxes, strokes = page.locator("[data-marks] rect"), page.locator("[data-marks] polyline")
    expect(boxes).to_have_count(1)  # what the computer proposes
    axe_clean(page)
    shot("photo", whole=True, of=page)

    drag(page, (0.05, 0.05), (0.15, 0.2))
    expect(boxes).to_have_count(2)
    page.get_by_role("radio").nth(1).check()
    drag(page, (0.8, 0.2), (0.9, 0.3), (0.85, 0.5))
    expect(strokes).to_have_count(1)
    undo = page.locator("[data-undo]")
    undo.click()
    expect(strokes).to_have_count(0)
    drag(page, (0.8, 0.2), (0.9, 0.3), (0.85, 0.5))

    # The same by the keyboard: from the left edge to where it is wanted, wider, and away with the wrong one.
    boxes.nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.locator("[data-numbers] summary").click()
    rows = page.locator("[data-rows] li")
    expect(rows).to_have_count(2)
    expect(rows.nth(1).locator("[name=left]")).to_have_value("7")
    boxes.nth(1).focus()
    page.keyboard.press("Delete")
    expect(rows).to_have_count(1)
    expect(page.locator("[data-without-marks]")).to_be_disabled()
    axe_clean(page)
    shot("photo-marked", whole=True, of=page)
    page.locator("button[value=blur]").click()
    page.wait_for_url("**/desk/case/*")
    axe_clean(page)
    photograph.refresh_from_db()
    copy = photograph.redacted_copies.get()
    assert (photograph.sealed, photograph.check_state) == (None, "blurred")
    assert files.content(copy)
    page.goto(at(photograph))
    expect(page.locator("[data-marks]")).to_have_count(0)
    axe_clean(page)

    # Its person sees which post opened it, and that a part was made unreadable.
    somebody = person()
    somebody.was_given(matter)
    somebody.enter()
    expect(somebody.page.locator(".talk, main").first).to_contain_text("%")
    somebody.page.goto("/case/looks")
    expect(somebody.page.locator(".timeline li")).to_have_count(1)
    somebody.seen(somebody.page)
    shot("looks", whole=True, of=somebody.page)


@one_face
def test_without_a_script_marks_are_numbers(face, cast, new_context, sign_in, photograph):
    page = new_context(face, javascript=False).new_page()
    sign_in(page, cast.handler)
    page.goto(at(photograph))
    page.locator("[data-ask] a").click()
    assert float(page.locator("[name=left]").first.input_value()) > 10
    spare = page.locator("[data-rows] li").nth(1)
    for name, number in (("left", "1"), ("top", "1"), ("width", "5"), ("height", "5,5")):
        spare.locator(f"[name={name}]").fill(number)
    page.locator("button[value=blur]").click()
    page.wait_for_url("**/desk/case/*")
    photograph.refresh_from_db()
    assert photograph.check_state == "blurred"
