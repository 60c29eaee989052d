"""A season by the pages: planned with what it usually demands, announced, begun by the worker, prolonged, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.core import clock
from answerable.duty.models import StandbyItem
from answerable.duty.tests.rooms import make_room
from answerable.incidents.tests.responses import make_plan
from answerable.orgs.queries import local_today
from answerable.readiness.periods import running
from answerable.readiness.periods.models import Period
from tests.cast import make_cast
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    town = make_cast()
    make_plan(town)
    make_room(town)
    StandbyItem.objects.create(unit=town.town_root, code="pump", name_zh="水泵", name_en="Pump")
    return town


@two_faces
def test_a_season_from_its_plan_to_its_end(page, town, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)
    today = local_today(town.town, clock.now())
    sign_in(page, town.mayor)
    page.goto(reverse("periods:list"))
    axe_clean()
    page.locator(f"a[href='{reverse('periods:new')}']").first.click()
    page.locator("#id_kind").select_option("flood_season")
    page.locator("#id_from_on").fill(today.isoformat())
    page.locator("#id_until_on").fill((today + timedelta(days=9)).isoformat())
    page.locator("#id_grounds").fill("全国两会期间")
    page.locator("main form.form button.button").first.click()
    expect(page.locator(".error-summary")).to_contain_text("两会")
    axe_clean()
    shot("period-refused", whole=True)
    page.locator("#id_grounds").fill("县气象台预报连续强降雨。")
    page.locator("main form.form button.button").first.click()
    demands = page.locator("section[aria-labelledby=demands]")
    expect(demands.locator("tbody tr")).to_have_count(8)
    axe_clean()
    shot("period-planned", whole=True)
    demands.locator("a[href$='/ask/rhythm']").click()
    page.locator("#id_what").select_option("rounds:fire_exits")
    page.locator("#id_rhythm").select_option("weekly")
    axe_clean()
    page.locator("main form.form button.button").first.click()
    expect(demands.locator("tbody tr")).to_have_count(9)
    page.locator("form[action$='/announce'] button").click()
    expect(page.locator("a[href$='/prolong']")).to_be_visible()
    assert running.turn(clock.now()) >= 1
    page.goto(reverse("site:desk"))
    period = Period.objects.get()
    page.locator(f"main a[href='{reverse('periods:show', args=[period.pk])}']").click()
    expect(page.locator("a[href$='/end']")).to_be_visible()
    axe_clean()
    shot("period-running", whole=True)
    page.locator("a[href$='/prolong']").click()
    page.locator("#id_until_on").fill((today + timedelta(days=20)).isoformat())
    page.locator("#id_why").fill("雨还没有停。")
    page.locator("main form.form button.button").first.click()
    page.locator("a[href$='/end']").click()
    page.locator("#id_why").fill("水位回落。")
    page.locator("main form.form button.button").first.click()
    expect(page.locator("a[href$='/end']")).to_have_count(0)
    page.locator("a[href$='/sheet']").click()
    expect(page.locator("main table tbody tr")).to_have_count(9)
    axe_clean()
    shot("period-sheet", whole=True)
