"""A drill by the pages: planned from a shipped script, begun, told two events, stopped for what is real, its result."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.core import clock
from answerable.incidents.drills import telling
from answerable.incidents.models import Drill, Inject, PlanVersion
from answerable.incidents.services.activation import activate
from answerable.incidents.tests.responses import decision, make_plan
from answerable.orgs.queries import local_today
from tests.cast import make_cast
from tests.journeys.faces import one_face

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    town = make_cast()
    make_plan(town)
    return town


@one_face
def test_a_drill_from_its_plan_to_its_result(page, town, sign_in, axe_clean, shot, later, work):
    sign_in(page, town.mayor)
    page.goto(reverse("drills:list"))
    axe_clean()
    page.locator(f"a[href='{reverse('drills:new')}']").first.click()
    axe_clean()
    page.locator("#id_planned_on").fill(local_today(town.town, clock.now()).isoformat())
    page.locator("#id_pace").fill("6")
    page.locator("#id_script").select_option("flood")
    shot("drill-new", whole=True)
    page.locator("main form.form button.button").first.click()
    drill_page = page.locator("main")
    expect(drill_page.locator("form[action$='/begin']")).to_be_visible()
    axe_clean()
    shot("drill-planned", whole=True)
    page.locator("form[action$='/begin'] button").click()
    expect(drill_page.locator("form[action$='/stop']")).to_be_visible()
    drill = Drill.objects.select_related("incident").get()
    now = clock.now()
    activate(
        incident_id=drill.incident_id,
        decision=decision(PlanVersion.objects.get(), now),
        by=town.actor(town.mayor),
        now=now,
    )
    # Fifteen minutes of the drill are two and a half on the wall: the first two events are due.
    later(seconds=151)
    assert telling.tell_due(clock.now()) == 2
    page.reload()
    page.locator("form[action$='/events/1/met'] button").click()
    expect(page.locator("form[action$='/events/1/met']")).to_have_count(0)
    axe_clean()
    shot("drill-running", whole=True)
    # The incident's own page says that it is an exercise, and leads here.
    page.goto(reverse("incidents:incident", args=[drill.incident_id]))
    expect(page.locator(f"a[href='{reverse('drills:show', args=[drill.pk])}']").first).to_be_visible()
    expect(page.locator("#log")).to_contain_text("80 mm")
    page.goto(reverse("drills:show", args=[drill.pk]))
    page.locator("form[action$='/stop'] button").click()
    expect(page.locator("#results")).to_be_visible()
    expect(page.locator("main table")).to_contain_text("1 / 2")
    axe_clean()
    shot("drill-result", whole=True)
    work()
    assert Inject.objects.filter(told_at=None).count() == 6, "nothing more is told"
    page.goto(reverse("incident_reviews:show", args=[drill.incident_id]))
    page.locator("form[action$='/begin'] button").click()
    expect(page.locator("#id_well")).to_be_visible()
    axe_clean()
    shot("drill-review", whole=True)
