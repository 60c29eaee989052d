"""A night call to the stand-down on a flood plan, by the pages alone; and what axe finds on them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from answerable.alerts.tests.climbers import reached_by
from answerable.core import clock
from answerable.incidents.models import Incident, Strand, Task
from answerable.incidents.services import tasks
from answerable.incidents.tests.responses import ACTIONS, make_plan
from tests.cast import make_cast
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    town = make_cast()
    make_plan(town, actions=(ACTIONS[-1], *ACTIONS[:-1]))
    reached_by(town.mayor, town.clerk, town.water_leader, town.county_leader)
    return town


def _done(page: Page, link: str) -> None:
    """Follow a verb's link, fill in its one text and send it."""
    page.locator(link).first.click()
    page.wait_for_url("**/do/**")
    box = page.locator("main form.form textarea, main form.form input[type=text]").first
    if box.count():
        box.fill("现场看过 / seen on the spot")
    page.locator("main form.form button.button").first.click()


@two_faces
def test_from_the_call_to_the_stand_down(page, town, sign_in, axe_clean, shot):
    sign_in(page, town.mayor)
    page.goto(reverse("incidents:list"))
    axe_clean()
    shot("incidents-none")
    page.locator(f"a[href='{reverse('incidents:new')}']").first.click()
    axe_clean()
    page.locator("#id_hazard").select_option("flood")
    page.locator("#id_what").fill("河水漫堤 / water over the dyke")
    page.locator("#id_place").select_option(str(town.village.pk))
    page.locator("#id_in_danger").fill("约 20 人 / about 20")
    shot("incident-call", whole=True)
    page.locator("form.form button.button").first.click()
    axe_clean()
    shot("incident-called", whole=True)
    incident = Incident.objects.get()
    page.locator(f"a[href='{reverse('incidents:begin', args=[incident.pk])}']").click()
    axe_clean()
    measures = page.locator("#id_measures")
    drafts = []
    for level in page.locator("[name=level]").all():
        level.check()
        drafts.append(measures.input_value())
    assert len(set(drafts)) > 1, "what is published follows the level"
    measures.fill("转移低洼处人员 / low ground is cleared")
    page.locator("[name=level]").first.check()
    page.locator("[name=level]").last.check()
    assert measures.input_value() == "转移低洼处人员 / low ground is cleared", "and never what somebody wrote"
    page.locator("#id_grounds").fill("水位 4.1 米 / the gauge says 4.1 m")
    shot("incident-begin", whole=True)
    page.locator("form.form[method=post] button.button").first.click()
    expect(page.locator("a[href*='/do/finish']").first).to_be_visible()
    axe_clean()
    _done(page, "a[href*='/do/finish']")
    page.locator("#entry-text").fill("水位 3.9 米 / 3.9 m")
    page.locator("form[action$='/do/write'] button.button").click()
    expect(page.locator("#log")).to_contain_text("3.9")
    axe_clean()
    shot("incident-active", whole=True)
    page.goto(reverse("incidents:briefing", args=[incident.pk]))
    axe_clean()
    shot("incident-briefing", whole=True)
    page.goto(reverse("incidents:end", args=[incident.pk]))
    axe_clean()
    shot("incident-still-open", whole=True)
    _end_the_rest(town, incident)
    page.reload()
    page.locator("#id_grounds").fill("水退了 / the water is gone")
    axe_clean()
    page.locator("form.form button.button").first.click()
    expect(page.locator(".page-head .state")).to_be_visible()
    shot("incident-over", whole=True)
    incident.refresh_from_db()
    assert incident.state == "stood_down"


def _end_the_rest(town, incident: Incident) -> None:
    """What the pages did once is done for the others by the services."""
    base = {"incident_id": incident.pk, "by": town.actor(town.mayor), "now": clock.now()}
    for task in Task.objects.filter(incident=incident, state__in=["open", "begun"]):
        tasks.leave_out_task(**base, task_id=task.pk, why="dry")
    for strand in Strand.objects.filter(incident=incident):
        tasks.close_track(**base, code=strand.code, said="")
