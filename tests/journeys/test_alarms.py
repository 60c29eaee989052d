"""An alarm from the first call to its end, a rule changed by keyboard and mouse, a roll call; and what axe finds on it all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.alerts.models import Alert, ContactPoint, EscalationRule, RollCall
from answerable.alerts.services.rules import make_default_rules
from answerable.alerts.tests.climbers import reached_by
from answerable.core import clock
from answerable.duty.models import Shift
from answerable.duty.tests.rooms import make_room, put
from answerable.record.actors import Actor
from tests.cast import LONG_AGO, make_cast
from tests.journeys.faces import one_face, other_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    """A town with rules, a leader with a landline and a mobile, and somebody on duty right now."""
    town = make_cast()
    now = clock.now()
    make_default_rules(authority=town.town, by=Actor.system(), now=now)
    ContactPoint.objects.create(
        staff=town.mayor, way="landline", address="010-6000", made_at=LONG_AGO, verified_at=LONG_AGO
    )
    reached_by(town.mayor)
    room = make_room(town, stood=False)
    shift = Shift.objects.create(
        line=room.line, from_at=now - timedelta(hours=1), until_at=now + timedelta(hours=8), on=now.date()
    )
    put(shift, room.staff, town.handler)
    reached_by(town.handler)
    return town


@two_faces
def test_an_alarm_is_raised_taken_and_ended(page, town, sign_in, axe_clean, shot):
    sign_in(page, town.mayor)
    page.goto(reverse("alerts:board"))
    axe_clean()
    shot("alarms-none", whole=True)
    page.goto(reverse("alerts:raise"))
    axe_clean()
    page.locator("#alarm-text").fill("泵站水位上涨。")
    page.locator("#alarm-unit").select_option(str(town.town_root.pk))
    page.locator("form.form button.button").click()
    expect(page.locator("h1")).to_contain_text("泵站水位上涨。")
    axe_clean()
    shot("alarm-open", whole=True)
    page.goto(reverse("alerts:board"))
    axe_clean()
    shot("alarms-open", whole=True)
    page.locator("a[data-row-link]").first.click()
    page.locator("form[action$='/have'] button").click()
    expect(page.locator("form[action$='/have']")).to_have_count(0)
    page.locator("#note-text").fill("已派人关闸。")
    page.locator("button[formaction$='/over']").click()
    expect(page.locator(".timeline")).to_contain_text("已派人关闸。")
    axe_clean()
    shot("alarm-over", whole=True)
    assert Alert.objects.get().state == "resolved"


@other_face
def test_a_rule_is_changed_without_a_mistake_going_through(page, town, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)
    sign_in(page, town.mayor)
    page.goto(reverse("alerts:rules"))
    axe_clean()
    shot("alarm-rules", whole=True)
    page.goto(reverse("alerts:rule", args=[town.town.pk, "uncovered"]))
    axe_clean()
    page.locator("button[value='add']").click()
    page.locator("button[value='save']:visible").last.click()
    expect(page.locator(".error-summary")).to_be_visible()
    axe_clean()
    shot("alarm-rule", whole=True)
    page.locator("#ask-2").select_option(f"post/{town.post(town.leader).pk}")
    page.locator("button[value='ask:2']").click()
    page.locator("button[value='save']:visible").last.click()
    expect(page).to_have_url(page.url.split("/desk/")[0] + reverse("alerts:rules"))
    rule = EscalationRule.objects.get(authority=town.town, code="uncovered")
    assert (rule.version, rule.steps.count()) == (2, 3)


@one_face
def test_the_roll_is_called_and_who_can_be_reached_is_seen(page, town, sign_in, axe_clean, shot):
    sign_in(page, town.mayor)
    page.goto(reverse("alerts:roll_calls"))
    axe_clean()
    shot("roll-calls", whole=True)
    page.locator("button[value='call']").click()
    expect(page.locator("table")).to_contain_text(
        town.handler.name_in("zh" if page.locator("html[lang^=zh]").count() else "en")
    )
    axe_clean()
    shot("roll-call", whole=True)
    assert RollCall.objects.count() == 1
    page.goto(reverse("alerts:readiness"))
    axe_clean()
    shot("alarms-readiness", whole=True)
