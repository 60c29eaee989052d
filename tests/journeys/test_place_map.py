"""The sketch of the places in a real browser: a tap chooses, the Enter key does not, with and without JavaScript."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from answerable.cases.portal.tests.walk import answers
from answerable.orgs.models import Place
from tests.journeys.faces import one_face, two_faces

POINTS = (("远桥村", "Farbridge", "40.12", "102.30"), ("上坝村", "Upper Dam", "40.08", "102.36"))

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def at_place(page, cast):
    for n, (zh, en, north, east) in enumerate(POINTS):
        point = {"latitude": Decimal(north), "longitude": Decimal(east)}
        Place.objects.create(authority=cast.town, code=f"far-{n}", name_zh=zh, name_en=en, **point)
    Place.objects.filter(pk=cast.village.pk).update(latitude=Decimal("40.02"), longitude=Decimal("102.31"))
    page.goto("/new/who")
    given = answers(cast)
    for step in ("who", "story", "danger", "conduct", "kind", "subject"):
        for name, value in given[step].items():
            box = page.locator(f"[name={name}]").first
            if box.get_attribute("type") == "radio":
                page.locator(f"[name={name}][value='{value}']").check()
            else:
                box.fill(str(value))
        page.locator("main button[value=continue]").click()


@two_faces
def test_a_tap_on_the_sketch_chooses_in_the_list(page, cast, axe_clean, shot):
    at_place(page, cast)
    page.locator("[name=in_words]").fill("老桥边")
    page.locator("details summary").last.click()
    picture = page.locator("input[type=image]")
    expect(picture).to_be_visible()
    assert picture.bounding_box()["width"] == 320
    axe_clean()
    picture.click(position={"x": 280, "y": 170})
    expect(page.locator("[name=place]:checked")).to_have_count(1)
    expect(page.locator("[name=in_words]")).to_have_value("老桥边")
    expect(page.locator("[role=status]").last).to_be_visible()
    axe_clean()
    shot("place-map")
    chosen = page.locator("[name=place]:checked").get_attribute("value")
    assert Place.objects.get(pk=chosen).code == "far-1"


@one_face
def test_the_enter_key_goes_on_instead_of_tapping(page, cast):
    at_place(page, cast)
    page.locator(f"[name=place][value='{cast.village.pk}']").check()
    page.locator("[name=in_words]").press("Enter")
    expect(page.locator("[name=privacy]").first).to_be_visible()
