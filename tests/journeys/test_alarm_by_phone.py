"""Somebody enters their mobile number, is called by an alarm, and takes it on the telephone; at the desk it rings."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.alerts.models import Alert, ContactPoint
from answerable.alerts.tests import gateway as gateways
from answerable.alerts.tests.climbers import alarm, reached_by, steps
from answerable.core import clock
from tests.journeys.faces import one_face

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sms(settings):
    gateway = gateways.start()
    settings.SMS_URL, settings.SMS_TOKEN = gateway.url, "t"
    yield gateway
    gateway.end()


def texts(sms) -> list[str]:
    return [json.loads(sms.body(n))["text"] for n in range(len(sms.came))]


@one_face
def test_an_alarm_is_taken_on_the_telephone(
    face, cast, page, new_context, desk, sign_in, work, sms, axe_clean, shot, settings
):
    for staff in (cast.handler, cast.clerk):
        staff.language = face.language
        staff.save()

    # The handler enters their number and shows that it works.
    mine = desk(cast.handler)
    mine.page.goto(reverse("contacts:mine"))
    mine.seen(mine.page)
    mine.page.select_option("select[name=way]", "sms")
    mine.page.fill("input[name=typed]", "138 1234 5678")
    mine.page.click("form[action$='/add'] button.button")
    mine.page.wait_for_load_state()
    work()
    code = re.search(r"\d{6}", texts(sms)[0])[0]
    mine.page.fill("input[autocomplete=one-time-code]", code)
    mine.page.click("form[action$='/verify'] button")
    mine.page.wait_for_load_state()
    mine.seen(mine.page)
    shot("how-i-am-reached", of=mine.page)
    assert ContactPoint.objects.get().verified_at is not None

    # An alarm asks them, and the clerk after them.
    reached_by(cast.clerk)
    ladder = steps({"staff": cast.handler.pk}, {"staff": cast.clerk.pk}, every=3600)
    facts = {"text": "东村河堤渗水" if face.language == "zh-hans" else "The dyke at East village leaks"}
    alert = alarm(cast, ladder, now=clock.now(), facts=facts)
    work()
    link = re.search(r"https?://\S+/a/[a-z2-7]{24}", texts(sms)[1])[0]

    # At the desk it rings, on whatever page is open.
    mine.page.goto("/desk/start")
    bar = mine.page.locator("[data-alarms]")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text(facts["text"])
    expect(mine.page.locator("[data-sound]")).to_have_attribute("aria-pressed", "false")
    mine.seen(mine.page)
    shot("alarm-at-the-desk", of=mine.page)

    # On the telephone, without a sign-in: looking changes nothing, one press takes it.
    page.goto(link)
    page.goto(link)
    expect(page.locator("h1")).to_have_text(facts["text"])
    axe_clean()
    shot("alarm-asks")
    alert.refresh_from_db()
    assert alert.state == Alert.State.OPEN
    big = page.locator(".answer-have").bounding_box()
    assert big["width"] > 300
    assert big["height"] >= 64
    page.click(".answer-have")
    expect(page.locator(".answer-said")).to_be_visible()
    axe_clean()
    shot("alarm-taken")
    alert.refresh_from_db()
    assert (alert.state, alert.answered_by) == (Alert.State.ACKNOWLEDGED, cast.handler)

    # The desk falls silent by itself, and nobody else is called.
    expect(bar).to_be_hidden()
    work()
    assert len(texts(sms)) == 2

    # They cannot after all: it goes to the clerk, whose desk rings, and who takes it there.
    page.click(".answer-pass")
    work()
    theirs = desk(cast.clerk)
    theirs.page.goto("/desk/start")
    row = theirs.page.locator(".alarm-row")
    expect(row).to_be_visible()
    row.locator("button").first.click()
    expect(theirs.page.locator("[data-alarms]")).to_be_hidden()
    alert.refresh_from_db()
    assert (alert.state, alert.answered_by) == (Alert.State.ACKNOWLEDGED, cast.clerk)
    page.goto(link)
    expect(page.locator(".answer-said")).to_contain_text(
        cast.clerk.name_zh if face.language == "zh-hans" else cast.clerk.name_en
    )
    expect(page.locator("button")).to_have_count(0)
    axe_clean()
