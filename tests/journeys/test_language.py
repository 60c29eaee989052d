"""Whoever changes the language in the middle of a question keeps the words they have typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["", "without-scripts"])
def page(request, new_context, face):
    return new_context(face, javascript=request.param).new_page()


@two_faces
def test_the_words_come_along_into_the_other_language(page, cast, face):
    page.goto("/new/who")
    page.locator("[name=who][value=self]").check()
    page.locator("main button[value=continue]").click()
    page.locator("[name=story]").fill("村口的路灯坏了。 The lamp is out.")
    other = "en" if face.language.startswith("zh") else "zh-hans"
    page.locator(f"button[name=language][value='{other}']").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("[name=story]")).to_have_value("村口的路灯坏了。 The lamp is out.")
    page.locator("main button[value=continue]").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("[name=danger]").first).to_be_visible()


@one_face
def test_enter_means_go_on_and_not_another_language(page, cast, face):
    page.goto("/new/who")
    page.locator("[name=who][value=self]").check()
    page.locator("[name=who][value=self]").press("Enter")
    page.wait_for_url("**/new/story")
    expect(page.locator("html")).to_have_attribute("lang", face.language)
