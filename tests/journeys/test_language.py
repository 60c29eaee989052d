"""Whoever changes the language in the middle of a question keeps the words they have typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@two_faces
def test_the_words_come_along_into_the_other_language(page, cast, face):
    page.goto("/new/who")
    page.locator("[name=who][value=self]").check()
    page.locator("button[value=continue]").click()
    page.locator("[name=story]").fill("村口的路灯坏了。 The lamp is out.")
    other = "en" if face.language.startswith("zh") else "zh-hans"
    page.locator(f"button[name=language][value='{other}']").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("[name=story]")).to_have_value("村口的路灯坏了。 The lamp is out.")
    page.locator("button[value=continue]").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("[name=danger]").first).to_be_visible()
