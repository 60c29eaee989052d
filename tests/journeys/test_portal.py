"""An anonymous report, from the first page to the receipt: by thumb, by keyboard, without JavaScript."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from answerable.cases.models import Case, CaseText
from answerable.orgs.models import Subject
from tests.journeys.faces import two_faces
from tests.journeys.sides import LIMIT, weight

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WORDS = {
    "zh-hans": ("村口的路灯坏了两个月，晚上看不见路。", "修好路灯。", "村委会门口"),
    "en": (
        "The lamp at the village entrance has been out for two months.",
        "Repair it.",
        "By the village hall",
    ),
}


def go_on(page):
    page.locator("main button[name=do][value=continue]").click()


def choose(page, name, value):
    page.locator(f"input[name={name}][value='{value}']").check()
    go_on(page)


@pytest.fixture
def office(cast):
    """The cast's town with subjects in two levels, as offices have them."""
    roads = Subject.objects.create(
        authority=cast.town, code="roads", name_zh="道路与出行", name_en="Roads", hint_zh="路灯、路面、桥梁"
    )
    roads.path = [roads.pk]
    roads.save()
    Subject.objects.filter(pk=cast.lamps.pk).update(parent=roads, path=[roads.pk, cast.lamps.pk])
    cast.town.phone = "000-5550 1010"
    cast.town.save()
    return cast


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (400, 300), "gray").save(data, "JPEG")
    return data.getvalue()


def walk(page, cast, language, seen, *, conduct="no", privacy="anonymous"):
    """Answer everything up to the page that reads it back; `seen(name)` is called on each page."""
    claim, wants, spot = WORDS[language]
    page.goto("/new/")
    seen("start")
    page.locator("a.button").first.click()
    seen("who")
    choose(page, "who", "self")
    seen("story")
    page.locator("#id_story").fill(claim)
    page.locator("#id_wants").fill(wants)
    go_on(page)
    seen("danger")
    choose(page, "danger", "yes")
    seen("help")
    go_on(page)
    seen("conduct")
    choose(page, "conduct", conduct)
    if conduct != "no":
        seen("about")
        page.locator(f"input[name=units][value='{cast.roads.pk}']").check()
        go_on(page)
    else:
        seen("kind")
        choose(page, "kind", "complaint")
    seen("subject")
    choose(page, "subject", cast.lamps.parent_id or Subject.objects.get(pk=cast.lamps.pk).parent_id)
    seen("topic")
    choose(page, "topic", cast.lamps.pk)
    seen("place")
    page.locator("#id_in_words").fill(spot)
    choose(page, "place", cast.village.pk)
    seen("privacy")
    choose(page, "privacy", privacy)
    if privacy != "anonymous":
        seen("name")
        page.locator("#id_name").fill("王小明")
        go_on(page)
    seen("channel")
    choose(page, "channel", "post" if privacy != "anonymous" else "none")
    if privacy != "anonymous":
        seen("reach")
        page.locator("#id_reach").fill("渡新路 88 号")
        go_on(page)
    seen("files")


@two_faces
def test_an_anonymous_report_gets_its_receipt(page, face, office, axe_clean, shot):
    def seen(name):
        axe_clean()
        assert weight(page) <= LIMIT, f"{name} weighs {weight(page)} bytes"
        shot(f"portal-{name}", whole=True)

    walk(page, office, face.language, seen)
    page.locator("#id_files").set_input_files(
        [{"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": picture()}]
    )
    page.locator("button[value=add]").click()
    expect(page.locator(".files")).to_contain_text("lamp.jpg")
    seen("files-added")
    go_on(page)
    claim, _wants, spot = WORDS[face.language]
    expect(page.locator(".read-back")).to_contain_text(claim)
    expect(page.locator(".read-back")).to_contain_text(spot)
    seen("check")
    go_on(page)
    expect(page).to_have_url(re.compile("/new/receipt$"))
    seen("receipt")
    code, secret = page.locator(".receipt-code").all_inner_texts()
    assert Case.objects.get().code == code
    assert len(secret) == 19
    assert CaseText.objects.get().claim == claim
    with page.expect_download() as paper:
        page.locator("form[action$='receipt/pdf'] button").click()
    assert paper.value.suggested_filename == "receipt.pdf"
    page.go_back()
    assert Case.objects.count() == 1
    page.goto("/new/receipt")
    page.locator("form[action$='receipt/done'] button").last.click()
    page.goto("/new/receipt")
    assert secret not in page.content()


@two_faces
def test_an_accusation_and_a_name_under_lock(page, face, office, axe_clean, shot):
    def seen(name):
        if name in ("about", "name", "reach"):
            axe_clean()
            shot(f"portal-{name}", whole=True)

    walk(page, office, face.language, seen, conduct="unsure", privacy="confidential")
    go_on(page)
    go_on(page)
    axe_clean()
    shot("portal-receipt-conduct", whole=True)
    assert Case.objects.get().unit == office.discipline


@two_faces
def test_all_of_it_without_javascript(new_context, face, office):
    page = new_context(face, javascript=False).new_page()
    walk(page, office, face.language, lambda name: None)
    go_on(page)
    go_on(page)
    assert page.locator(".receipt-code").count() == 2
    assert Case.objects.count() == 1


@two_faces
def test_saved_today_and_taken_up_in_another_browser(page, new_context, face, office, axe_clean, shot):
    page.goto("/new/who")
    choose(page, "who", "self")
    page.locator("#id_story").fill(WORDS[face.language][0])
    page.locator("button[value=save]").click()
    axe_clean()
    shot("portal-saved", whole=True)
    code = page.locator(".receipt-code").inner_text()
    other = new_context(face).new_page()
    other.goto("/new/continue")
    axe_clean(other)
    shot("portal-take-up", of=other)
    other.locator("#id_code").fill(code.lower().replace("-", " "))
    other.locator("form.form button").click()
    other.goto("/new/story")
    expect(other.locator("#id_story")).to_have_value(WORDS[face.language][0])


@two_faces
def test_a_mistake_is_said_and_the_focus_goes_there(page, face, office, watch, axe_clean, shot):
    watch.may_fail.add(422)
    page.goto("/new/who")
    go_on(page)
    expect(page.locator(".error-summary")).to_be_focused()
    axe_clean()
    shot("portal-mistake")
    page.locator(".error-summary a").click()
    expect(page.locator("#id_who_0")).to_be_focused()
